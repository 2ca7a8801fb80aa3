/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "base/err.h"
#include "config.h"
#include "sim_expect.h"

/* The manners of TFTP servers, good and bad. */

#define RRQS (10 + 2)
#define ACKS (1 + 14 + 35 + 3)

/* RFC 1123 section 4.2.3.1: who answers each copy makes copies for ever. */
static void doubled_data_is_acknowledged_once(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (int resends = 0; resends < 2; resends++) {
		sim_init(&s);
		s.server[0].tftpd.twice = true;
		s.server[0].tftpd.resends = resends;
		r = expect_boot(&s);
		/* The last block of each file is answered once more. */
		assert_in_range(r->count[SIM_UP][SAW_ACK], ACKS, ACKS + 3);
		expect_count(r, SIM_UP, SAW_RRQ, RRQS);
		expect_count(r, SIM_UP, SAW_ERROR, 0);
		assert_true(r->took < US_PER_S);
	}
}

static void network_that_doubles_everything_is_no_storm(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (int resends = 0; resends < 2; resends++) {
		sim_init(&s);
		s.fault.twice = 10000;
		s.server[0].tftpd.resends = resends;
		r = expect_boot(&s);
		assert_in_range(r->count[SIM_UP][SAW_ACK], ACKS, ACKS + 12);
		assert_int_equal(r->count[SIM_UP][SAW_RRQ], RRQS);
		assert_true(r->took < 2 * US_PER_S);
	}
}

/* 65535 blocks of 8 bytes, and a few more or less. */
static void prepare_rollover(struct sim *s, unsigned i)
{
	static const size_t blocks[] = {
		65534, 65535, 65536, 65537, 65540, 131071, 131073,
	};

	s->file[0].path = "boot/pxelinux.cfg/01-00-16-3e-12-34-56";
	s->file[1].size = 1;
	s->file[2].size = blocks[i] * 8 - 3;
	s->server[0].tftpd.blksize = 8;
	s->fault.lost = i % 2 ? 10 : 0;
	s->server[0].tftpd.resends = true;
}

static void block_number_behind_65535_is_0(void **state)
{
	const struct sweep w = { .boots = 7,
				 .prepare = prepare_rollover,
				 .judge = sweep_must_boot };

	(void)state;
	sweep_run(&w, NULL);
}

static void block_number_behind_65535_is_not_1(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s);
	prepare_rollover(&s, 2);
	s.server[0].tftpd.rolls_to = 1;
	assert_contains(expect_failure(&s, E_NO_ANSWER)->log,
			"fell silent after 524280 bytes");
}

static void server_without_options_sends_blocks_of_512_bytes(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].tftpd.plain = true;
	r = expect_boot(&s);
	expect_count(r, SIM_UP, SAW_RRQ, RRQS);
	expect_count(r, SIM_DOWN, SAW_DATA,
		     1 + 20000 / 512 + 1 + 50000 / 512 + 1);
}

static void refused_options_are_left_out(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].tftpd.refuses_options = true;
	r = expect_boot(&s);
	/* The first of them asked for big blocks, too. */
	expect_count(r, SIM_UP, SAW_RRQ, RRQS + 3 + LWPXE_BIG_BLOCKS);
	expect_count(r, SIM_DOWN, SAW_OACK, 0);
}

/* While it thinks, the request comes again, and each is refused in its turn. */
static void options_may_be_refused_more_than_once(void **state)
{
	struct sim s;

	(void)state;
	for (us_t ms = 100; ms < 3000; ms += 100) {
		sim_init(&s);
		s.file[0].path = "boot/pxelinux.cfg/01-00-16-3e-12-34-56";
		s.server[0].tftpd.refuses_options = true;
		s.server[0].tftpd.thinks = ms * US_PER_MS;
		expect_boot(&s);
	}
}

static void server_may_choose_a_smaller_block(void **state)
{
	static const uint32_t sizes[] = { 8, 9, 512, 1024, 1428, 1467 };
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		sim_init(&s);
		s.server[0].tftpd.blksize = sizes[i];
		r = expect_boot(&s);
		expect_count(r, SIM_DOWN, SAW_DATA,
			     90 / sizes[i] + 1 + 20000 / sizes[i] + 1 +
				     50000 / sizes[i] + 1);
	}
}

static void size_need_not_be_announced(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].tftpd.no_tsize = true;
	expect_boot(&s);
}

