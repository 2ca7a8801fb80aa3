/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "lwip/opt.h"
#include "lwip/udp.h"
#include "net/loop.h"
#include "port/frame.h"
#include "port/frame_pool.h"
#include "port/netif.h"
#include "sim_host.h"
#include "sim_link.h"
#include "sim_pools.h"
#include "sim_random.h"
#include "sim_seen.h"
#include "sim_sweep.h"
#include "sim_wire.h"
#include "sim_world.h"

/* The memory that frames are received into, and datagrams in pieces, which keep
 * some of it: at the end of each test all of it is free again. */

#define PORT 4000
#define HEADERS (WIRE_ETH + WIRE_IP)
#define DATA_MAX (65535 - WIRE_IP - WIRE_UDP)

/* The bytes of one fragment's frame, and those of a datagram. */
struct fragment {
	size_t at, n;
	bool more;
};

static struct loop loop = { .link = -1, .parent = -1 };
static uint8_t data[DATA_MAX];

/* What arrived. */
static uint8_t got[DATA_MAX];
static size_t got_n;
static unsigned datagrams;

static void take(void *arg, struct udp_pcb *pcb, struct pbuf *p,
		 const ip_addr_t *from, u16_t port)
{
	(void)arg, (void)pcb, (void)from, (void)port;
	got_n = pbuf_copy_partial(p, got, sizeof(got), 0);
	assert_int_equal(got_n, p->tot_len);
	datagrams++;
	pbuf_free(p);
}

static int start(void **state)
{
	static struct sim s;
	static struct link link = {
		.ops = &link_sim, .fd = -1, .mtu = 1500, .bridge = "xenbr0"
	};
	struct udp_pcb *pcb;

	(void)state;
	sim_init(&s);
	sim = &s;
	sim_out = sim_result();
	link.mac = seen_client_mac;
	world_start();
	world_settle();
	link_start();
	hosts_start();
	netif_start(&link);
	netif_configure(SIM_CLIENT_IP, SIM_MASK, SIM_SERVER_IP);
	pcb = udp_new();
	udp_recv(pcb, take, NULL);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 251);
	return udp_bind(pcb, IP4_ADDR_ANY, PORT);
}

/* Lets all arrive that was sent, and what is left of datagrams grow old. */
static void settle(void)
{
	loop_for(&loop, 3000);
	assert_int_equal(frame_pool_used(), 0);
	pools_check();
}

static void forget(void)
{
	datagrams = 0;
	got_n = 0;
}

static void expect_datagram(size_t n)
{
	loop_for(&loop, 10);
	assert_int_equal(datagrams, 1);
	assert_int_equal(got_n, n);
	assert_memory_equal(got, data, n);
	forget();
}

/* Puts the frame of a datagram of `n` bytes into `frame`. */
static struct span put_datagram(char *frame, size_t n)
{
	struct text t = text_over(frame, WIRE_BUFFER);
	const struct wire_udp u = {
		.to_mac = seen_client_mac,
		.from_mac = sim->server[0].mac,
		.to = SIM_CLIENT_IP,
		.from = SIM_SERVER_IP,
		.to_port = PORT,
		.from_port = 69,
		.data = { data, n },
	};

	wire_put_udp(&t, &u, false);
	assert_false(t.overflow);
	return text_span(&t);
}

/* Sends the bytes of a datagram's frame that a fragment has. */
static void send_fragment(struct span frame, uint16_t id, struct fragment f)
{
	uint8_t piece[WIRE_MAX];
	const uint16_t n = (uint16_t)(WIRE_IP + f.n);
	const uint16_t offset = (uint16_t)(f.at / 8 | (f.more ? 0x2000 : 0));

	memcpy(piece, frame.p, HEADERS);
	memcpy(piece + HEADERS, frame.p + HEADERS + f.at, f.n);
	piece[16] = (uint8_t)(n >> 8), piece[17] = (uint8_t)n;
	piece[18] = (uint8_t)(id >> 8), piece[19] = (uint8_t)id;
	piece[20] = (uint8_t)(offset >> 8), piece[21] = (uint8_t)offset;
	wire_sign_ip(piece + WIRE_ETH);
	link_send_down((struct span){ piece, HEADERS + f.n }, false);
}

/* Cuts a frame into fragments for an MTU; returns how many. */
static size_t cut(struct fragment *f, struct span frame, size_t mtu)
{
	const size_t step = (mtu - WIRE_IP) / 8 * 8;
	const size_t all = frame.n - HEADERS;
	size_t count = 0;

	for (size_t at = 0; at < all; at += step)
		f[count++] = (struct fragment){
			at, all - at > step ? step : all - at, all - at > step
		};
	return count;
}

static void shuffle(struct fragment *f, size_t n, struct sim_random *r)
{
	for (size_t i = n; i > 1; i--) {
		const size_t j = random_below(r, (uint32_t)i);
		const struct fragment other = f[j];

		f[j] = f[i - 1];
		f[i - 1] = other;
	}
}

