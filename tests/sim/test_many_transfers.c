/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include <stdio.h>

#include "sim_expect.h"

/* One boot with hundreds of transfers, its ramdisk being a file named again and
 * again: what each of them left allocated would be missed by a later one.
 * sim_run() counts what is free at the end. */

#define TRANSFERS 400

static struct sim many(size_t size)
{
	static char config[4096], paths[TRANSFERS * 7], cmdline[4096];
	struct text c = TEXT(config), p = TEXT(paths), l = TEXT(cmdline);
	struct sim s;

	sim_init(&s);
	text_puts(&c, "DEFAULT vmlinuz initrd=");
	text_puts(&l, "BOOT_IMAGE=vmlinuz initrd=");
	for (unsigned i = 0; i < TRANSFERS; i++) {
		text_puts(&c, i ? ",a" : "a");
		text_puts(&l, i ? ",a" : "a");
		text_puts(&p, i ? ",boot/a" : "boot/a");
	}
	assert_false(c.overflow || p.overflow || l.overflow);
	s.file[0].text = config;
	s.file[2] = (struct sim_file){ "boot/a", NULL, size };
	s.initrds = paths;
	s.cmdline = cmdline;
	return s;
}

static void hundreds_of_transfers_need_no_more_than_one(void **state)
{
	struct sim s = many(3000);
	const struct sim_result *r;

	(void)state;
	r = expect_boot(&s);
	expect_count(r, SIM_UP, SAW_RRQ, 10 + 1 + TRANSFERS);
	expect_count(r, SIM_UP, SAW_ACK, 2 + 15 + TRANSFERS * 4);
	expect_count(r, SIM_UP, SAW_ARP_ASKS, 2);
	assert_int_equal(r->frames[SIM_UP],
			 2 + 2 + 10 + 1 + TRANSFERS + 2 + 15 + TRANSFERS * 4);
}

static void joined_ramdisks_begin_at_multiples_of_four(void **state)
{
	struct sim s;

	(void)state;
	for (size_t size = 1; size < 9; size++) {
		s = many(size);
		expect_boot(&s);
	}
}

static void prepare_trouble(struct sim *s, unsigned i)
{
	*s = many(2000);
	s->seed = i;
	s->fault.lost = 100;
	s->fault.twice = 300;
	s->fault.late = 300;
	s->fault.noise = 2000;
	s->server[0].tftpd.resends = i % 2;
	s->server[0].tftpd.repeats = 20;
}

/* Each lost, doubled and foreign frame takes a way of its own through the
 * code, and would leak in its own way. */
static void hundreds_of_troubled_transfers_leave_nothing(void **state)
{
	const struct sweep w = { .boots = 16,
				 .prepare = prepare_trouble,
				 .judge = sweep_must_boot };

	(void)state;
	sweep_run(&w, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hundreds_of_transfers_need_no_more_than_one),
		cmocka_unit_test(joined_ramdisks_begin_at_multiples_of_four),
		cmocka_unit_test(hundreds_of_troubled_transfers_leave_nothing),
	};

	return sweep_main("many_transfers", tests);
}
