/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "base/err.h"
#include "sim_expect.h"

/* Frames that sim_init()'s boot takes: the configuration is the tenth name to
 * be tried, and with it there are three files, in blocks of 1468 bytes. */
#define RRQS (10 + 2)
#define BLOCKS (1 + 14 + 35)

static void boot_takes_the_frames_it_needs_and_no_more(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	r = expect_boot(&s);
	expect_count(r, SIM_UP, SAW_DISCOVER, 1);
	expect_count(r, SIM_UP, SAW_REQUEST, 1);
	expect_count(r, SIM_UP, SAW_ARP_ASKS, 2); /* one to announce us */
	expect_count(r, SIM_UP, SAW_RRQ, RRQS);
	expect_count(r, SIM_UP, SAW_ACK, BLOCKS + 3);
	assert_int_equal(r->frames[SIM_UP], 4 + RRQS + BLOCKS + 3);
	expect_count(r, SIM_DOWN, SAW_OFFER, 1);
	expect_count(r, SIM_DOWN, SAW_DHCP_ACK, 1);
	expect_count(r, SIM_DOWN, SAW_ARP_TELLS, 1);
	expect_count(r, SIM_DOWN, SAW_ERROR, 9);
	expect_count(r, SIM_DOWN, SAW_OACK, 3);
	expect_count(r, SIM_DOWN, SAW_DATA, BLOCKS);
	assert_int_equal(r->frames[SIM_DOWN], 3 + 9 + 3 + BLOCKS);
}

/* Every frame is the answer to the one before, but for our announcement and
 * the last ACKs of three files, which nobody waits for; and the kernel's frames
 * travel beside the ramdisk's, which are more: its request, 14 blocks, and their
 * answers. */
static void boot_lasts_as_long_as_its_frames_travel(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.fault.latency = 5000;
	r = expect_boot(&s);
	assert_int_equal(r->took, 5000 * (r->frames[SIM_UP] +
					  r->frames[SIM_DOWN] - 4 - 30));
}

/* Whatever a server does to its frames that is right, nothing else changes. */
static void frames_of_all_shapes_are_taken(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (unsigned i = 0; i < 32; i++) {
		sim_init(&s);
		s.server[0].pads = i & 1;
		s.server[0].tags = i & 2;
		s.server[0].offloads = i & 4;
		s.server[0].asks_arp = i & 8;
		s.server[0].dhcpd.unicast = i & 16;
		r = expect_boot(&s);
		expect_count(r, SIM_UP, SAW_ARP_TELLS, i & 8 ? 1 : 0);
		assert_int_equal(r->frames[SIM_UP],
				 4 + RRQS + BLOCKS + 3 + (i & 8 ? 1 : 0));
	}
}

static void block_fits_the_mtu(void **state)
{
	static const struct {
		uint32_t mtu;
		unsigned blocks;
	} table[] = {
		{ 576, 1 + 20000 / 544 + 1 + 50000 / 544 + 1 },
		{ 1400, 1 + 20000 / 1368 + 1 + 50000 / 1368 + 1 },
		{ 1500, BLOCKS },
		{ 9000, 1 + 20000 / 8968 + 1 + 50000 / 8968 + 1 },
		{ 65535, 3 },
	};
	const struct sim_result *r;
	struct sim s;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		sim_init(&s);
		s.mtu = table[i].mtu;
		s.server[0].tftpd.blksize = s.mtu - 32;
		r = expect_boot(&s);
		expect_count(r, SIM_DOWN, SAW_DATA, table[i].blocks);
	}
}

/* Frames to and from other networks go through the router, which is also the
 * DHCP server here. */
static void boot_server_may_be_behind_the_router(void **state)
{
	const struct sim_result *r;
	struct sim s;

	(void)state;
	sim_init(&s);
	s.servers = 2;
	s.server[0].dhcpd.next_server = SIM_DISTANT_IP;
	s.server[0].tftpd.absent = true;
	s.server[1].ip = SIM_DISTANT_IP;
	s.server[1].mac = s.server[0].mac;
	s.server[1].dhcpd.absent = true;
	r = expect_boot(&s);
	assert_contains(r->log, "Boot server 203.0.113.1, from next-server");
	assert_int_equal(r->frames[SIM_UP], 4 + RRQS + BLOCKS + 3);
}

/* lwIP counts in 32 bits, and so wraps every 49 days. */
static void clock_may_start_anywhere(void **state)
{
	static const uint64_t starts[] = {
		0,
		1,
		INT32_MAX - 5,
		UINT32_MAX - 50000,
		UINT32_MAX - 3,
		(uint64_t)UINT32_MAX + 1,
		UINT64_MAX / 2,
	};
	struct sim s;

	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		sim_init(&s);
		s.start_ms = starts[i];
		s.fault.latency = 2000;
		expect_boot(&s);
		s.fault.lost = 500;
		expect_boot(&s);
		s.server[0].dies_at = 30;
		expect_failure(&s, E_NO_ANSWER);
	}
}

/* The last block tells by its size that it is the last. */
static const size_t sizes[] = {
	1,    2,     7,     8,     9,     511,    512,    513,
	1023, 1024,  1025,  1467,  1468,  1469,   2935,   2936,
	2937, 10000, 65535, 65536, 65537, 131072, 131073, 300000,
};

static void prepare_size(struct sim *s, unsigned i)
{
	static const uint32_t blksizes[] = { 8, 512, 1428, 65464 };

	s->file[1].size = sizes[i % COUNT(sizes)];
	s->file[2].size = sizes[(i * 7 + 3) % COUNT(sizes)];
	s->server[0].tftpd.blksize = blksizes[i / COUNT(sizes) % 4];
	s->server[0].tftpd.plain = i / COUNT(sizes) == 4;
}

static void every_size_arrives_whole(void **state)
{
	const struct sweep w = {
		.boots = COUNT(sizes) * 5,
		.prepare = prepare_size,
		.judge = sweep_must_boot,
	};

	(void)state;
	sweep_run(&w, NULL);
}

static void empty_file_is_named(void **state)
{
	struct sim s;

	(void)state;
	for (size_t i = 1; i < 3; i++) {
		sim_init(&s);
		s.file[i].size = 0;
		assert_contains(expect_failure(&s, E_EMPTY)->log,
				i == 1 ? "kernel vmlinuz is empty" :
					 "initrd initrd.gz is empty");
	}
}

static void missing_file_is_named(void **state)
{
	struct sim s;

	(void)state;
	for (size_t i = 1; i < 3; i++) {
		sim_init(&s);
		s.file[i].path = "elsewhere";
		assert_contains(expect_failure(&s, E_NOT_FOUND)->log,
				i == 1 ? "kernel vmlinuz: TFTP error 1: File "
					 "not found; put" :
					 "initrd initrd.gz: TFTP "
					 "error 1: File not found; put");
	}
	sim_init(&s);
	s.file[0].path = "elsewhere";
	expect_failure(&s, E_NO_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_takes_the_frames_it_needs_and_no_more),
		cmocka_unit_test(boot_lasts_as_long_as_its_frames_travel),
		cmocka_unit_test(frames_of_all_shapes_are_taken),
		cmocka_unit_test(block_fits_the_mtu),
		cmocka_unit_test(boot_server_may_be_behind_the_router),
		cmocka_unit_test(clock_may_start_anywhere),
		cmocka_unit_test(every_size_arrives_whole),
		cmocka_unit_test(empty_file_is_named),
		cmocka_unit_test(missing_file_is_named),
	};

	return sweep_main("clean_boot", tests);
}
