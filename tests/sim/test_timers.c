/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "base/err.h"
#include "sim_expect.h"
#include "sim_seen.h"

/* When TFTP repeats itself, and when it gives up. */

static unsigned gap(const struct sim_result *r, enum sim_kind kind, unsigned n)
{
	return (unsigned)((seen_at(r, SIM_UP, kind, n + 1) -
			   seen_at(r, SIM_UP, kind, n)) /
			  US_PER_MS);
}

/* Returns the size of the n-th request. */
static unsigned request_size(const struct sim_result *r, unsigned nth)
{
	for (unsigned i = 0; i < r->seen_n; i++)
		if (r->seen[i].kind == SAW_RRQ && !--nth)
			return r->seen[i].size;
	fail();
	return 0;
}

static void request_is_repeated_in_growing_steps(void **state)
{
	static const unsigned steps[] = {
		500, 1000, 2000, 2000, 2000, 2000,
	};
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].tftpd.absent = true;
	r = expect_failure(&s, E_NO_ANSWER);
	expect_count(r, SIM_UP, SAW_RRQ, 7);
	/* The first one waited for ARP, which took 0.2 ms. */
	for (unsigned n = 0; n < COUNT(steps); n++)
		assert_in_range(gap(r, SAW_RRQ, n + 1), steps[n] - 1, steps[n]);
	assert_in_range(r->took - seen_at(r, SIM_UP, SAW_RRQ, 1),
			9999 * US_PER_MS, 10000 * US_PER_MS);
	assert_contains(r->log, "no answer to 7 TFTP requests");
}

/* Old servers and firewalls drop what has options. */
static void last_requests_have_no_options(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].tftpd.absent = true;
	r = expect_failure(&s, E_NO_ANSWER);
	assert_int_equal(request_size(r, 1), request_size(r, 4));
	assert_int_equal(request_size(r, 5), request_size(r, 7));
	assert_int_equal(
		request_size(r, 1),
		request_size(r, 7) +
			sizeof("tsize\0000\0blksize\0001468\0windowsize\00064"));
}

/* It has never answered: there is no use in waiting for it. */
static void refusal_by_icmp_is_believed(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].tftpd.absent = true;
	s.server[0].refuses = true;
	r = expect_failure(&s, E_NO_ANSWER);
	expect_count(r, SIM_UP, SAW_RRQ, 1);
	assert_in_range(r->took, 500 * US_PER_MS, 510 * US_PER_MS);
	assert_contains(r->log, "nothing listens on UDP port 69 of 192.0.2.1");
}

/* A disk that has to spin up: by then the request came several times, and each
 * is answered.  Only one transfer goes on. */
static void server_may_think_for_nine_seconds(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (us_t ms = 100; ms < 9900; ms += 100) {
		sim_init(&s);
		s.file[0].path = "boot/pxelinux.cfg/01-00-16-3e-12-34-56";
		s.server[0].tftpd.thinks = ms * US_PER_MS;
		r = expect_boot(&s);
		assert_in_range(r->took, 2 * ms * US_PER_MS,
				2 * ms * US_PER_MS + 100 * US_PER_MS);
		expect_count(r, SIM_UP, SAW_ACK, 1 + 14 + 35 + 3);
	}
}

/* The n-th block of the ramdisk, counted over all files. */
static unsigned ramdisk_block(unsigned n)
{
	return 1 + 14 + n;
}

static struct sim dies_in_ramdisk(us_t latency)
{
	const struct sim_result *r;
	struct sim s;

	sim_init(&s);
	s.fault.latency = latency;
	s.server[0].tftpd.repeats_after = 5 * US_PER_S;
	r = expect_boot(&s);
	s.server[0].dies_at = expect_nth(r, SIM_DOWN, SAW_DATA,
					 ramdisk_block(20));
	s.server[0].still_arps = true;
	return s;
}

