/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "base/err.h"
#include "format/report.h"
#include "sim_expect.h"
#include "sim_wire.h"

/* One frame of a boot over HTTP meets one fault, each in turn; the server dies
 * at each frame, the parent at each wait.  See test_one_fault.c. */

/* A callback for what has ended would use what lay on the stack. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0:detect_stack_use_after_return=1";
}

/* What the boot without a fault sends. */
static unsigned frames[2];
static struct sim_seen seen[2][128]; /* by direction and number, from 1 */

/* Frames in each direction that may be needed on top, to repair one: the server
 * begins anew with what was lost. */
#define REPAIR 40

static struct sim http(void)
{
	struct sim s;

	sim_init(&s);
	sim_use_http(&s);
	s.file[0].path = "boot/pxelinux.cfg/01-00-16-3e-12-34-56";
	s.file[1].size = 7000;
	s.file[2].size = 12000;
	return s;
}

static void learn_what_is_clean(void)
{
	const struct sim_result *r;
	struct sim s = http();

	frames[SIM_UP] = frames[SIM_DOWN] = 0;
	r = expect_boot(&s);
	for (unsigned i = 0; i < r->seen_n; i++) {
		const struct sim_seen *e = &r->seen[i];

		assert_true(frames[e->direction] + 1 < COUNT(seen[0]));
		seen[e->direction][++frames[e->direction]] = *e;
	}
}

static void judge(unsigned i, struct sim_result *r)
{
	sweep_must_boot(i, r);
	for (int d = SIM_UP; d <= SIM_DOWN; d++)
		if (r->frames[d] > frames[d] + REPAIR)
			sweep_break(r,
				    "%u frames in direction %d where %u "
				    "are needed without the fault",
				    r->frames[d], d, frames[d]);
	if (r->took > 3 * US_PER_S)
		sweep_break(r, "it took %u ms",
			    (unsigned)(r->took / US_PER_MS));
}

/* Number `i` of a sweep in which each frame meets `each` faults. */
static unsigned set(struct sim *s, unsigned i, unsigned each,
		    enum sim_what what)
{
	const unsigned nth = i / each;
	const bool up = nth < frames[SIM_UP];

	*s = http();
	s->fault.one.what = what;
	s->fault.one.direction = up ? SIM_UP : SIM_DOWN;
	s->fault.one.nth = 1 + (up ? nth : nth - frames[SIM_UP]);
	return i % each;
}

static size_t size_of(const struct sim *s)
{
	return WIRE_ETH + WIRE_IP + 20u +
	       seen[s->fault.one.direction][s->fault.one.nth].size;
}

static void run(unsigned each, void (*prepare)(struct sim *s, unsigned i))
{
	struct sweep w = { .prepare = prepare, .judge = judge };

	learn_what_is_clean();
	w.boots = (frames[SIM_UP] + frames[SIM_DOWN]) * each;
	sweep_run(&w, NULL);
}

static const enum sim_what whats[] = {
	WHAT_LOST,
	WHAT_TWICE,
	WHAT_LATE,
	WHAT_TWICE_LATE,
};

static void prepare_order(struct sim *s, unsigned i)
{
	set(s, i, COUNT(whats), whats[i % COUNT(whats)]);
}

static void any_frame_may_be_lost_doubled_or_late(void **state)
{
	(void)state;
	run(COUNT(whats), prepare_order);
}

/* In and behind each header, and before the end: 13 bytes and less are runts. */
static const size_t lengths[] = { 0, 1, 13, 14, 33, 34, 53, 54, 60, 100 };

static void prepare_cut(struct sim *s, unsigned i)
{
	unsigned place = set(s, i, COUNT(lengths) + 1, WHAT_CUT);

	s->fault.one.at = place < COUNT(lengths) ? lengths[place] :
						   size_of(s) - 1;
}

static void any_frame_may_be_cut_anywhere(void **state)
{
	(void)state;
	run(COUNT(lengths) + 1, prepare_cut);
}

/* From the MTU on, and around what frames and pbufs can count. */
static const size_t giants[] = {
	1514, 1515, 2048, 9014, 65534, 65535, 65536, 65549,
};

static void prepare_giant(struct sim *s, unsigned i)
{
	unsigned place = set(s, i, COUNT(giants) * 2, WHAT_OVERSIZE);

	s->fault.one.at = giants[place / 2];
	s->seed = i; /* whether the headers agree */
}

static void any_frame_may_be_too_large(void **state)
{
	(void)state;
	run(COUNT(giants) * 2, prepare_giant);
}

/* 54 bytes of headers are 432 bits; 27 frames see each once. */
#define FLIPS 20

