/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_dhcpd.h"

#include <string.h>

#include "sim_world.h"

/* RFC 2131 section 2. */
enum { XID = 4, CIADDR = 12, CHADDR = 28, OPTIONS = 240 };
enum { DISCOVER = 1, OFFER = 2, REQUEST = 3, ACK = 5, NAK = 6 };

#define LEASE_SECONDS 3600
#define PXE_PORT 4011

/* Option 43 of an offer: neither broadcast nor multicast, the server (whose
 * address is to be filled in), the menu and a prompt that asks nobody. */
#define PXE_MENU \
	"\6\1\3\x08\7\x80\0\1\0\0\0\0" \
	"\x09\x0a\x80\0\7Install\x0a\4\0PXE\xff"
#define PXE_MENU_SERVER 8
#define PXE_ITEM "\x47\4\x80\0\0\0"

struct query {
	struct span xid, chaddr;
	uint8_t type;
	uint32_t server_id, requested, ciaddr;
	bool has_item;
};

static void take_option(struct query *q, uint8_t code, struct span value)
{
	if (code == 53)
		span_get_u8(&value, &q->type);
	if (code == 54)
		span_get_be32(&value, &q->server_id);
	if (code == 50)
		span_get_be32(&value, &q->requested);
	if (code == 43)
		q->has_item = span_starts(value, SPAN_LIT(PXE_ITEM));
}

/* A query that a real server could not read ends the simulation: the client
 * sent it. */
static void get_query(struct span s, struct query *q)
{
	struct span value, ciaddr;
	uint8_t code, n;

	*q = (struct query){ .type = 0 };
	if (s.n < 300 || memcmp(s.p + OPTIONS - 4, "\x63\x82\x53\x63", 4))
		sim_break("it sent a DHCP message of %zu bytes", s.n);
	q->xid = (struct span){ s.p + XID, 4 };
	ciaddr = (struct span){ s.p + CIADDR, 4 };
	span_get_be32(&ciaddr, &q->ciaddr);
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

/* What proxies say besides: to an offer their menu, else what was asked. */
static void put_pxe_options(struct text *t, const struct host *h, uint8_t type)
{
	struct text ip;

	put_string_option(t, 60, "PXEClient");
	if (h->config->dhcpd.proxy != PROXY_MENU)
		return;
	text_put_u8(t, 43);
	if (type != OFFER) {
		text_put_u8(t, sizeof(PXE_ITEM) - 1);
		text_put(t, SPAN_LIT(PXE_ITEM));
		return;
	}
	text_put_u8(t, sizeof(PXE_MENU) - 1);
	text_put(t, SPAN_LIT(PXE_MENU));
	ip = text_over(t->p + t->n - (sizeof(PXE_MENU) - 1) + PXE_MENU_SERVER,
		       5);
	text_put_be32(&ip, h->config->ip);
	/* The builder's NUL was put where the menu begins. */
	ip.p[4] = '\x09';
}

/* Where the boot file is, and which: a proxy's offer may leave that out. */
static void put_boot(struct text *t, const struct host *h, uint8_t type,
		     const struct query *q)
{
	const struct sim_dhcpd *d = &h->config->dhcpd;
	bool tells = type != NAK && !d->no_boot &&
		     (type != OFFER || d->proxy <= PROXY_FILE);
	uint32_t next = d->next_server ? d->next_server : h->config->ip;

	text_put_be32(t, tells ? next : 0);
	put_zeros(t, 4);
	text_put(t, q->chaddr);
	t->p[CHADDR + 5] ^= d->other_client;
	put_zeros(t, 64);
	text_puts(t, !tells       ? "" :
		     d->boot_file ? d->boot_file :
				    "boot/pxelinux.0");
}

static void put_answer(struct text *t, const struct host *h, uint8_t type,
		       const struct query *q)
{
	const struct sim_dhcpd *d = &h->config->dhcpd;
	bool has_address = type != NAK && !d->no_address && !d->proxy;

	text_put(t, SPAN_LIT("\2\1\6\0"));
	text_put(t, q->xid);
	t->p[XID] ^= d->other_exchange;
	put_zeros(t, 8);
	text_put_be32(t, has_address ? SIM_CLIENT_IP : q->ciaddr);
	put_boot(t, h, type, q);
	put_zeros(t, OPTIONS - 4 - t->n);
	text_put(t, SPAN_LIT("\x63\x82\x53\x63\x35\1"));
	text_put_u8(t, type);
	if (d->proxy)
		put_pxe_options(t, h, type);
	put_options(t, h, has_address);
	if (t->n < 300)
		put_zeros(t, 300 - t->n);
}

/* Returns what a proxy answers; 0 for nothing. */
static uint8_t proxy_answer_to(const struct sim_dhcpd *d, const struct query *q,
			       bool on_pxe_port)
{
	if (!on_pxe_port)
		return q->type == DISCOVER ? OFFER : 0;
	if (q->type != REQUEST || q->ciaddr != SIM_CLIENT_IP)
		sim_break("it asks a proxy for something else");
	if (q->has_item != (d->proxy == PROXY_MENU))
		sim_break("it asks a proxy for another item");
	return d->mute ? 0 : ACK;
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

static void answer(void *arg, struct span message, bool on_pxe_port)
{
	struct host *h = arg;
	const struct sim_dhcpd *d = &h->config->dhcpd;
	char packet[1500];
	struct text t = TEXT(packet);
	struct wire_udp u = {
		.to_mac = WIRE_BROADCAST,
		.to = 0xffffffff,
		.to_port = 68,
		.from_port = on_pxe_port ? PXE_PORT : 67,
	};
	struct query q;
	uint8_t type;

	get_query(message, &q);
	type = d->proxy ? proxy_answer_to(d, &q, on_pxe_port) :
			  answer_to(h, &q);
	if (!type)
		return;
	if (on_pxe_port || (d->unicast && type != NAK)) {
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
	world_after(h->config->dhcpd.delay, answer, h, u->data,
		    u->to_port == PXE_PORT);
}