static void silence_in_a_transfer_is_borne_for_ten_seconds(void **state)
{
	static const us_t latencies[] = { 0, 100, 5000, 100000, 700000 };
	const struct sim_result *r;
	struct sim s;
	us_t last;

	(void)state;
	for (size_t i = 0; i < COUNT(latencies); i++) {
		s = dies_in_ramdisk(latencies[i]);
		r = expect_failure(&s, E_NO_ANSWER);
		last = seen_at(r, SIM_DOWN, SAW_DATA, ramdisk_block(19)) +
		       latencies[i];
		assert_in_range(r->took - last, 9 * US_PER_S, 11 * US_PER_S);
		assert_contains(r->log, "initrd initrd.gz: the server fell "
					"silent after 27892 bytes");
	}
}

/* From a round trip of 2 ms: 50 ms, the shortest, and doubled up to 1 s, until
 * the file is asked for once more. */
static void repetitions_become_rare(void **state)
{
	static const unsigned steps[] = {
		50, 100, 200, 400, 800, 1000, 1000,
	};
	const struct sim_result *r;
	unsigned first;
	struct sim s;

	(void)state;
	s = dies_in_ramdisk(1000);
	r = expect_failure(&s, E_NO_ANSWER);
	first = ramdisk_block(19) + 3; /* the ACK of the last block that came */
	for (unsigned n = 0; n < COUNT(steps); n++)
		assert_int_equal(gap(r, SAW_ACK, first + n), steps[n]);
	assert_in_range(r->count[SIM_UP][SAW_ACK], first + 7, first + 9);
	expect_count(r, SIM_UP, SAW_RRQ, 12 + 5);
}

/* Frames that mean nothing are no sign of life. */
static void noise_does_not_put_the_end_off(void **state)
{
	struct sim s;

	(void)state;
	s = dies_in_ramdisk(100);
	s.fault.babble = 2 * US_PER_MS;
	assert_in_range(expect_failure(&s, E_NO_ANSWER)->took, 9 * US_PER_S,
			11 * US_PER_S);
	s.server[0].dies_at = 1;
	assert_in_range(expect_failure(&s, E_DHCP_SILENT)->took, 60 * US_PER_S,
			60 * US_PER_S + 10 * US_PER_MS);
}

/* A minute, in which a block that is lost has the timer look at the time. */
static void transfer_may_last_longer_than_silence(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.fault.latency = 200 * US_PER_MS;
	s.file[2].size = 200000;
	s.server[0].tftpd.resends = true;
	r = expect_boot(&s);
	s.fault.one.what = WHAT_LOST;
	s.fault.one.direction = SIM_DOWN;
	s.fault.one.nth = expect_nth(r, SIM_DOWN, SAW_DATA, ramdisk_block(130));
	assert_true(expect_boot(&s)->took > 50 * US_PER_S);
}

/* lwIP asks again by ARP after five minutes. */
static void transfer_may_outlast_an_arp_entry(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.fault.latency = 200 * US_PER_MS;
	s.file[2].size = 2500000;
	r = expect_boot(&s);
	assert_true(r->took > 650 * US_PER_S);
	assert_in_range(r->count[SIM_UP][SAW_ARP_ASKS], 4, 8);
	expect_count(r, SIM_UP, SAW_ACK, 1 + 14 + 1703 + 3);
}

/* The timer follows the round trip: nothing is repeated where nothing is lost,
 * once there is a first measure; the first is 500 ms. */
static void nothing_is_repeated_on_a_slow_network(void **state)
{
	static const us_t latencies[] = {
		0,     100,   499,   500,    501,    1000,
		24900, 25100, 49000, 100000, 150000, 240000,
	};
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (size_t i = 0; i < COUNT(latencies); i++) {
		sim_init(&s);
		s.fault.latency = latencies[i];
		r = expect_boot(&s);
		/* The first request waits for ARP as well. */
		expect_count(r, SIM_UP, SAW_RRQ,
			     latencies[i] > 125000 ? 13 : 12);
		expect_count(r, SIM_UP, SAW_ACK, 1 + 14 + 35 + 3);
		expect_count(r, SIM_DOWN, SAW_DATA, 1 + 14 + 35);
	}
}

/* Where the round trip is longer than the first wait, each request is repeated
 * once or more, but few ACKs are. */
