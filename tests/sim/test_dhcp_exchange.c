/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "base/err.h"
#include "sim_expect.h"
#include "sim_seen.h"

/* Returns the time between the n-th and the next frame of a kind, in ms. */
static unsigned gap(const struct sim_result *r, enum sim_kind kind, unsigned n)
{
	return (unsigned)((seen_at(r, SIM_UP, kind, n + 1) -
			   seen_at(r, SIM_UP, kind, n)) /
			  US_PER_MS);
}

static void nobody_is_asked_for_a_minute_in_growing_steps(void **state)
{
	static const unsigned steps[] = { 1000, 2000, 4000, 8000, 16000 };
	const struct sim_result *r;
	unsigned first = 0;
	struct sim s;

	(void)state;
	for (uint32_t seed = 0; seed < 20; seed++) {
		sim_init(&s);
		s.seed = seed;
		s.server[0].dhcpd.absent = true;
		r = expect_failure(&s, E_DHCP_SILENT);
		assert_int_equal(r->took, 60 * US_PER_S);
		for (unsigned n = 0; n < COUNT(steps); n++)
			assert_in_range(gap(r, SAW_DISCOVER, 1 + n), steps[n],
					steps[n] * 5 / 4);
		assert_in_range(r->count[SIM_UP][SAW_DISCOVER], 6, 7);
		assert_int_equal(r->frames[SIM_UP],
				 r->count[SIM_UP][SAW_DISCOVER]);
		/* Guests that start together do not stay together. */
		assert_int_not_equal(gap(r, SAW_DISCOVER, 1), first);
		first = gap(r, SAW_DISCOVER, 1);
		assert_contains(r->log, "no DHCP server answered in 60 s on "
					"xenbr0");
	}
}

static void deaf_server_is_asked_again(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (unsigned deaf = 1; deaf < 6; deaf++) {
		sim_init(&s);
		s.server[0].dhcpd.deaf = deaf;
		r = expect_boot(&s);
		expect_count(r, SIM_UP, SAW_DISCOVER, deaf + 1);
		expect_count(r, SIM_UP, SAW_REQUEST, 1);
	}
}

/* Each question may be asked again before its answer comes; whatever comes
 * twice is taken once. */
static void slow_server_is_waited_for(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (us_t delay = 100; delay < 14000; delay += 100) {
		sim_init(&s);
		s.server[0].dhcpd.delay = delay * US_PER_MS;
		r = expect_boot(&s);
		assert_in_range(r->took, 2 * delay * US_PER_MS,
				2 * delay * US_PER_MS + US_PER_S);
	}
}

static struct sim two_servers(void)
{
	struct sim s;

	sim_init(&s);
	s.servers = 2;
	return s;
}

static void first_offer_of_a_boot_is_taken_at_once(void **state)
{
	struct sim s = two_servers();
	const struct sim_result *r;

	(void)state;
	s.server[1].dhcpd.delay = 300;
	r = expect_boot(&s);
	assert_contains(r->log, "lease of 192.0.2.7/24 from 192.0.2.1 for");
	assert_in_range(r->took, 0, 100 * US_PER_MS);
	expect_count(r, SIM_UP, SAW_REQUEST, 1);
	expect_count(r, SIM_DOWN, SAW_DHCP_ACK, 1);
	s.server[0].dhcpd.delay = 600;
	r = expect_boot(&s);
	assert_contains(r->log, "lease of 192.0.2.7/24 from 192.0.2.2 for");
	expect_count(r, SIM_DOWN, SAW_DHCP_ACK, 1);
}

/* A router that gives addresses answers first, the boot server later. */
static void offer_without_a_boot_waits_for_a_better_one(void **state)
{
	struct sim s = two_servers();
	const struct sim_result *r;

	(void)state;
	s.server[0].dhcpd.no_boot = true;
	for (us_t delay = 0; delay < 1900; delay += 100) {
		s.server[1].dhcpd.delay = delay * US_PER_MS;
		r = expect_boot(&s);
		assert_contains(r->log, "192.0.2.1 offers 192.0.2.7, boot file "
					"none");
		assert_contains(r->log, "/24 from 192.0.2.2 for");
		assert_in_range(r->count[SIM_UP][SAW_DISCOVER], 1,
				delay < 1000 ? 1 : 2);
	}
}

static void offer_without_a_boot_is_taken_if_nothing_better_comes(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].dhcpd.no_boot = true;
	r = expect_failure(&s, E_NO_CONFIG);
	expect_count(r, SIM_UP, SAW_DISCOVER, 2);
	assert_in_range(seen_at(r, SIM_UP, SAW_REQUEST, 1), 2 * US_PER_S,
			3 * US_PER_S);
	assert_contains(r->log, "from the DHCP server itself");
}

