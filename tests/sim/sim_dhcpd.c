/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_dhcpd.h"

#include <string.h>

#include "sim_world.h"

/* RFC 2131 section 2. */
enum { XID = 4, CHADDR = 28, OPTIONS = 240 };
enum { DISCOVER = 1, OFFER = 2, REQUEST = 3, ACK = 5, NAK = 6 };

#define LEASE_SECONDS 3600

struct query {
	struct span xid, chaddr;
	uint8_t type;
	uint32_t server_id, requested;
};

static void take_option(struct query *q, uint8_t code, struct span value)
{
	if (code == 53)
		span_get_u8(&value, &q->type);
	if (code == 54)
		span_get_be32(&value, &q->server_id);
	if (code == 50)
		span_get_be32(&value, &q->requested);
}

/* A query that a real server could not read ends the simulation: the client
 * sent it. */
static void get_query(struct span s, struct query *q)
{
	struct span value;
	uint8_t code, n;

	*q = (struct query){ .type = 0 };
	if (s.n < 300 || memcmp(s.p + OPTIONS - 4, "\x63\x82\x53\x63", 4))
		sim_break("it sent a DHCP message of %zu bytes", s.n);
	q->xid = (struct span){ s.p + XID, 4 };
	q->chaddr = (struct span){ s.p + CHADDR, 16 };
	s = (struct span){ s.p + OPTIONS, s.n - OPTIONS };
	while (span_get_u8(&s, &code) && code != 255) {
		if (!span_get_u8(&s, &n) || !span_get(&s, n, &value))
			sim_break("it sent a cut DHCP option");
		take_option(q, code, value);
	}
}

static void put_zeros(struct text *t, size_t n)
{
	while (n--)
		text_put_u8(t, 0);
}

static void put_be32_option(struct text *t, uint8_t code, uint32_t v)
{
	text_put_u8(t, code);
	text_put_u8(t, 4);
	text_put_be32(t, v);
}

static void put_string_option(struct text *t, uint8_t code, const char *s)
{
	text_put_u8(t, code);
	text_put_u8(t, (uint8_t)strlen(s));
	text_puts(t, s);
}

static void put_options(struct text *t, const struct host *h, bool has_address)
{
	const struct sim_dhcpd *d = &h->config->dhcpd;

	put_be32_option(t, 54, h->config->ip);
	if (has_address) {
		put_be32_option(t, 51, LEASE_SECONDS);
		put_be32_option(t, 1, SIM_MASK);
		put_be32_option(t, 3, h->config->ip);
	}
	if (d->boot_name) {
		put_be32_option(t, 6, h->config->ip);
		put_string_option(t, 15, SIM_DOMAIN);
		put_string_option(t, 66, d->boot_name);
	}
	text_put_u8(t, 255);
}

static void put_answer(struct text *t, const struct host *h, uint8_t type,
		       const struct query *q)
{
	const struct sim_dhcpd *d = &h->config->dhcpd;
	bool has_address = type != NAK && !d->no_address;
	uint32_t next = d->next_server ? d->next_server : h->config->ip;
	const char *file = d->no_boot ? "" : "boot/pxelinux.0";

	text_put(t, SPAN_LIT("\2\1\6\0"));
	text_put(t, q->xid);
	t->p[XID] ^= d->other_exchange;
	put_zeros(t, 8);
	text_put_be32(t, has_address ? SIM_CLIENT_IP : 0);
	text_put_be32(t, type == NAK || d->no_boot ? 0 : next);
	put_zeros(t, 4);
	text_put(t, q->chaddr);
	t->p[CHADDR + 5] ^= d->other_client;
	put_zeros(t, 64);
	text_puts(t, type == NAK ? "" : file);
	put_zeros(t, OPTIONS - 4 - t->n);
	text_put(t, SPAN_LIT("\x63\x82\x53\x63\x35\1"));
	text_put_u8(t, type);
	put_options(t, h, has_address);
	if (t->n < 300)
		put_zeros(t, 300 - t->n);
}

/* Returns what to answer; 0 for nothing. */
static uint8_t answer_to(struct host *h, const struct query *q)
{
	const struct sim_dhcpd *d = &h->config->dhcpd;

	if (q->type == DISCOVER)
		return d->meddles ? 0 : OFFER;
	if (q->type == REQUEST && d->meddles)
		return NAK;
	if (q->type != REQUEST || q->server_id != h->config->ip || d->no_ack)
		return 0;
	if (q->requested != SIM_CLIENT_IP || h->refused < d->naks) {
		h->refused++;
		return NAK;
	}
	return ACK;
}

static void answer(void *arg, struct span message, bool flag)
{
	struct host *h = arg;
	char packet[1500];
	struct text t = TEXT(packet);
	struct wire_udp u = {
		.to_mac = WIRE_BROADCAST, .to = 0xffffffff, .to_port = 68,
		.from_port = 67,
	};
	struct query q;
	uint8_t type;

	(void)flag;
	get_query(message, &q);
	type = answer_to(h, &q);
	if (!type)
		return;
	if (h->config->dhcpd.unicast && type != NAK) {
		memcpy(&u.to_mac, q.chaddr.p, sizeof(u.to_mac));
		u.to = SIM_CLIENT_IP;
	}
	put_answer(&t, h, type, &q);
	u.data = text_span(&t);
	host_send(h, &u);
}

void dhcpd_receive(struct host *h, const struct wire_udp *u)
{
	if (h->heard++ < h->config->dhcpd.deaf)
		return;
	world_after(h->config->dhcpd.delay, answer, h, u->data, false);
}
