/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "lwip/opt.h"
#include "lwip/priv/tcp_priv.h"
#include "net/loop.h"
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

/* TCP as port/ and lwIP have it, with a sender that fills the window and loses
 * some of it: what waits for a lost segment must leave it a buffer, and no ACK
 * may come late. */

#define FLOWS 4
#define PORT 80
#define TCP_HEADER 20
#define HEADERS (WIRE_ETH + WIRE_IP + TCP_HEADER)
#define FIN 1
#define SYN 2
#define RST 4
#define ACK 16

/* A sender's timer, as Linux has it at least. */
#define RTO (200 * US_PER_MS)

/* How all senders of a test are. */
static struct {
	uint32_t size;    /* bytes that each sends */
	uint32_t segment; /* bytes of data in each */
	uint32_t window;  /* bytes it dares to have under way */
	uint32_t lost;    /* of 10000 segments that are sent first */
	bool first;       /* and the first one of all */
	bool deaf;        /* to ACKs that repeat: only the timer helps */
} manner;

static struct flow {
	/* The sender. */
	uint16_t port;        /* the client's */
	uint32_t next;        /* what it will send next */
	uint32_t acked, sent; /* bytes */
	uint32_t offered;     /* the client's window */
	uint32_t dares;       /* its own, which starts over with the timer */
	unsigned repeats;     /* ACKs for the same byte */
	unsigned fast, slow;  /* retransmissions by them, and by the timer */
	unsigned acks;
	uint32_t waits_for; /* what was acked when the timer was set */
	struct sim_random chance;
	/* The client. */
	struct tcp_pcb *pcb;
	uint32_t got;
	bool wrong, ended;
} flow[FLOWS];

static struct loop loop = { .link = -1, .parent = -1 };

static uint8_t byte_at(uint32_t at)
{
	return (uint8_t)(at ^ at >> 8 ^ at >> 16);
}

static void put_be(uint8_t *p, size_t n, uint32_t v)
{
	while (n--) {
		p[n] = (uint8_t)v;
		v >>= 8;
	}
}

static uint32_t get_be(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	while (n--)
		v = v << 8 | *p++;
	return v;
}

/* Sends `n` bytes of the flow from `at`, which is 1 less than its number. */
static void send_segment(struct flow *w, uint32_t at, uint32_t n, uint8_t flags)
{
	static const uint8_t options[] = { 2, 4, 0xff, 0xff, 4, 2,
					   1, 1, 3,    3,    7, 0 };
	const size_t extra = flags & SYN ? sizeof(options) : 0;
	static char frame[WIRE_BUFFER];
	struct text t = TEXT(frame);
	uint8_t *ip = (uint8_t *)frame + WIRE_ETH, *tcp = ip + WIRE_IP;

	wire_put_eth(&t, seen_client_mac, sim->server[0].mac, WIRE_TYPE_IP);
	memset(ip, 0, WIRE_IP + TCP_HEADER);
	ip[0] = 0x45, ip[8] = 64, ip[9] = 6;
	put_be(ip + 2, 2, (uint32_t)(WIRE_IP + TCP_HEADER + extra + n));
	put_be(ip + 12, 4, SIM_SERVER_IP);
	put_be(ip + 16, 4, SIM_CLIENT_IP);
	wire_sign_ip(ip);
	put_be(tcp, 2, PORT);
	put_be(tcp + 2, 2, w->port);
	put_be(tcp + 4, 4, at + (flags & SYN ? 0 : 1));
	put_be(tcp + 8, 4, w->next);
	tcp[12] = (uint8_t)((TCP_HEADER + extra) / 4 << 4), tcp[13] = flags;
	put_be(tcp + 14, 2, 0xffff);
	memcpy(tcp + TCP_HEADER, options, extra);
	for (uint32_t i = 0; i < n; i++)
		tcp[TCP_HEADER + extra + i] = byte_at(at + i);
	/* The checksum is left to hardware. */
	link_send_down((struct span){ (uint8_t *)frame, HEADERS + extra + n },
		       true);
}