static void proxy_alone_is_no_dhcp_server(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].dhcpd.no_address = true;
	assert_contains(expect_failure(&s, E_DHCP_SILENT)->log,
			"only with proxy offers");
}

static void proxy_does_not_disturb_a_dhcp_server(void **state)
{
	struct sim s = two_servers();
	const struct sim_result *r;

	(void)state;
	s.server[0].dhcpd.no_address = true;
	s.server[1].dhcpd.delay = 500 * US_PER_MS;
	r = expect_boot(&s);
	assert_contains(r->log, "/24 from 192.0.2.2 for");
	expect_count(r, SIM_UP, SAW_DISCOVER, 1);
}

static void refusal_is_followed_by_another_try(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (unsigned naks = 1; naks < 10; naks++) {
		sim_init(&s);
		s.server[0].dhcpd.naks = naks;
		r = expect_boot(&s);
		expect_count(r, SIM_DOWN, SAW_NAK, naks);
		expect_count(r, SIM_UP, SAW_DISCOVER, naks + 1);
		assert_in_range(r->took, naks * US_PER_S,
				(naks + 1) * US_PER_S);
	}
}

static void endless_refusals_are_named(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].dhcpd.naks = UINT32_MAX;
	r = expect_failure(&s, E_DHCP_REFUSED);
	assert_in_range(r->took, 60 * US_PER_S, 62 * US_PER_S);
	assert_in_range(r->frames[SIM_UP], 100, 122);
	assert_contains(sim_last_words(r),
			"the DHCP server 192.0.2.1 withdrew "
			"its offer (no reason given) in 60 s");
}

static void offer_that_nobody_confirms_is_named(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].dhcpd.no_ack = true;
	r = expect_failure(&s, E_DHCP_SILENT);
	assert_int_equal(r->took, 60 * US_PER_S);
	assert_in_range(gap(r, SAW_REQUEST, 1), 1000, 1250);
	assert_in_range(gap(r, SAW_REQUEST, 3), 4000, 5000);
	assert_in_range(r->count[SIM_UP][SAW_DISCOVER], 4, 5);
	assert_contains(r->log, "made an offer and then did not answer");
}

/* Broadcasts, which everybody hears. */
static void answers_to_others_are_not_taken(void **state)
{
	struct sim s = two_servers();
	const struct sim_result *r;

	(void)state;
	for (int i = 0; i < 2; i++) {
		s.server[0].dhcpd.other_exchange = i;
		s.server[0].dhcpd.other_client = !i;
		s.server[1].dhcpd.delay = 300 * US_PER_MS;
		r = expect_boot(&s);
		assert_contains(r->log, "/24 from 192.0.2.2 for");
		assert_null(strstr(r->log, "192.0.2.1 offers"));
		assert_in_range(r->took, 600 * US_PER_MS, US_PER_S);
	}
}

/* RFC 2131 section 3.1: a REQUEST is for the server that it names. */
static void refusal_of_another_server_means_nothing(void **state)
{
	struct sim s = two_servers();
	const struct sim_result *r;

	(void)state;
	s.server[0].dhcpd.meddles = true;
	s.server[1].dhcpd.delay = 100 * US_PER_MS;
	r = expect_boot(&s);
	expect_count(r, SIM_DOWN, SAW_NAK, 1);
	expect_count(r, SIM_UP, SAW_REQUEST, 1);
}

static void server_that_dies_after_its_offer_has_a_successor(void **state)
{
	struct sim s = two_servers();
	const struct sim_result *r;

	(void)state;
	s.server[0].dies_at = 2;
	s.server[1].dhcpd.delay = 500;
	r = expect_boot(&s);
	assert_contains(r->log, "/24 from 192.0.2.2 for");
	expect_count(r, SIM_UP, SAW_REQUEST, 4 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_asked_for_a_minute_in_growing_steps),
		cmocka_unit_test(deaf_server_is_asked_again),
		cmocka_unit_test(slow_server_is_waited_for),
		cmocka_unit_test(first_offer_of_a_boot_is_taken_at_once),
		cmocka_unit_test(offer_without_a_boot_waits_for_a_better_one),
		cmocka_unit_test(
			offer_without_a_boot_is_taken_if_nothing_better_comes),
		cmocka_unit_test(proxy_alone_is_no_dhcp_server),
		cmocka_unit_test(proxy_does_not_disturb_a_dhcp_server),
		cmocka_unit_test(refusal_is_followed_by_another_try),
		cmocka_unit_test(endless_refusals_are_named),
		cmocka_unit_test(offer_that_nobody_confirms_is_named),
		cmocka_unit_test(answers_to_others_are_not_taken),
		cmocka_unit_test(refusal_of_another_server_means_nothing),
		cmocka_unit_test(
			server_that_dies_after_its_offer_has_a_successor),
	};

	return sweep_main("dhcp_exchange", tests);
}