static void frames_of_any_length_arrive(void **state)
{
	static const size_t sizes[] = { 0,    1,     17,   18,   1468,
					1472, 1900,  1901, 1902, 4000,
					9000, 20000, 65464 };
	char frame[WIRE_BUFFER];

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		link_send_down(put_datagram(frame, sizes[i]), false);
		expect_datagram(sizes[i]);
	}
	settle();
}

/* At each MTU a piece ends elsewhere in a buffer. */
static void blocks_in_fragments_arrive_whole(void **state)
{
	static const size_t mtus[] = { 576,  1400, 1492, 1500, 1930,
				       1966, 2000, 4000, 9000 };
	char frame[WIRE_BUFFER];
	struct span s = put_datagram(frame, 65468);
	struct fragment f[128];
	size_t n;

	(void)state;
	for (uint16_t i = 0; i < COUNT(mtus); i++) {
		n = cut(f, s, mtus[i]);
		for (size_t k = 0; k < n; k++)
			send_fragment(s, i, f[k]);
		expect_datagram(65468);
	}
	settle();
}

static void order_and_repetitions_of_fragments_do_not_matter(void **state)
{
	struct sim_random r = random_from(1, 7);
	char frame[WIRE_BUFFER];
	struct fragment f[128];
	struct span s;
	size_t n;

	(void)state;
	for (uint16_t id = 0; id < 100; id++) {
		s = put_datagram(frame, random_below(&r, 60000) + 2000);
		n = cut(f, s, 1500);
		memcpy(f + n, f, n / 2 * sizeof(*f));
		shuffle(f, n, &r);
		for (size_t k = 0; k < n + n / 2; k++)
			send_fragment(s, id, f[k]);
		expect_datagram(s.n - HEADERS - WIRE_UDP);
	}
	settle();
}

/* What overlaps is dropped whole, so no byte can change that was there. */
static void overlapping_fragments_change_nothing(void **state)
{
	struct sim_random r = random_from(2, 7);
	char frame[WIRE_BUFFER], lie[WIRE_BUFFER];
	struct span s = put_datagram(frame, 20000), other = { 0 };
	struct fragment f[128], over;
	size_t n;

	(void)state;
	memset(lie, 0xee, sizeof(lie));
	memcpy(lie, frame, HEADERS);
	other = (struct span){ (uint8_t *)lie, s.n };
	for (uint16_t id = 0; id < 100; id++) {
		n = cut(f, s, 1500);
		for (size_t k = 0; k < n; k++) {
			send_fragment(s, id, f[k]);
			over.at = f[k].at - (k ? 8 * random_below(&r, 9) : 0);
			over.n = 8 * (1 + random_below(&r, 180));
			over.more = true;
			if (over.at < f[k].at + f[k].n && k < n - 1)
				send_fragment(other, id, over);
		}
		loop_for(&loop, 10);
		if (datagrams)
			assert_memory_equal(got, data, 20000);
		forget();
	}
	settle();
}

/* Each leaves a hole; the next whole one must find room. */
static void fragments_that_never_complete_grow_old(void **state)
{
	char frame[WIRE_BUFFER];
	struct span s = put_datagram(frame, 65464);
	struct fragment f[128];
	const size_t n = cut(f, s, 1500);

	(void)state;
	for (uint16_t id = 1; id <= 200; id++) {
		for (size_t k = 0; k < n; k++)
			if (k != id % n)
				send_fragment(s, id, f[k]);
		loop_for(&loop, 10);
		assert_in_range(frame_pool_used(), 0, IP_REASS_MAX_PBUFS);
	}
	assert_int_equal(datagrams, 0);
	for (size_t k = 0; k < n; k++)
		send_fragment(s, 0, f[k]);
	expect_datagram(65464);
	settle();
}

/* Nonsense of all kinds; what is right gets through at any time. */
static void fragments_that_lie_do_no_harm(void **state)
{
	struct sim_random r = random_from(3, 7);
	char frame[WIRE_BUFFER];
	struct span s = put_datagram(frame, DATA_MAX);
	struct fragment f[128], lie;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		lie.at = 8 * random_below(&r, 8192);
		lie.n = random_below(&r, random_below(&r, 8) ? 1500 : 60000);
		if (lie.at + lie.n > s.n - HEADERS)
			lie.at = 8 * random_below(&r, 16);
		if (lie.at + lie.n > s.n - HEADERS)
			continue;
		lie.more = random_below(&r, 3);
		send_fragment(s, (uint16_t)random_below(&r, 20), lie);
		if (i % 50 == 0)
			loop_for(&loop, random_below(&r, 300));
	}
	settle();
	forget();
	s = put_datagram(frame, 3000);
	for (size_t k = 0, n = cut(f, s, 1500); k < n; k++)
		send_fragment(s, 100, f[k]);
	expect_datagram(3000);
	settle();
}