static void few_acks_are_repeated_over_a_satellite(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.fault.latency = 300 * US_PER_MS;
	s.server[0].tftpd.repeats_after = 2 * US_PER_S;
	r = expect_boot(&s);
	assert_in_range(r->count[SIM_UP][SAW_ACK], 1 + 14 + 35 + 3,
			1 + 14 + 35 + 3 + 6);
}

static void prepare_jitter(struct sim *s, unsigned i)
{
	s->file[0].path = "boot/pxelinux.cfg/01-00-16-3e-12-34-56";
	s->file[2].size = 150000;
	s->fault.latency = 20 * US_PER_MS;
	s->fault.jitter = (i % 4) * 10 * US_PER_MS;
}

/* The round trip varies by up to twice of what it is at least. */
static void judge_jitter(unsigned i, struct sim_result *r)
{
	unsigned needed = 1 + 14 + 103 + 3;

	sweep_must_boot(i, r);
	if (r->count[SIM_UP][SAW_ACK] > needed + (i % 4) * 4)
		sweep_break(r, "%u ACKs where %u are needed",
			    r->count[SIM_UP][SAW_ACK], needed);
}

static void little_is_repeated_where_the_round_trip_varies(void **state)
{
	const struct sweep w = { .boots = 100,
				 .prepare = prepare_jitter,
				 .judge = judge_jitter };

	(void)state;
	sweep_run(&w, NULL);
}

/* One lost frame costs the repetition of one ACK with a server that answers
 * that, not the whole second that the server waits by itself. */
static void loss_is_repaired_by_our_timer(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].tftpd.resends = true;
	s.fault.latency = 1000;
	r = expect_boot(&s);
	s.fault.one.what = WHAT_LOST;
	s.fault.one.direction = SIM_DOWN;
	s.fault.one.nth = expect_nth(r, SIM_DOWN, SAW_DATA, ramdisk_block(20));
	r = expect_boot(&s);
	expect_count(r, SIM_UP, SAW_ACK, 1 + 14 + 35 + 3 + 1);
	expect_count(r, SIM_DOWN, SAW_DATA, 1 + 14 + 35 + 1);
	assert_in_range(gap(r, SAW_ACK, ramdisk_block(19) + 3), 49, 51);
}

/* The ACK of the kernel's last block, which the ramdisk's run beside, is lost,
 * and the ramdisk takes long enough for the server to ask for it. */
static void last_ack_is_given_again_during_the_next_transfer(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.fault.latency = 50 * US_PER_MS;
	r = expect_boot(&s);
	s.fault.one.what = WHAT_LOST;
	s.fault.one.direction = SIM_UP;
	s.fault.one.nth = expect_nth(r, SIM_UP, SAW_ACK, 2 + 2 * 14 + 1);
	r = expect_boot(&s);
	expect_count(r, SIM_DOWN, SAW_DATA, 1 + 14 + 35 + 1);
	expect_count(r, SIM_UP, SAW_ACK, 1 + 14 + 35 + 3 + 1);
	expect_count(r, SIM_UP, SAW_ERROR, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_is_repeated_in_growing_steps),
		cmocka_unit_test(last_requests_have_no_options),
		cmocka_unit_test(refusal_by_icmp_is_believed),
		cmocka_unit_test(server_may_think_for_nine_seconds),
		cmocka_unit_test(
			silence_in_a_transfer_is_borne_for_ten_seconds),
		cmocka_unit_test(repetitions_become_rare),
		cmocka_unit_test(noise_does_not_put_the_end_off),
		cmocka_unit_test(transfer_may_last_longer_than_silence),
		cmocka_unit_test(transfer_may_outlast_an_arp_entry),
		cmocka_unit_test(nothing_is_repeated_on_a_slow_network),
		cmocka_unit_test(few_acks_are_repeated_over_a_satellite),
		cmocka_unit_test(
			little_is_repeated_where_the_round_trip_varies),
		cmocka_unit_test(loss_is_repaired_by_our_timer),
		cmocka_unit_test(
			last_ack_is_given_again_during_the_next_transfer),
	};

	return sweep_main("timers", tests);
}
