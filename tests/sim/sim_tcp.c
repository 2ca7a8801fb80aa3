/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_tcp.h"

#include <stdlib.h>
#include <string.h>

#include "sim_httpd.h"
#include "sim_random.h"
#include "sim_world.h"

#define CONNECTIONS 512
#define MSS 1460
#define MSS_UNTOLD 536
#define DARES 32768
#define SCALE 7
#define FIRST_RTO (200 * US_PER_MS)
#define LONGEST_RTO (5 * US_PER_S)
#define TRIES 12

static struct tcp_conn connection[CONNECTIONS];
static struct sim_random numbers;

static const struct sim_tcpd *config(const struct tcp_conn *c)
{
	return &c->h->config->tcpd;
}

static uint16_t window(const struct tcp_conn *c)
{
	return world_now() < c->shut_until ? 0 :
	       config(c)->window           ? config(c)->window :
					     65535;
}

/* Sends `n` bytes from byte `at` on, and flags. */
static void send_segment(struct tcp_conn *c, uint64_t at, size_t n,
			 uint8_t flags)
{
	struct segment s = c->peer;

	s.seq = c->isn + (flags & SEGMENT_SYN ? 0 : 1) + (uint32_t)at;
	s.ack = c->taken;
	s.flags = flags;
	s.window = window(c);
	if (flags & SEGMENT_SYN && !config(c)->plain) {
		s.mss = config(c)->mss ? config(c)->mss : MSS;
		s.sacks = c->peer.sacks;
		s.scale = 0; /* of our own window */
	} else {
		s.mss = 0;
		s.scales = s.sacks = false;
	}
	s.data = (struct span){ n ? c->out + at : NULL, n };
	host_send_segment(c->h, &s);
	if (config(c)->twice)
		host_send_segment(c->h, &s);
}

static void send_ack(struct tcp_conn *c)
{
	send_segment(c, c->next, 0, SEGMENT_ACK);
}

static void send_syn(struct tcp_conn *c)
{
	send_segment(c, 0, 0, SEGMENT_SYN | SEGMENT_ACK);
}

static us_t wait_of(const struct tcp_conn *c)
{
	us_t wait = FIRST_RTO << c->tries;

	return wait < LONGEST_RTO ? wait : LONGEST_RTO;
}

/* Returns how many bytes the next segment may have; 0: none. */
static size_t room(const struct tcp_conn *c)
{
	const uint32_t dares = config(c)->dares ? config(c)->dares : DARES;
	const uint16_t mss = c->peer.mss ? c->peer.mss : MSS_UNTOLD;
	uint64_t limit = c->acked + (c->offered < dares ? c->offered : dares);
	size_t n = config(c)->segment ? config(c)->segment : mss;

	if (limit > c->out_n)
		limit = c->out_n;
	if (world_now() < c->stop_until && limit > c->stop_at)
		limit = c->stop_at;
	if (c->next >= limit)
		return 0;
	if (n > limit - c->next)
		n = (size_t)(limit - c->next);
	if (c->next < c->split && c->next + n > c->split)
		n = (size_t)(c->split - c->next);
	return n;
}

static bool may_end(const struct tcp_conn *c)
{
	return c->end && c->next == c->out_n &&
	       (world_now() >= c->stop_until || c->stop_at > c->out_n);
}

static void drop(struct tcp_conn *c)
{
	free(c->out);
	c->out = NULL;
	c->h = NULL;
}

static void tick(void *arg, struct span none, bool flag);

static void set_timer(struct tcp_conn *c, us_t due)
{
	c->due = due;
	if (c->ticking)
		return;
	c->ticking = true;
	world_after(due - world_now(), tick, c, (struct span){ 0 }, false);
}

void tcp_push(struct tcp_conn *c)
{
	size_t n;

	while ((n = room(c))) {
		send_segment(c, c->next, n, SEGMENT_ACK);
		c->next += n;
		if (c->next > c->most)
			c->most = c->next;
	}
	if (may_end(c) && c->end == TCP_CUTS) {
		send_segment(c, c->next, 0, SEGMENT_RST | SEGMENT_ACK);
		drop(c);
		return;
	}
	if (may_end(c)) {
		send_segment(c, c->next++, 0, SEGMENT_ACK | SEGMENT_FIN);
		c->most = c->next;
	}
	if (c->acked < c->next)
		set_timer(c, world_now() + wait_of(c));
	else if (world_now() < c->stop_until && c->stop_until != UINT64_MAX)
		set_timer(c, c->stop_until);
}

/* Goes back to the first byte that is missing; or a bit further. */
static void go_back(struct tcp_conn *c)
{
	const uint64_t more = 1 + c->acked % 97;

	c->next = c->acked;
	if (config(c)->overlaps && c->acked <= c->out_n && more <= c->acked)
		c->next -= more;
}

/* Only one event goes with a connection; see tick() in sim_tftpd.c. */
static void tick(void *arg, struct span none, bool flag)
{
	struct tcp_conn *c = arg;

	(void)none, (void)flag;
	c->ticking = false;
	if (!c->h || !c->due)
		return;
	if (world_now() < c->due) {
		set_timer(c, c->due);
		return;
	}
	c->due = 0;
	if ((!c->open || c->acked < c->next) && c->tries++ == TRIES) {
		drop(c);
		return;
	}
	if (!c->open) {
		send_syn(c);
		set_timer(c, world_now() + wait_of(c));
		return;
	}
	if (c->acked < c->next)
		go_back(c);
	tcp_push(c);
}