/* The fragment without "more" comes last and is none: others lie behind it, and
 * with all of them the datagram is longer than IPv4 can say. */
static void end_in_the_middle_does_no_harm(void **state)
{
	static char frame[HEADERS + 65536];
	struct span s = put_datagram(frame, 60000);
	struct fragment f = { .n = 1480, .more = true };

	(void)state;
	s.n = sizeof(frame);
	for (uint16_t id = 0; id < 10; id++) {
		for (f.at = 0; f.at < 65535; f.at += f.n) {
			f.n = 65535 - f.at < 1480 ? 65535 - f.at : 1480;
			if (f.at / 1480 != 4 * (size_t)id)
				send_fragment(s, id, f);
		}
		send_fragment(s, id,
			      (struct fragment){ .at = (size_t)id * 4 * 1480,
						 .n = 1480 });
		loop_for(&loop, 10);
	}
	forget();
	s = put_datagram(frame, 3000);
	for (size_t k = 0, n = cut(&f, s, 3100); k < n; k++)
		send_fragment(s, 100, f);
	expect_datagram(3000);
	settle();
}

/* Receives a frame of `n` bytes as if one had come. */
static struct pbuf *receive(size_t n, size_t skip)
{
	struct iovec *room;
	int pieces;
	size_t at = 0;

	room = frame_room(&pieces);
	for (int i = 1; i < pieces && at < n; i++) {
		memset(room[i].iov_base, (int)i, room[i].iov_len);
		at += room[i].iov_len;
	}
	return frame_take(n, skip);
}

static void buffers_come_back_in_any_order(void **state)
{
	static const size_t sizes[] = { 14, 1514, 9014, 65535, 60 };
	struct sim_random r = random_from(4, 7);
	struct pbuf *held[FRAME_BUFFERS], *p;
	unsigned n;

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		for (n = 0;
		     (p = receive(sizes[random_below(&r, round < 2 ? 2 : 5)],
				  n % 2 ? 4 : 0));
		     n++)
			held[n] = p;
		assert_in_range(frame_pool_used(), FRAME_BUFFERS - 34,
				FRAME_BUFFERS);
		while (n) {
			const unsigned i = random_below(&r, n);

			pbuf_free(held[i]);
			held[i] = held[--n];
			if (n > 100 && random_below(&r, 4) == 0 &&
			    (p = receive(1514, 0)))
				held[n++] = p;
		}
		assert_int_equal(frame_pool_used(), 0);
	}
}

static void frames_that_find_no_buffer_are_dropped_and_counted(void **state)
{
	struct pbuf *held[FRAME_BUFFERS], *p;
	const uint32_t dropped = netif_heard().dropped;
	char frame[WIRE_BUFFER];
	unsigned n = 0;

	(void)state;
	while ((p = receive(60, 0)))
		held[n++] = p;
	assert_int_equal(n, FRAME_BUFFERS);
	link_send_down(put_datagram(frame, 100), false);
	loop_for(&loop, 10);
	assert_int_equal(datagrams, 0);
	assert_int_equal(netif_heard().dropped, dropped + 1);
	/* One piece is free, and a frame comes that needs two. */
	pbuf_free(held[--n]);
	link_send_down(put_datagram(frame, 3000), false);
	link_send_down(put_datagram(frame, 200), false);
	expect_datagram(200);
	assert_int_equal(netif_heard().dropped, dropped + 2);
	while (n)
		pbuf_free(held[--n]);
	settle();
}

static void zeros_stand_behind_each_frame(void **state)
{
	const uint8_t zeros[FRAME_SLACK] = { 0 };
	struct pbuf *p, *last;

	(void)state;
	for (size_t n = 14; n < 6000; n++) {
		p = receive(n, 0);
		for (last = p; last->next; last = last->next)
			assert_memory_equal((uint8_t *)last->payload +
						    last->len,
					    zeros, FRAME_SLACK);
		assert_memory_equal((uint8_t *)last->payload + last->len, zeros,
				    FRAME_SLACK);
		assert_int_equal(p->tot_len, n);
		pbuf_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_of_any_length_arrive),
		cmocka_unit_test(blocks_in_fragments_arrive_whole),
		cmocka_unit_test(
			order_and_repetitions_of_fragments_do_not_matter),
		cmocka_unit_test(overlapping_fragments_change_nothing),
		cmocka_unit_test(fragments_that_never_complete_grow_old),
		cmocka_unit_test(fragments_that_lie_do_no_harm),
		cmocka_unit_test(end_in_the_middle_does_no_harm),
		cmocka_unit_test(buffers_come_back_in_any_order),
		cmocka_unit_test(
			frames_that_find_no_buffer_are_dropped_and_counted),
		cmocka_unit_test(zeros_stand_behind_each_frame),
	};

	return cmocka_run_group_tests_name("frames", tests, start, NULL);
}
