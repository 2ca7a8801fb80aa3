/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "base/err.h"
#include "sim_expect.h"
#include "sim_seen.h"

/* Boots over HTTP, from servers of all manners: sim_run() looks at the bytes,
 * and sim_audit.c at each segment that the client sends. */

static struct sim http(void)
{
	struct sim s;

	sim_init(&s);
	sim_use_http(&s);
	s.file[0].path = "boot/pxelinux.cfg/01-00-16-3e-12-34-56";
	return s;
}

static void boot_takes_the_connections_it_needs_and_no_more(void **state)
{
	const struct sim_result *r;
	struct sim s = http();

	(void)state;
	r = expect_boot(&s);
	expect_count(r, SIM_UP, SAW_SYN, 2);
	expect_count(r, SIM_UP, SAW_SEGMENT, 3);
	expect_count(r, SIM_UP, SAW_RRQ, 0);
	assert_in_range(r->took, 0, 20 * US_PER_MS);
}

/* ---- servers that are right */

static void expect_boot_from(struct sim_httpd h, us_t most)
{
	const struct sim_result *r;
	struct sim s = http();

	s.server[0].httpd = h;
	r = expect_boot(&s);
	assert_in_range(r->took, 0, most);
}

static void any_framing_will_do(void **state)
{
	const us_t most = 100 * US_PER_MS;

	(void)state;
	expect_boot_from((struct sim_httpd){ .length = LENGTH_CHUNKED }, most);
	expect_boot_from((struct sim_httpd){ .length = LENGTH_CHUNKED,
					     .chunk = 1,
					     .odd = true },
			 most);
	expect_boot_from((struct sim_httpd){ .length = LENGTH_CHUNKED,
					     .chunk = 65536 },
			 most);
	expect_boot_from((struct sim_httpd){ .length = LENGTH_NONE }, most);
	expect_boot_from((struct sim_httpd){ .old = true }, most);
	expect_boot_from((struct sim_httpd){ .closes = true }, most);
	expect_boot_from((struct sim_httpd){ .odd = true }, most);
	expect_boot_from((struct sim_httpd){ .thinks = 9 * US_PER_S },
			 30 * US_PER_S);
}

/* The connection is closed just when it is used again, or before. */
static void connections_may_end_between_files(void **state)
{
	(void)state;
	for (unsigned keeps = 1; keeps < 4; keeps++)
		for (us_t thinks = 0; thinks < 300; thinks += 50)
			expect_boot_from(
				(struct sim_httpd){
					.keeps = keeps,
					.thinks = thinks,
				},
				US_PER_S);
}

static void prepare_split(struct sim *s, unsigned i)
{
	*s = http();
	s->server[0].httpd.odd = i % 2;
	s->server[0].httpd.length = i % 4 < 2 ? LENGTH_TOLD : LENGTH_CHUNKED;
	s->server[0].httpd.split = i / 4;
}

/* The heads have less than 250 bytes. */
static void answers_may_be_cut_anywhere(void **state)
{
	const struct sweep w = { .boots = 250 * 4,
				 .prepare = prepare_split,
				 .judge = sweep_must_boot };

	(void)state;
	sweep_run(&w, NULL);
}

static void expect_boot_by_tcp(struct sim_tcpd t, us_t most)
{
	const struct sim_result *r;
	struct sim s = http();

	s.server[0].tcpd = t;
	r = expect_boot(&s);
	assert_in_range(r->took, 0, most);
}

static void any_tcp_will_do(void **state)
{
	(void)state;
	expect_boot_by_tcp((struct sim_tcpd){ .plain = true }, US_PER_S);
	expect_boot_by_tcp((struct sim_tcpd){ .segment = 1, .dares = 5000 },
			   20 * US_PER_S);
	expect_boot_by_tcp((struct sim_tcpd){ .segment = 60000,
					      .dares = 65535 },
			   US_PER_S);
	expect_boot_by_tcp((struct sim_tcpd){ .mss = 100 }, US_PER_S);
	expect_boot_by_tcp((struct sim_tcpd){ .mss = 9000 }, US_PER_S);
	expect_boot_by_tcp((struct sim_tcpd){ .window = 100 }, 5 * US_PER_S);
	expect_boot_by_tcp((struct sim_tcpd){ .shut = 3 * US_PER_S },
			   8 * US_PER_S);
	expect_boot_by_tcp((struct sim_tcpd){ .twice = true }, US_PER_S);
	expect_boot_by_tcp((struct sim_tcpd){ .deaf = 1 }, 600 * US_PER_MS);
	expect_boot_by_tcp((struct sim_tcpd){ .deaf = 3 }, 6 * US_PER_S);
}

static void redirects_are_followed_five_times(void **state)
{
	struct sim s = http();

	(void)state;
	s.server[0].httpd.hops = 5;
	expect_boot(&s);
	s.server[0].httpd.hops = 6;
	assert_contains(expect_failure(&s, E_SERVER)->log,
			"redirects more than 5 times");
	s.server[0].httpd.hops = 1000000;
	expect_failure(&s, E_SERVER);
}

