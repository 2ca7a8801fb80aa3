/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_tftpd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_tree.h"
#include "sim_world.h"

enum { RRQ = 1, DATA = 3, ACK = 4, ERROR = 5, OACK = 6 };

/* Those that have ended count too, until their event comes. */
#define TRANSFERS 1024
#define BLKSIZE_DEFAULT 512

/* Between looks whether the client's MAC address is known. */
#define ARP_LOOKS_US 1000
#define ARP_LOOKS 5000

static struct transfer {
	struct host *h; /* NULL: unused */
	const struct sim_file *file;
	struct wire_udp peer; /* to_mac, to, to_port and from_port */
	bool has_options;
	bool refused; /* these */
	uint32_t blksize;
	uint32_t window; /* blocks sent before an ACK is due */
	bool windowed;   /* the client asked for one */
	uint64_t block;  /* the first of these; 0 is the OACK */
	unsigned repeats;
	us_t due;     /* when to send it again */
	bool ticking; /* an event is under way */
} transfers[TRANSFERS];

static size_t transfers_n; /* that have ever been used */

static uint16_t next_port = 20000;

static const struct sim_tftpd *config(const struct transfer *t)
{
	return &t->h->config->tftpd;
}

/* What is sent in all; it may be a lie of the server's. */
static size_t size_of(const struct transfer *t)
{
	return tree_size(t->file) + config(t)->grows_by;
}

static uint64_t last_block(const struct transfer *t)
{
	return size_of(t) / t->blksize + 1;
}

/* Returns the 16 bits that stand for a block, however many there were. */
static uint16_t number_of(const struct transfer *t, uint64_t block)
{
	uint64_t cycle = 65536u - config(t)->rolls_to;

	return (uint16_t)(block < 65536 ? block :
					  config(t)->rolls_to +
						  (block - 65536) % cycle);
}

static void send_packet(struct transfer *t, struct span s)
{
	struct wire_udp u = t->peer;

	u.data = s;
	host_send(t->h, &u);
}

static void send_error(struct transfer *t, uint16_t code, const char *message)
{
	char packet[100];
	struct text p = TEXT(packet);

	text_put_be16(&p, ERROR);
	text_put_be16(&p, code);
	text_puts(&p, message);
	text_put_u8(&p, 0);
	send_packet(t, text_span(&p));
}

static void put_option(struct text *p, const char *name, size_t value)
{
	char number[24];

	snprintf(number, sizeof(number), "%zu", value);
	text_puts(p, name);
	text_put_u8(p, 0);
	text_puts(p, number);
	text_put_u8(p, 0);
}

static void send_oack(struct transfer *t)
{
	char packet[100];
	struct text p = TEXT(packet);

	text_put_be16(&p, OACK);
	if (!config(t)->no_tsize)
		put_option(&p, "tsize",
			   tree_size(t->file) + (size_t)config(t)->tsize_lie);
	put_option(&p, "blksize",
		   config(t)->insists ? config(t)->insists : t->blksize);
	if (t->windowed && config(t)->windowsize)
		put_option(&p, "windowsize", t->window);
	if (config(t)->invents)
		put_option(&p, "windowsize", 1000);
	send_packet(t, text_span(&p));
}

static void send_data(struct transfer *t, uint64_t block)
{
	size_t at = (size_t)(block - 1) * t->blksize;
	size_t n = block == last_block(t) ? size_of(t) - at : t->blksize;
	static uint8_t packet[65536];

	n += config(t)->oversends;
	packet[0] = 0;
	packet[1] = DATA;
	packet[2] = (uint8_t)(number_of(t, block) >> 8);
	packet[3] = (uint8_t)number_of(t, block);
	tree_read(t->file, at, packet + 4, n);
	send_packet(t, (struct span){ packet, n + 4 });
	if (config(t)->twice)
		send_packet(t, (struct span){ packet, n + 4 });
}

static uint64_t window_end(const struct transfer *t)
{
	uint64_t end = t->block + t->window;

	return t->block == 0        ? 1 :
	       end <= last_block(t) ? end :
				      last_block(t) + 1;
}

static void send_blocks(struct transfer *t)
{
	if (!t->block)
		send_oack(t);
	for (uint64_t i = t->block; i && i < window_end(t); i++)
		send_data(t, i);
}

/* Only one event goes with a transfer: if it comes too early, because the
 * client has been heard since, it goes on to the right time. */
static void tick(void *arg, struct span none, bool flag)
{
	struct transfer *t = arg;

	(void)none, (void)flag;
	t->ticking = false;
	if (!t->h)
		return;
	if (world_now() >= t->due) {
		if (t->repeats++ == config(t)->repeats) {
			t->h = NULL;
			return;
		}
		send_blocks(t);
		t->due = world_now() + config(t)->repeats_after;
	}
	t->ticking = true;
	world_after(t->due - world_now(), tick, t, none, false);
}

static void send_new(struct transfer *t)
{
	t->repeats = 0;
	t->due = world_now() + config(t)->repeats_after;
	send_blocks(t);
	if (t->ticking)
		return;
	t->ticking = true;
	world_after(config(t)->repeats_after, tick, t, (struct span){ 0 },
		    false);
}