static void send_data(struct flow *w, uint32_t at)
{
	const uint32_t left = manner.size - at;

	send_segment(w, at, left < manner.segment ? left : manner.segment,
		     ACK | (left <= manner.segment ? FIN : 0));
}

static void time_out(void *arg, struct span none, bool flag);

static void set_timer(struct flow *w)
{
	w->waits_for = w->acked;
	world_after(RTO, time_out, w, (struct span){ NULL, 0 }, false);
}

static void fill_window(struct flow *w)
{
	uint32_t limit = w->acked +
			 (w->offered < w->dares ? w->offered : w->dares);

	if (w->sent < w->acked)
		w->sent = w->acked;
	while (w->sent < manner.size && w->sent + manner.segment <= limit) {
		if (!(manner.first && !w->sent && !w->slow) &&
		    !random_hits(&w->chance, manner.lost))
			send_data(w, w->sent);
		w->sent += manner.segment;
	}
}

static void time_out(void *arg, struct span none, bool flag)
{
	struct flow *w = arg;

	(void)none, (void)flag;
	if (w->acked > manner.size)
		return;
	if (w->acked == w->waits_for) {
		w->slow++;
		w->dares = manner.segment;
		w->sent = w->acked;
		w->repeats = 0;
		fill_window(w);
	}
	set_timer(w);
}

static void take_ack(struct flow *w, uint32_t acked)
{
	w->acks++;
	if (w->acked > manner.size)
		return;
	if (acked == w->acked) {
		if (++w->repeats == 3 && !manner.deaf) {
			w->fast++;
			send_data(w, w->acked);
		}
		return;
	}
	assert_true(acked > w->acked && acked <= manner.size + 1);
	/* The next hole is known by the first ACK behind the last. */
	if (w->repeats >= 3 && acked < w->sent && !manner.deaf)
		send_data(w, acked);
	if (w->dares < manner.window)
		w->dares += manner.segment;
	w->acked = acked;
	w->repeats = w->repeats >= 3 && acked < w->sent ? 3 : 0;
}

static void take_frame(struct span s)
{
	const uint8_t *tcp = s.p + WIRE_ETH + WIRE_IP;
	struct flow *w = flow;

	while (w < flow + FLOWS && get_be(tcp, 2) != w->port)
		w++;
	if (w == flow + FLOWS || tcp[13] & RST)
		return;
	if (tcp[13] & SYN) {
		w->next = get_be(tcp + 4, 4) + 1;
		send_segment(w, 0, 0, SYN | ACK);
		return;
	}
	w->offered = get_be(tcp + 14, 2) << TCP_RCV_SCALE;
	if (!w->acks++)
		set_timer(w);
	else
		take_ack(w, get_be(tcp + 8, 4) - 1);
	fill_window(w);
}

static err_t take_data(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t e)
{
	struct flow *w = arg;

	(void)e;
	if (!p) {
		w->ended = true;
		tcp_close(pcb);
		return ERR_OK;
	}
	for (struct pbuf *q = p; q; q = q->next)
		for (uint32_t i = 0; i < q->len; i++)
			w->wrong |= ((uint8_t *)q->payload)[i] !=
				    byte_at(w->got++);
	tcp_recved(pcb, p->tot_len);
	pbuf_free(p);
	return ERR_OK;
}

static int start(void **state)
{
	static struct sim s;
	static struct link link = {
		.ops = &link_sim, .fd = -1, .mtu = 1500, .bridge = "xenbr0"
	};

	(void)state;
	sim_init(&s);
	sim = &s;
	sim_out = sim_result();
	link.mac = seen_client_mac;
	link_peer = take_frame;
	world_start();
	world_settle();
	link_start();
	hosts_start();
	netif_start(&link);
	netif_configure(SIM_CLIENT_IP, SIM_MASK, SIM_SERVER_IP);
	return 0;
}

/* Lets `flows` senders send all they have, which must not take longer than
 * `seconds` of the simulated time. */