static void redirects_lead_to_other_servers(void **state)
{
	struct sim s = http();

	(void)state;
	s.servers = 2;
	s.server[0].httpd.hops = 2;
	s.server[0].httpd.moved_to = "http://192.0.2.2";
	s.server[1].dhcpd.absent = true;
	expect_boot(&s);
	s.server[1].httpd.absent = true;
	assert_contains(expect_failure(&s, E_NO_ANSWER)->log,
			"nothing listens on TCP port 80 of 192.0.2.2");
	s = http();
	s.server[0].httpd.hops = 1;
	s.server[0].dhcpd.boot_name = SIM_BOOT_NAME;
	s.server[0].httpd.moved_to = "http://boot";
	expect_failure(&s, E_SERVER); /* a loop, which is itself */
	s.server[0].httpd.moved_to = "http://unknown";
	assert_contains(expect_failure(&s, E_RESOLVE)->log,
			"redirects to unknown, which has no address");
	s.server[0].httpd.moved_to = "https://192.0.2.1";
	expect_failure(&s, E_UNSUPPORTED);
}

/* ---- servers that are not */

static void refusals_are_told(void **state)
{
	static const uint32_t codes[] = { 401, 403, 500, 503 };
	struct sim s = http();

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++) {
		s.server[0].httpd.status = codes[i];
		expect_failure(&s, E_SERVER);
	}
	s.server[0].httpd.status = 404;
	expect_failure(&s, E_NO_CONFIG);
	s = http();
	s.server[0].httpd.absent = true;
	assert_contains(expect_failure(&s, E_NO_ANSWER)->log,
			"nothing listens on TCP port 80");
	s.server[0].httpd.absent = false;
	s.server[0].tcpd.deaf = 1000;
	expect_failure(&s, E_NO_ANSWER);
}

static void lies_about_the_size_are_found(void **state)
{
	struct sim s = http();

	(void)state;
	s.server[0].httpd.length_lie = 1;
	s.server[0].httpd.closes = true;
	expect_failure(&s, E_SERVER); /* of the rest: 416 */
	s.server[0].httpd.validator = TAG_NONE;
	expect_failure(&s, E_PROTOCOL);
	s.server[0].httpd.closes = false; /* it might still come */
	assert_contains(expect_failure(&s, E_NO_ANSWER)->log, "fell silent");
}

/* lwIP cuts a request into so many pieces that it has no room for them. */
static void server_that_takes_too_little_at_once_is_given_up(void **state)
{
	struct sim s = http();

	(void)state;
	s.server[0].tcpd.window = 20;
	assert_contains(expect_failure(&s, E_NO_ANSWER)->log,
			"no request can be sent to TCP port 80 of 192.0.2.1");
}

/* An answer that breaks at any of many bytes, once or twice, in each way. */
#define PLACES 30
#define WAYS 3

static void prepare_break(struct sim *s, unsigned i)
{
	struct sim_httpd *h = &s->server[0].httpd;
	const size_t place = i / (WAYS * 4);

	*s = http();
	h->breaks = (enum sim_break_kind)(BREAK_FIN + i % WAYS);
	h->length = i / WAYS % 2 ? LENGTH_CHUNKED : LENGTH_TOLD;
	h->breaks_n = 1 + i / (WAYS * 2) % 2;
	h->stalls = 4 * US_PER_S;
	h->breaks_at = place * place * 40 + place;
}

/* A head that is broken off says nothing, so nobody asks again; behind it the
 * rest is asked for. */
#define HEAD 200

static void judge_break(unsigned i, struct sim_result *r)
{
	const size_t place = i / (WAYS * 4);

	if (i % WAYS == 2 || place * place * 40 > HEAD)
		sweep_must_boot(i, r);
}

static void answers_that_break_are_gone_on_with(void **state)
{
	const struct sweep w = { .boots = PLACES * WAYS * 4,
				 .prepare = prepare_break,
				 .judge = judge_break };

	(void)state;
	sweep_run(&w, NULL);
}

static void part_that_was_not_asked_for_is_refused(void **state)
{
	struct sim s = http();

	(void)state;
	s.server[0].httpd.breaks = BREAK_RST;
	s.server[0].httpd.breaks_at = 5000;
	s.server[0].httpd.breaks_n = 1;
	s.server[0].httpd.wrong_ranges = true;
	assert_contains(expect_failure(&s, E_PROTOCOL)->log, "another part");
}

/* What cannot be told apart, or is not given in parts, begins anew, once. */
static void file_without_a_version_begins_anew(void **state)
{
	struct sim s = http();

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		s = http();
		s.server[0].httpd.breaks = BREAK_RST;
		s.server[0].httpd.breaks_at = 15000;
		s.server[0].httpd.breaks_n = 1;
		s.server[0].httpd.no_ranges = i == 0;
		s.server[0].httpd.changes = i == 1;
		s.server[0].httpd.validator = i == 2 ? TAG_NONE :
					      i == 3 ? TAG_WEAK :
						       TAG_STRONG;
		expect_boot(&s);
		s.server[0].httpd.breaks_n = 1000;
		expect_failure(&s, E_NO_ANSWER);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			boot_takes_the_connections_it_needs_and_no_more),
		cmocka_unit_test(any_framing_will_do),
		cmocka_unit_test(connections_may_end_between_files),
		cmocka_unit_test(answers_may_be_cut_anywhere),
		cmocka_unit_test(any_tcp_will_do),
		cmocka_unit_test(redirects_are_followed_five_times),
		cmocka_unit_test(redirects_lead_to_other_servers),
		cmocka_unit_test(refusals_are_told),
		cmocka_unit_test(lies_about_the_size_are_found),
		cmocka_unit_test(
			server_that_takes_too_little_at_once_is_given_up),
		cmocka_unit_test(answers_that_break_are_gone_on_with),
		cmocka_unit_test(part_that_was_not_asked_for_is_refused),
		cmocka_unit_test(file_without_a_version_begins_anew),
	};

	return sweep_main("http", tests);
}
