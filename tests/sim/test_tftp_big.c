/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "base/err.h"
#include "sim_expect.h"
#include "sim_seen.h"

/* Blocks of 64 KiB, which travel in fragments. */

#define KERNEL 200000u  /* 4 blocks */
#define RAMDISK 500000u /* 8 */

static struct sim big(uint32_t windowsize)
{
	struct sim s;

	sim_init(&s);
	s.server[0].tftpd.blksize = 65464;
	s.server[0].tftpd.windowsize = windowsize;
	s.server[0].tftpd.resends = true;
	s.file[1].size = KERNEL;
	s.file[2].size = RAMDISK;
	return s;
}

static void big_blocks_arrive_whole(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (uint32_t w = 0; w < 6; w++) {
		s = big(w);
		r = expect_boot(&s);
		expect_count(r, SIM_DOWN, SAW_DATA, 1 + 4 + 8);
		expect_count(r, SIM_UP, SAW_ACK,
			     w < 2  ? 3 + 1 + 4 + 8 :
			     w == 2 ? 3 + 1 + 2 + 4 :
			     w == 3 ? 3 + 1 + 2 + 3 :
				      3 + 1 + 1 + 2);
	}
}

/* One fragment of each 45 is lost, in turn. */
static void prepare_lost_fragment(struct sim *s, unsigned i)
{
	*s = big(i % 2 ? 4 : 0);
	s->fault.one.what = WHAT_LOST;
	s->fault.one.direction = SIM_DOWN;
	s->fault.one.nth = 15 + i;
}

static void any_fragment_may_be_lost(void **state)
{
	const struct sweep w = { .boots = 500,
				 .prepare = prepare_lost_fragment,
				 .judge = sweep_must_boot };

	(void)state;
	sweep_run(&w, NULL);
}

static void prepare_disorder(struct sim *s, unsigned i)
{
	*s = big(i % 3 * 2);
	s->fault.late = 500;
	s->fault.late_by = 200;
	s->fault.twice = i % 2 ? 500 : 0;
	s->fault.lost = i % 4 > 1 ? 20 : 0;
}

static void fragments_may_come_in_any_order(void **state)
{
	const struct sweep w = { .boots = 200,
				 .prepare = prepare_disorder,
				 .judge = sweep_must_boot };

	(void)state;
	sweep_run(&w, NULL);
}

/* Of 45 fragments one is always lost: the whole boot goes on with blocks of a
 * frame, without a word. */
static void prepare_hopeless(struct sim *s, unsigned i)
{
	*s = big(i % 3 * 2);
	s->server[0].tftpd.resends = i % 2;
	s->server[0].tftpd.repeats = 10;
	s->fault.lost = 1000;
	s->file[1].size = 20000 + 1000 * i;
	s->file[2].size = 70000;
}

static void what_loses_big_blocks_gets_small_ones(void **state)
{
	const struct sweep w = { .boots = 100,
				 .prepare = prepare_hopeless,
				 .judge = sweep_must_boot };

	(void)state;
	sweep_run(&w, NULL);
}

/* The server knows windows, and no blocks larger than a frame: 4 of them would
 * be few. */
static void window_grows_where_blocks_do_not(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	s = big(1000);
	s.server[0].tftpd.blksize = 1468;
	r = expect_boot(&s);
	/* The kernel's and the ramdisk's first requests are taken back, as they
	 * are on their way together; the configuration is too short. */
	expect_count(r, SIM_UP, SAW_RRQ, 10 + 2 + 2);
	expect_count(r, SIM_UP, SAW_ERROR, 2);
	expect_count(r, SIM_UP, SAW_ACK,
		     3 + 1 + (KERNEL / 1468 + 64) / 64 +
			     (RAMDISK / 1468 + 64) / 64);
}

/* Refused for their size, and granted then. */
static void refused_big_blocks_become_small_ones(void **state)
{
	const struct sim_result *r;
	struct sim s = big(0);

	(void)state;
	s.server[0].tftpd.refuses_big = true;
	r = expect_boot(&s);
	expect_count(r, SIM_DOWN, SAW_DATA,
		     1 + KERNEL / 1468 + 1 + RAMDISK / 1468 + 1);
	expect_count(r, SIM_DOWN, SAW_ERROR, 9 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(big_blocks_arrive_whole),
		cmocka_unit_test(any_fragment_may_be_lost),
		cmocka_unit_test(fragments_may_come_in_any_order),
		cmocka_unit_test(what_loses_big_blocks_gets_small_ones),
		cmocka_unit_test(window_grows_where_blocks_do_not),
		cmocka_unit_test(refused_big_blocks_become_small_ones),
	};

	return sweep_main("tftp_big", tests);
}