void tcp_put(struct tcp_conn *c, struct span s)
{
	c->out = realloc(c->out, c->out_n + s.n + 1);
	if (!c->out)
		sim_break("no memory");
	if (s.n)
		memcpy(c->out + c->out_n, s.p, s.n);
	c->out_n += s.n;
}

/* ---- what comes */

static struct tcp_conn *find(const struct host *h, const struct segment *s)
{
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (connection[i].h == h &&
		    connection[i].peer.to_port == s->from_port)
			return &connection[i];
	return NULL;
}

static void refuse(struct host *h, const struct segment *s)
{
	struct segment r = {
		.ip = { .to_mac = s->ip.from_mac, .to = s->ip.from },
		.to_port = s->from_port,
		.from_port = s->to_port,
		.flags = SEGMENT_RST | SEGMENT_ACK,
		.seq = s->flags & SEGMENT_ACK ? s->ack : 0,
		.ack = s->seq + segment_length(s),
	};

	if (!(s->flags & SEGMENT_RST))
		host_send_segment(h, &r);
}

static void open_window(void *arg, struct span none, bool flag)
{
	struct tcp_conn *c = arg;

	(void)none, (void)flag;
	if (c->h && c->open)
		send_ack(c);
}

static void accept(struct host *h, const struct segment *s)
{
	struct tcp_conn *c = connection;

	if (h->syns++ < h->config->tcpd.deaf)
		return;
	if (!numbers.state)
		numbers = random_from(sim->seed, 12);
	while (c < connection + CONNECTIONS && (c->h || c->ticking))
		c++;
	if (c == connection + CONNECTIONS)
		sim_break("the simulated server has too many connections");
	*c = (struct tcp_conn){
		.h = h, .isn = random_next(&numbers), .taken = s->seq + 1,
		.peer = {
			.ip = { .to_mac = s->ip.from_mac, .to = s->ip.from },
			.to_port = s->from_port, .from_port = s->to_port,
			.seq = s->seq, .mss = s->mss, .scales = s->scales,
			.scale = s->scale, .sacks = s->sacks,
		},
	};
	if (config(c)->shut) {
		c->shut_until = world_now() + config(c)->shut;
		world_after(config(c)->shut + 1, open_window, c,
			    (struct span){ 0 }, false);
	}
	send_syn(c);
	set_timer(c, world_now() + wait_of(c));
}

/* Takes what the client has of ours by now. */
static void take_ack(struct tcp_conn *c, const struct segment *s)
{
	const uint32_t moved = s->ack - (c->isn + 1 + (uint32_t)c->acked);

	c->offered = (uint32_t)s->window
		     << (c->peer.scales && !config(c)->plain ? c->peer.scale :
							       0);
	if (moved > c->most - c->acked)
		return; /* old */
	if (!c->open)
		c->due = 0;
	c->open = true;
	if (moved) {
		c->acked += moved;
		if (c->next < c->acked)
			c->next = c->acked;
		c->repeats = c->tries = 0;
		c->due = 0;
	} else if (!s->data.n && c->acked < c->next && ++c->repeats == 3 &&
		   c->acked >= c->recovers) {
		c->recovers = c->most; /* RFC 6582 */
		go_back(c);
	}
}

/* Returns true if the server has closed the connection and will not read what
 * comes. */
static bool is_unread(const struct tcp_conn *c, const struct segment *s)
{
	return c->end && c->most > c->out_n && s->data.n && s->seq == c->taken;
}

static void take_data(struct tcp_conn *c, const struct segment *s)
{
	const uint32_t old = c->taken - s->seq;
	const bool has_end = s->flags & SEGMENT_FIN;
	struct span data = s->data, known;

	if (!data.n && !has_end)
		return;
	if (old > data.n || c->heard_end || !window(c) ||
	    data.n - old > window(c)) {
		send_ack(c);
		return;
	}
	span_get(&data, old, &known);
	if (data.n > sizeof(c->in) - c->in_n)
		sim_break("it sent a request of more than %zu bytes",
			  sizeof(c->in));
	if (data.n)
		memcpy(c->in + c->in_n, data.p, data.n);
	c->in_n += data.n;
	c->taken += (uint32_t)data.n + has_end;
	c->heard_end = has_end;
	send_ack(c);
	if (data.n)
		httpd_take(c);
	if (c->heard_end && !c->end)
		c->end = TCP_ENDS;
}

void tcp_receive(struct host *h, const struct segment *s)
{
	struct tcp_conn *c = find(h, s);

	if (c && s->flags & SEGMENT_SYN && s->seq != c->peer.seq) {
		drop(c); /* the client has begun anew */
		c = NULL;
	}
	if (h->config->httpd.absent || (!c && !(s->flags & SEGMENT_SYN))) {
		refuse(h, s);
		return;
	}
	if (!c) {
		accept(h, s);
	} else if (!c->open && s->flags & SEGMENT_ACK && s->ack != c->isn + 1) {
		refuse(h, s); /* an old SYN has opened what is not there */
	} else if (s->flags & SEGMENT_RST) {
		drop(c);
	} else if (s->flags & SEGMENT_SYN) {
		c->peer.ip.to_mac = s->ip.from_mac;
		c->open ? send_ack(c) : send_syn(c);
	} else {
		c->peer.ip.to_mac = s->ip.from_mac;
		take_ack(c, s);
		if (is_unread(c, s)) {
			refuse(h, s);
			drop(c);
			return;
		}
		take_data(c, s);
		if (c->end && c->heard_end && c->acked > c->out_n)
			drop(c);
		else
			tcp_push(c);
	}
}
