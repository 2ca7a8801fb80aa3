/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "base/err.h"
#include "sim_expect.h"
#include "sim_random.h"
#include "sim_seen.h"

/* A router that gives addresses and knows nothing of booting, and beside it a
 * proxy with the files. */

static struct sim router_and_proxy(enum sim_proxy proxy)
{
	struct sim s;

	sim_init(&s);
	s.servers = 2;
	s.server[0].dhcpd.no_boot = true;
	s.server[0].tftpd.absent = true;
	s.server[1].dhcpd.proxy = proxy;
	return s;
}

static void proxy_of_each_kind_boots_at_once(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (int proxy = PROXY_FILE; proxy <= PROXY_MENU; proxy++) {
		s = router_and_proxy((enum sim_proxy)proxy);
		r = expect_boot(&s);
		expect_count(r, SIM_UP, SAW_DISCOVER, 1);
		expect_count(r, SIM_UP, SAW_REQUEST,
			     proxy == PROXY_FILE ? 1 : 2);
		assert_in_range(r->took, 0, 100 * US_PER_MS);
		assert_contains(r->log, "Boot server 192.0.2.2, from next");
	}
}

/* Either may be slow; the router's offer, once there, waits for 2 s. */
static void either_is_waited_for(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (us_t delay = 0; delay < 5000; delay += 250) {
		s = router_and_proxy(PROXY_MENU);
		s.server[0].dhcpd.delay = delay * US_PER_MS;
		expect_boot(&s);
		if (delay > 1750)
			continue;
		s = router_and_proxy(PROXY_MENU);
		s.server[1].dhcpd.delay = delay * US_PER_MS;
		r = expect_boot(&s);
		assert_in_range(r->count[SIM_UP][SAW_DISCOVER], 1,
				delay < 1000 ? 1 : 2);
	}
}

/* Whatever the order, the server that names a boot file is believed. */
static void dhcp_server_with_a_file_needs_no_proxy(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (us_t delay = 0; delay < 900; delay += 300) {
		s = router_and_proxy(PROXY_MENU);
		s.server[0].dhcpd.no_boot = false;
		s.server[0].tftpd.absent = false;
		s.server[0].dhcpd.delay = delay * US_PER_MS;
		s.server[1].dhcpd.mute = true;
		r = expect_boot(&s);
		expect_count(r, SIM_UP, SAW_REQUEST, 1);
		assert_contains(r->log, "Boot server 192.0.2.1");
	}
}

static void mute_proxy_is_given_up_after_2_s(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (int proxy = PROXY_ASKED; proxy <= PROXY_MENU; proxy++) {
		s = router_and_proxy((enum sim_proxy)proxy);
		s.server[1].dhcpd.mute = true;
		r = expect_failure(&s, E_NO_CONFIG);
		expect_count(r, SIM_UP, SAW_REQUEST, 1 + 4);
		assert_in_range(r->took, 2 * US_PER_S, 2100 * US_PER_MS);
		assert_contains(r->log, "going on without");
		assert_contains(r->log, "192.0.2.2, from the PXE server "
					"itself");
	}
}

/* The frames of a boot without faults; those of the exchanges before the first
 * download are repaired by a repetition of their own. */
static unsigned frames[2];

static void learn_what_is_clean(void)
{
	struct sim s = router_and_proxy(PROXY_MENU);
	const struct sim_result *r;

	s.file[1].size = 3000;
	s.file[2].size = 3000;
	r = expect_boot(&s);
	frames[SIM_UP] = r->frames[SIM_UP];
	frames[SIM_DOWN] = r->frames[SIM_DOWN];
}

static const enum sim_what whats[] = { WHAT_LOST, WHAT_TWICE, WHAT_LATE,
				       WHAT_TWICE_LATE };

