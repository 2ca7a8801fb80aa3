/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include <errno.h>

#include "base/err.h"
#include "sim_expect.h"

/* The files that the boot writes: on a disk that fills up, breaks, or takes
 * what it likes. */

static unsigned writes;
static int error;
static uint32_t code;

static void enlarge(struct sim *s)
{
	s->file[1].size = 200000;
	s->file[2].size = 300000;
}

static void prepare_failure(struct sim *s, unsigned i)
{
	enlarge(s);
	s->writes.fails_at = 1 + i;
	s->writes.error = error;
}

static void judge_failure(unsigned i, struct sim_result *r)
{
	if (i < writes)
		sweep_must_fail(r, code);
	else
		sweep_must_boot(i, r);
}

/* Fails each write of a boot in turn. */
static void fail_each(int with, uint32_t rc)
{
	struct sweep w = { .prepare = prepare_failure, .judge = judge_failure };
	struct sim s;

	sim_init(&s);
	enlarge(&s);
	writes = expect_boot(&s)->writes;
	assert_true(writes >= 8);
	error = with;
	code = rc;
	w.boots = writes + 1;
	sweep_run(&w, NULL);
}

static void disk_may_be_full_at_any_write(void **state)
{
	(void)state;
	fail_each(ENOSPC, E_SPACE);
}

static void quota_may_be_used_up_at_any_write(void **state)
{
	(void)state;
	fail_each(EDQUOT, E_SPACE);
}

static void file_may_pass_its_limit_at_any_write(void **state)
{
	(void)state;
	fail_each(EFBIG, E_TOO_BIG);
}

static void disk_may_break_at_any_write(void **state)
{
	(void)state;
	fail_each(EIO, E_OUTPUT);
}

/* The server is told at once when a block cannot be stored, and that the other
 * file is not needed either; at the end of a file there is nobody to tell. */
static void server_learns_that_the_disk_is_full(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	enlarge(&s);
	s.writes.fails_at = 1;
	s.writes.error = ENOSPC;
	r = expect_failure(&s, E_SPACE);
	expect_count(r, SIM_UP, SAW_ERROR, 2);
	assert_true(r->count[SIM_DOWN][SAW_DATA] < 100);
	assert_contains(r->log, "kernel vmlinuz: the disk is full; free some");
}

static void write_may_take_a_part_or_be_interrupted(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s);
	enlarge(&s);
	s.writes.shortens = true;
	assert_true(expect_boot(&s)->writes > 50);
}

/* A system call each for many blocks: 4 for the kernel, 5 for the ramdisk. */
static void writes_are_few(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s);
	enlarge(&s);
	assert_int_equal(expect_boot(&s)->writes, 4 + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(disk_may_be_full_at_any_write),
		cmocka_unit_test(quota_may_be_used_up_at_any_write),
		cmocka_unit_test(file_may_pass_its_limit_at_any_write),
		cmocka_unit_test(disk_may_break_at_any_write),
		cmocka_unit_test(server_learns_that_the_disk_is_full),
		cmocka_unit_test(write_may_take_a_part_or_be_interrupted),
		cmocka_unit_test(writes_are_few),
	};

	return sweep_main("writes", tests);
}