static struct transfer *find(const struct host *h, const struct wire_udp *u)
{
	for (size_t i = 0; i < transfers_n; i++)
		if (transfers[i].h == h &&
		    transfers[i].peer.from_port == u->to_port &&
		    transfers[i].peer.to_port == u->from_port)
			return &transfers[i];
	return NULL;
}

static bool has_one(const struct host *h, const struct wire_udp *u)
{
	for (size_t i = 0; i < transfers_n; i++)
		if (transfers[i].h == h &&
		    transfers[i].peer.to_port == u->from_port)
			return true;
	return false;
}

static struct transfer *unused(void)
{
	for (size_t i = 0; i < transfers_n; i++)
		if (!transfers[i].h && !transfers[i].ticking)
			return &transfers[i];
	if (transfers_n < TRANSFERS)
		return &transfers[transfers_n++];
	sim_break("the simulated server has too many transfers");
}

/* Takes a string with its NUL; what the client sends is whole. */
static struct span get_string(struct span *s)
{
	struct span string;

	if (!span_get_until(s, 0, &string))
		sim_break("it sent a request with a cut string");
	return string;
}

static void take_options(struct transfer *t, struct span s)
{
	struct span name, value;

	t->blksize = BLKSIZE_DEFAULT;
	t->window = 1;
	while (s.n) {
		name = get_string(&s);
		value = get_string(&s);
		t->has_options = true;
		if (span_eq(name, SPAN_LIT("blksize")))
			t->blksize = (uint32_t)atoi((const char *)value.p);
		if (span_eq(name, SPAN_LIT("windowsize"))) {
			t->window = (uint32_t)atoi((const char *)value.p);
			t->windowed = true;
		}
	}
	if (config(t)->plain || !config(t)->windowsize)
		t->window = 1;
	else if (t->window > config(t)->windowsize)
		t->window = config(t)->windowsize;
	t->refused = (t->has_options && config(t)->refuses_options) ||
		     (t->blksize > 1468 && config(t)->refuses_big);
	if (config(t)->plain)
		t->blksize = BLKSIZE_DEFAULT;
	else if (t->has_options && t->blksize > config(t)->blksize)
		t->blksize = config(t)->blksize;
}

static void take_request(struct host *h, const struct wire_udp *u)
{
	struct transfer *t = unused();
	struct span s = u->data, path;
	const struct sim_tftpd *c = &h->config->tftpd;

	if (c->one_transfer && has_one(h, u))
		return;
	span_get(&s, 2, &path);
	path = get_string(&s);
	if (!span_eq(get_string(&s), SPAN_LIT("octet")))
		sim_break("it sent a request in another mode");
	*t = (struct transfer){ .h = h, .file = tree_find(path) };
	t->peer = (struct wire_udp){
		.to_mac = u->from_mac,
		.to = u->from,
		.to_port = u->from_port,
		.from_port = next_port++,
	};
	take_options(t, s);
	if (!t->file)
		send_error(t, 1, "File not found");
	else if (t->refused)
		send_error(t, 8, "No options here");
	if (!t->file || t->refused) {
		t->h = NULL;
		return;
	}
	t->block = t->has_options && !c->plain ? 0 : 1;
	send_new(t);
}

static void take_ack(struct transfer *t, uint16_t number)
{
	for (uint64_t i = t->block; i < window_end(t); i++) {
		if (number != number_of(t, i))
			continue;
		if (i && i == last_block(t)) {
			t->h = NULL;
			return;
		}
		t->block = i + 1;
		send_new(t);
		return;
	}
	if (config(t)->resends && t->block &&
	    number == number_of(t, t->block - 1))
		send_blocks(t);
}

/* Serves a request once the client's MAC address is known. */
static void serve(void *arg, struct span frame, bool flag)
{
	struct host *h = arg;
	struct wire_udp u;

	wire_get_udp(frame, &u, false);
	if (!h->config->asks_arp || h->knows_client) {
		take_request(h, &u);
		return;
	}
	if (h->asked++ % (US_PER_S / ARP_LOOKS_US) == 0)
		host_ask_arp(h);
	if (h->asked < ARP_LOOKS)
		world_after(ARP_LOOKS_US, serve, h, frame, flag);
}

static void wait_and_serve(struct host *h, const struct wire_udp *u)
{
	char frame[WIRE_BUFFER];
	struct text t = TEXT(frame);

	wire_put_udp(&t, u, false);
	world_after(h->config->tftpd.thinks, serve, h, text_span(&t), false);
}

void tftpd_receive(struct host *h, const struct wire_udp *u)
{
	struct transfer *t = find(h, u);
	struct span s = u->data;
	uint16_t opcode = 0, number = 0;

	span_get_be16(&s, &opcode);
	if (u->to_port == 69 && opcode == RRQ)
		wait_and_serve(h, u);
	if (!t || !span_get_be16(&s, &number))
		return;
	if (opcode == ACK)
		take_ack(t, number);
	if (opcode == ERROR)
		t->h = NULL;
}