static void prepare_fault(struct sim *s, unsigned i)
{
	unsigned nth = i / COUNT(whats);

	*s = router_and_proxy(PROXY_MENU);
	s->file[1].size = 3000;
	s->file[2].size = 3000;
	s->fault.one.what = whats[i % COUNT(whats)];
	s->fault.one.direction = nth < frames[SIM_UP] ? SIM_UP : SIM_DOWN;
	s->fault.one.nth = 1 +
			   (nth < frames[SIM_UP] ? nth : nth - frames[SIM_UP]);
}

static void judge_fault(unsigned i, struct sim_result *r)
{
	sweep_must_boot(i, r);
	if (r->took > 8 * US_PER_S)
		sweep_break(r, "it took %u ms to repair one fault",
			    (unsigned)(r->took / US_PER_MS));
}

static void any_frame_may_be_lost_late_or_doubled(void **state)
{
	struct sweep w = { .prepare = prepare_fault, .judge = judge_fault };

	(void)state;
	learn_what_is_clean();
	w.boots = (frames[SIM_UP] + frames[SIM_DOWN]) * COUNT(whats);
	sweep_run(&w, NULL);
}

/* Every frame of the proxy may be its last, or the router's. */
static void prepare_death(struct sim *s, unsigned i)
{
	*s = router_and_proxy(i % 4 < 2 ? PROXY_MENU : PROXY_ASKED);
	s->file[1].size = 3000;
	s->file[2].size = 3000;
	s->server[i % 2].dies_at = 1 + i / 4;
}

static void judge_death(unsigned i, struct sim_result *r)
{
	bool router = i % 2 == 0;
	unsigned nth = 1 + i / 4;

	/* Its offer and its ACK are all that a router is needed for. */
	if (router && nth > 2)
		sweep_must_boot(i, r);
	else if (router)
		sweep_must_fail(r, E_DHCP_SILENT);
	else if (nth <= frames[SIM_DOWN] - 2)
		sweep_must_fail(r, E_NO_ANSWER);
	if (r->took > 61 * US_PER_S)
		sweep_break(r, "it took %u s to see that a server died",
			    (unsigned)(r->took / US_PER_S));
}

static void either_may_die_at_any_frame(void **state)
{
	struct sweep w = { .prepare = prepare_death, .judge = judge_death };

	(void)state;
	learn_what_is_clean();
	w.boots = frames[SIM_DOWN] * 4;
	sweep_run(&w, NULL);
}

/* One frame in 20 is lost, to one in 3. */
static const uint32_t losses[] = { 500, 1000, 2000, 3333 };

static void prepare_loss(struct sim *s, unsigned i)
{
	struct sim_random r = random_from(i, 9);

	*s = router_and_proxy((enum sim_proxy)(1 + random_below(&r, 3)));
	s->fault.lost = losses[i % COUNT(losses)];
	s->fault.twice = s->fault.late = random_below(&r, 1000);
	s->fault.late_by = 400 * US_PER_MS;
	s->fault.wakes_early = random_below(&r, 2);
	s->server[1].dhcpd.mute = random_below(&r, 10) == 0;
	s->server[0].dhcpd.delay = random_below(&r, 2000) * US_PER_MS;
	s->server[1].dhcpd.delay = random_below(&r, 100) * US_PER_MS;
	s->seed = i;
}

/* sim_run() itself looks at how a boot ends. */
static void weather_does_not_matter(void **state)
{
	struct sweep w = { .boots = sweep_size(2000),
			   .kinds = COUNT(losses),
			   .prepare = prepare_loss };
	struct sweep_tally t;

	(void)state;
	sweep_run(&w, &t);
	assert_true(t.boots[0] < 100 || t.booted[0] > t.boots[0] * 8 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proxy_of_each_kind_boots_at_once),
		cmocka_unit_test(either_is_waited_for),
		cmocka_unit_test(dhcp_server_with_a_file_needs_no_proxy),
		cmocka_unit_test(mute_proxy_is_given_up_after_2_s),
		cmocka_unit_test(any_frame_may_be_lost_late_or_doubled),
		cmocka_unit_test(either_may_die_at_any_frame),
		cmocka_unit_test(weather_does_not_matter),
	};

	return sweep_main("proxy", tests);
}