static void prepare_flip(struct sim *s, unsigned i)
{
	unsigned at = set(s, i, FLIPS, WHAT_FLIPPED);
	const unsigned kind =
		seen[s->fault.one.direction][s->fault.one.nth].kind;

	/* ARP has no checksum. */
	if (kind == SAW_ARP_ASKS || kind == SAW_ARP_TELLS)
		s->fault.one.what = WHAT_NOTHING;
	s->fault.one.at = at < 16 ? at * 27 + i / FLIPS % 27 :
				    size_of(s) * 8 - 1 - (at - 16) * 7;
}

static void any_bit_may_flip(void **state)
{
	(void)state;
	run(FLIPS, prepare_flip);
}

static void prepare_death(struct sim *s, unsigned i)
{
	*s = http();
	s->server[0].dies_at = 1 + i / 2;
	s->server[0].still_arps = i % 2;
}

/* A new connection for 5 s, then one that is there, and a new one, each for
 * 10 s. */
#define LONGEST (25 * US_PER_S)

static void judge_death(unsigned i, struct sim_result *r)
{
	const unsigned nth = 1 + i / 2;

	if (nth > frames[SIM_DOWN])
		sweep_must_boot(i, r);
	else if (seen[SIM_DOWN][nth].kind == SAW_OFFER ||
		 seen[SIM_DOWN][nth].kind == SAW_DHCP_ACK)
		sweep_must_fail(r, E_DHCP_SILENT);
	else if (r->outcome == REPORT_FAILED)
		sweep_must_fail(r, E_NO_ANSWER);
	else if (seen[SIM_DOWN][nth].kind == SAW_SEGMENT)
		sweep_break(r, "it booted without all segments");
	if (r->rc == E_NO_ANSWER &&
	    (r->took < 9 * US_PER_S || r->took > LONGEST))
		sweep_break(r, "it took %u ms to see that the server died",
			    (unsigned)(r->took / US_PER_MS));
}

static void server_dies_at_any_frame(void **state)
{
	struct sweep w = { .prepare = prepare_death, .judge = judge_death };

	(void)state;
	learn_what_is_clean();
	w.boots = 2 * frames[SIM_DOWN] + 2;
	sweep_run(&w, NULL);
}

static void boot_ends_at_any_moment_with_its_parent(void **state)
{
	struct sim s = http();

	(void)state;
	sweep_gone(&s);
	s.server[0].httpd.breaks = BREAK_STALL;
	s.server[0].httpd.breaks_at = 3000;
	s.server[0].httpd.breaks_n = 1;
	s.server[0].httpd.stalls = US_PER_S;
	s.server[0].httpd.closes = true;
	sweep_gone(&s);
	s.servers = 2; /* by a redirect, a name, and after a proxy's menu */
	s.server[0].dhcpd.no_boot = true;
	s.server[0].dhcpd.boot_name = SIM_BOOT_NAME;
	s.server[1].dhcpd.proxy = PROXY_MENU;
	s.server[1].dhcpd.boot_file = s.server[0].dhcpd.boot_file;
	s.server[0].httpd.hops = 1;
	s.server[0].httpd.moved_to = "http://boot";
	s.server[0].dnsd.address = SIM_SECOND_IP;
	sweep_gone(&s);
}

/* Each connection ends, and most linger when the next begins: as many as lwIP
 * has have to do. */
#define FILES 300

static void hundreds_of_files_need_no_more_memory_than_one(void **state)
{
	static char config[4096], paths[FILES * 7 + 1], cmdline[4096];
	struct text c = TEXT(config), p = TEXT(paths), l = TEXT(cmdline);
	const struct sim_result *r;
	struct sim s = http();

	(void)state;
	text_puts(&c, "DEFAULT vmlinuz initrd=");
	text_puts(&l, "BOOT_IMAGE=vmlinuz initrd=");
	for (unsigned i = 0; i < FILES; i++) {
		text_puts(&c, i ? ",a" : "a");
		text_puts(&l, i ? ",a" : "a");
		text_puts(&p, i ? ",boot/a" : "boot/a");
	}
	assert_false(c.overflow || p.overflow || l.overflow);
	s.file[0].text = config;
	s.file[2] = (struct sim_file){ "boot/a", NULL, 3000 };
	s.initrds = paths;
	s.cmdline = cmdline;
	expect_boot(&s);
	s.server[0].httpd.closes = true;
	r = expect_boot(&s);
	expect_count(r, SIM_UP, SAW_SYN, FILES + 2);
	s.server[0].httpd.closes = false;
	s.server[0].httpd.keeps = 3;
	s.fault.lost = 100;
	expect_boot(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_frame_may_be_lost_doubled_or_late),
		cmocka_unit_test(any_frame_may_be_cut_anywhere),
		cmocka_unit_test(any_frame_may_be_too_large),
		cmocka_unit_test(any_bit_may_flip),
		cmocka_unit_test(server_dies_at_any_frame),
		cmocka_unit_test(boot_ends_at_any_moment_with_its_parent),
		cmocka_unit_test(
			hundreds_of_files_need_no_more_memory_than_one),
	};

	return sweep_main("http_fault", tests);
}