static void run(size_t flows, unsigned seconds)
{
	const ip_addr_t server = IPADDR4_INIT(PP_HTONL(SIM_SERVER_IP));

	memset(flow, 0, sizeof(flow));
	for (size_t i = 0; i < flows; i++) {
		flow[i].dares = manner.window;
		flow[i].chance = random_from((uint32_t)i, 8);
		flow[i].pcb = tcp_new();
		tcp_arg(flow[i].pcb, &flow[i]);
		tcp_recv(flow[i].pcb, take_data);
		assert_int_equal(tcp_connect(flow[i].pcb, &server, PORT, NULL),
				 ERR_OK);
		flow[i].port = flow[i].pcb->local_port;
	}
	loop_for(&loop, seconds * 1000);
	for (size_t i = 0; i < flows; i++) {
		assert_true(flow[i].ended);
		assert_false(flow[i].wrong);
		assert_int_equal(flow[i].got, manner.size);
	}
	assert_int_equal(frame_pool_used(), 0);
	while (tcp_tw_pcbs)
		tcp_abort(tcp_tw_pcbs);
	while (tcp_active_pcbs)
		tcp_abort(tcp_active_pcbs);
	pools_check();
}

/* Makes all senders alike, and such as lose nothing. */
static void set_manner(uint32_t size, uint32_t segment, uint32_t window)
{
	memset(&manner, 0, sizeof(manner));
	manner.size = size;
	manner.segment = segment;
	manner.window = window;
}

static unsigned count_timeouts(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < FLOWS; i++)
		n += flow[i].slow;
	return n;
}

/* With one ACK for a batch of segments, and none of another connection in its
 * place. */
static void full_windows_arrive(void **state)
{
	(void)state;
	set_manner(8 << 20, 1460, TCP_WND);
	for (size_t flows = 1; flows <= FLOWS; flows += FLOWS - 1) {
		run(flows, 5);
		assert_int_equal(count_timeouts(), 0);
		assert_in_range(flow[0].acks, 2,
				manner.size / manner.segment / 4);
	}
}

/* All of the window but its first segment waits. */
static void lost_segment_finds_a_buffer_behind_a_full_window(void **state)
{
	(void)state;
	set_manner(6 << 20, 1460, TCP_WND);
	manner.first = true;
	run(1, 5);
	assert_int_equal(count_timeouts(), 0);
	assert_in_range(flow[0].fast, 1, 100);
}

/* Nine ACKs that repeat are due, and the sender counts to three. */
static void acknowledgements_that_repeat_are_all_sent(void **state)
{
	(void)state;
	set_manner(1 << 20, 1460, 10 * 1460);
	manner.first = true;
	run(1, 5);
	assert_int_equal(count_timeouts(), 0);
}

static void four_full_windows_that_wait_leave_a_buffer(void **state)
{
	(void)state;
	set_manner(6 << 20, 1460, TCP_WND);
	manner.first = true;
	manner.lost = 20;
	run(FLOWS, 60);
}

/* More than all buffers: what waits first is helped first. */
static void super_frames_out_of_order_leave_a_buffer(void **state)
{
	(void)state;
	set_manner(8 << 20, 65160, TCP_WND);
	manner.first = true;
	run(FLOWS, 60);
	assert_int_equal(flow[0].slow, 0);
	manner.lost = 500;
	run(FLOWS, 60);
}

/* One segment at a time, as a sender does that has lost all confidence: each
 * must be acknowledged at once, and not by a timer of 50 or 250 ms. */
static void no_acknowledgement_is_delayed(void **state)
{
	(void)state;
	set_manner(1 << 20, 1460, 1460);
	manner.deaf = true;
	run(1, 5);
	assert_int_equal(count_timeouts(), 0);
	manner.lost = 100;
	run(1, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_windows_arrive),
		cmocka_unit_test(
			lost_segment_finds_a_buffer_behind_a_full_window),
		cmocka_unit_test(acknowledgements_that_repeat_are_all_sent),
		cmocka_unit_test(four_full_windows_that_wait_leave_a_buffer),
		cmocka_unit_test(super_frames_out_of_order_leave_a_buffer),
		cmocka_unit_test(no_acknowledgement_is_delayed),
	};

	return cmocka_run_group_tests_name("segments", tests, start, NULL);
}