static void repeated_request_need_not_open_a_second_transfer(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s);
	s.server[0].tftpd.one_transfer = true;
	s.fault.lost = 1000;
	expect_boot(&s);
}

/* What is shorter than announced must not boot, nor what is longer. */
static void size_must_be_as_announced(void **state)
{
	static const int lies[] = { -20, -2, -1, 1, 2, 1468, 100000 };
	struct sim s;

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		sim_init(&s);
		s.server[0].tftpd.tsize_lie = lies[i];
		assert_contains(expect_failure(&s, E_PROTOCOL)->log,
				"bytes and sent");
	}
}

static void file_that_grows_meanwhile_is_refused(void **state)
{
	struct sim s;

	(void)state;
	for (size_t more = 1; more < 3000; more += 500) {
		sim_init(&s);
		s.server[0].tftpd.grows_by = more;
		expect_failure(&s, E_PROTOCOL);
	}
}

static void block_larger_than_agreed_is_refused(void **state)
{
	static const uint32_t sizes[] = { 8, 512, 1400 };
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		sim_init(&s);
		s.file[0].path = "boot/pxelinux.cfg/01-00-16-3e-12-34-56";
		s.server[0].tftpd.blksize = sizes[i];
		s.server[0].tftpd.no_tsize = true;
		s.server[0].tftpd.oversends = 1;
		/* The configuration may be one block, short enough. */
		r = expect_failure(&s, E_PROTOCOL);
		assert_contains(r->log, "were agreed");
		/* The kernel's server learns that it is not needed either. */
		assert_in_range(r->count[SIM_UP][SAW_ERROR], 1, 2);
	}
}

/* RFC 2347: a server agrees to what it was asked, or to less. */
static void options_not_asked_for_are_refused(void **state)
{
	static const uint32_t sizes[] = { 0, 65465, 65535 };
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		sim_init(&s);
		s.file[0].path = "boot/pxelinux.cfg/01-00-16-3e-12-34-56";
		s.server[0].tftpd.insists = sizes[i];
		s.server[0].tftpd.invents = i == 0;
		r = expect_failure(&s, E_PROTOCOL);
		assert_contains(r->log, "options that were not asked for");
		expect_count(r, SIM_UP, SAW_ERROR, 1);
		expect_count(r, SIM_DOWN, SAW_DATA, 0);
	}
}

/* The server is told before it sends a byte. */
static void announcement_past_the_limit_is_refused(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.file[0].path = "boot/pxelinux.cfg/01-00-16-3e-12-34-56";
	s.server[0].tftpd.tsize_lie = LWPXE_CONFIG_BYTES;
	r = expect_failure(&s, E_TOO_BIG);
	expect_count(r, SIM_UP, SAW_ERROR, 1);
	expect_count(r, SIM_DOWN, SAW_DATA, 0);
	assert_int_equal(r->took < US_PER_S, true);
}

static void configuration_past_the_limit_is_refused(void **state)
{
	struct sim s;

	(void)state;
	for (int announced = 0; announced < 2; announced++) {
		sim_init(&s);
		s.file[0].text = NULL;
		s.file[0].size = LWPXE_CONFIG_BYTES;
		s.server[0].tftpd.no_tsize = !announced;
		assert_contains(expect_failure(&s, E_TOO_BIG)->log,
				"it is too large");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubled_data_is_acknowledged_once),
		cmocka_unit_test(network_that_doubles_everything_is_no_storm),
		cmocka_unit_test(block_number_behind_65535_is_0),
		cmocka_unit_test(block_number_behind_65535_is_not_1),
		cmocka_unit_test(
			server_without_options_sends_blocks_of_512_bytes),
		cmocka_unit_test(refused_options_are_left_out),
		cmocka_unit_test(options_may_be_refused_more_than_once),
		cmocka_unit_test(server_may_choose_a_smaller_block),
		cmocka_unit_test(size_need_not_be_announced),
		cmocka_unit_test(
			repeated_request_need_not_open_a_second_transfer),
		cmocka_unit_test(size_must_be_as_announced),
		cmocka_unit_test(file_that_grows_meanwhile_is_refused),
		cmocka_unit_test(block_larger_than_agreed_is_refused),
		cmocka_unit_test(options_not_asked_for_are_refused),
		cmocka_unit_test(announcement_past_the_limit_is_refused),
		cmocka_unit_test(configuration_past_the_limit_is_refused),
	};

	return sweep_main("tftp_servers", tests);
}
