/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "base/err.h"
#include "sim_expect.h"
#include "sim_seen.h"

/* Servers that send several blocks before they want an ACK (RFC 7440). */

/* Blocks of the configuration, the kernel and the ramdisk, of 1468 bytes. */
#define BLOCKS (1 + 14 + 35)

static struct sim windowed(uint32_t windowsize)
{
	struct sim s;

	sim_init(&s);
	s.server[0].tftpd.windowsize = windowsize;
	s.server[0].tftpd.resends = true;
	return s;
}

static unsigned acks_of(unsigned blocks, unsigned windowsize)
{
	return 1 + (blocks + windowsize - 1) / windowsize;
}

static void window_is_acknowledged_once(void **state)
{
	static const uint32_t sizes[] = { 1, 2, 3, 7, 14, 15, 35, 64, 1000 };
	const struct sim_result *r;
	struct sim s;
	uint32_t w;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		s = windowed(sizes[i]);
		r = expect_boot(&s);
		w = sizes[i];
		expect_count(r, SIM_DOWN, SAW_DATA, BLOCKS);
		expect_count(r, SIM_UP, SAW_ACK,
			     acks_of(1, w) + acks_of(14, w) + acks_of(35, w));
	}
}

/* Each block of a window in turn: those behind it bring the first gap's ACK at
 * once, and the others no more; only for the window's last does the timer
 * have to run. */
static void lost_block_costs_one_ack(void **state)
{
	const struct sim_result *r;
	struct sim s = windowed(7);
	unsigned acks = 2 + 3 + 6, data;
	us_t clean;

	(void)state;
	r = expect_boot(&s);
	clean = r->took;
	data = r->frames[SIM_DOWN] - 42;
	s.fault.one.what = WHAT_LOST;
	s.fault.one.direction = SIM_DOWN;
	for (unsigned nth = 1; nth <= 42; nth++) {
		s.fault.one.nth = data + nth;
		r = expect_boot(&s);
		assert_in_range(r->count[SIM_UP][SAW_ACK], acks, acks + 2);
		assert_in_range(r->count[SIM_DOWN][SAW_DATA], BLOCKS,
				BLOCKS + 7);
		assert_in_range(r->took, clean, clean + 60 * US_PER_MS);
	}
}

static void lost_ack_costs_one_window(void **state)
{
	const struct sim_result *r;
	struct sim s = windowed(7);
	unsigned up;

	(void)state;
	r = expect_boot(&s);
	up = r->frames[SIM_UP];
	s.fault.one.what = WHAT_LOST;
	s.fault.one.direction = SIM_UP;
	for (unsigned back = 0; back < 8; back++) {
		s.fault.one.nth = up - back;
		r = expect_boot(&s);
		assert_in_range(r->count[SIM_DOWN][SAW_DATA], BLOCKS,
				BLOCKS + 7);
	}
}

/* Everything twice, servers that answer each ACK too: RFC 1123's storm. */
static void doubled_windows_are_no_storm(void **state)
{
	const struct sim_result *r;
	struct sim s = windowed(5);

	(void)state;
	s.fault.twice = 10000;
	r = expect_boot(&s);
	assert_in_range(r->count[SIM_UP][SAW_ACK], 2 + 4 + 8, 2 + 4 + 8 + 12);
	assert_true(r->took < US_PER_S);
}

static void prepare_disorder(struct sim *s, unsigned i)
{
	*s = windowed(1 + i % 20);
	s->seed = i;
	s->fault.late = 500;
	s->fault.late_by = 300;
	s->fault.twice = i % 2 ? 500 : 0;
	s->fault.lost = i % 4 > 1 ? 500 : 0;
	s->file[2].size = 150000;
}

static void blocks_out_of_order_end_up_in_order(void **state)
{
	const struct sweep w = { .boots = 400,
				 .prepare = prepare_disorder,
				 .judge = sweep_must_boot };

	(void)state;
	sweep_run(&w, NULL);
}

/* 65535 blocks of 8 bytes and more, in windows that end anywhere. */
static void prepare_rollover(struct sim *s, unsigned i)
{
	*s = windowed(3 + 20 * i);
	s->file[1].size = 1;
	s->file[2].size = (65530 + 3 * i) * 8 + 5;
	s->server[0].tftpd.blksize = 8;
	s->fault.lost = i % 2 ? 20 : 0;
}

static void window_may_lie_across_block_65535(void **state)
{
	const struct sweep w = { .boots = 4,
				 .prepare = prepare_rollover,
				 .judge = sweep_must_boot };

	(void)state;
	sweep_run(&w, NULL);
}

static void larger_window_than_asked_for_is_refused(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].tftpd.invents = true;
	assert_contains(expect_failure(&s, E_PROTOCOL)->log,
			"options that were not asked for");
}

/* The server's machine says that the transfer's port is closed: the server has
 * been started again, and is asked once more. */
static void server_that_dies_in_a_window_ends_the_boot(void **state)
{
	const struct sim_result *r;
	struct sim s = windowed(7);
	unsigned data;

	(void)state;
	s.file[2].size = 500000;
	r = expect_boot(&s);
	data = r->frames[SIM_DOWN] / 2;
	s.server[0].dies_at = data;
	s.server[0].still_arps = true;
	r = expect_failure(&s, E_NO_ANSWER);
	assert_contains(r->log, "asking once more");
	assert_contains(r->log, "fell silent after");
	assert_in_range(r->took, 9 * US_PER_S, 11 * US_PER_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(window_is_acknowledged_once),
		cmocka_unit_test(lost_block_costs_one_ack),
		cmocka_unit_test(lost_ack_costs_one_window),
		cmocka_unit_test(doubled_windows_are_no_storm),
		cmocka_unit_test(blocks_out_of_order_end_up_in_order),
		cmocka_unit_test(window_may_lie_across_block_65535),
		cmocka_unit_test(larger_window_than_asked_for_is_refused),
		cmocka_unit_test(server_that_dies_in_a_window_ends_the_boot),
	};

	return sweep_main("tftp_windows", tests);
}
