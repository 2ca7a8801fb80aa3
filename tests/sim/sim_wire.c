/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_wire.h"

#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

static void put_mac(struct text *t, struct mac mac)
{
	text_put(t, (struct span){ mac.b, sizeof(mac.b) });
}

static bool get_mac(struct span *s, struct mac *mac)
{
	bool ok = true;

	for (size_t i = 0; i < sizeof(mac->b); i++)
		ok = ok && span_get_u8(s, &mac->b[i]);
	return ok;
}

/* Adds `s` to a sum of 16-bit numbers; RFC 1071. */
static uint32_t add(uint32_t sum, struct span s)
{
	uint16_t v;

	while (span_get_be16(&s, &v))
		sum += v;
	if (s.n)
		sum += (uint32_t)s.p[0] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* The part of UDP's checksum that is not in its datagram. */
static uint32_t pseudo_header(const struct wire_udp *u, size_t n)
{
	return (u->from >> 16) + (u->from & 0xffff) + (u->to >> 16) +
	       (u->to & 0xffff) + PROTOCOL_UDP + (uint32_t)n;
}

static void set_be16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

void wire_sign_ip(uint8_t *ip)
{
	size_t n = (size_t)(ip[0] & 15) * 4;

	set_be16(ip + 10, 0);
	set_be16(ip + 10, (uint16_t)~fold(add(0, (struct span){ ip, n })));
}

void wire_put_eth(struct text *t, struct mac to, struct mac from,
		  uint16_t type)
{
	put_mac(t, to);
	put_mac(t, from);
	text_put_be16(t, type);
}

/* Appends the header in front of `n` bytes. */
static void put_ip(struct text *t, uint8_t protocol, uint32_t from, uint32_t to,
		   size_t n)
{
	size_t at = t->n;

	text_put_be16(t, 0x4500); /* version 4, 20 bytes of header */
	text_put_be16(t, (uint16_t)(WIRE_IP + n));
	text_put_be32(t, 0x00004000); /* not to be fragmented */
	text_put_be16(t, (uint16_t)(64 << 8 | protocol));
	text_put_be16(t, 0);
	text_put_be32(t, from);
	text_put_be32(t, to);
	wire_sign_ip((uint8_t *)t->p + at);
}

void wire_put_udp(struct text *t, const struct wire_udp *u, bool offloaded)
{
	size_t n = WIRE_UDP + u->data.n, at;
	uint32_t sum = pseudo_header(u, n);
	uint16_t checksum;

	wire_put_eth(t, u->to_mac, u->from_mac, WIRE_TYPE_IP);
	put_ip(t, PROTOCOL_UDP, u->from, u->to, n);
	at = t->n;
	text_put_be16(t, u->from_port);
	text_put_be16(t, u->to_port);
	text_put_be16(t, (uint16_t)n);
	text_put_be16(t, 0);
	text_put(t, u->data);
	if (t->overflow)
		sim_break("the simulation built too large a frame");
	checksum = offloaded ? fold(sum) : (uint16_t)
		   ~fold(add(sum, (struct span){ (uint8_t *)t->p + at, n }));
	if (!checksum) /* which would mean that there is none */
		checksum = 0xffff;
	set_be16((uint8_t *)t->p + at + 6, checksum);
}

void wire_put_arp(struct text *t, const struct wire_arp *a)
{
	wire_put_eth(t, a->to_mac, a->sender_mac, WIRE_TYPE_ARP);
	text_put_be16(t, 1); /* Ethernet */
	text_put_be16(t, WIRE_TYPE_IP);
	text_put_be16(t, 6 << 8 | 4);
	text_put_be16(t, a->operation);
	put_mac(t, a->sender_mac);
	text_put_be32(t, a->sender);
	put_mac(t, a->target_mac);
	text_put_be32(t, a->target);
}

void wire_put_refusal(struct text *t, struct span about, struct mac from_mac,
		      uint32_t from)
{
	/* As much of it as RFC 792 wants: its header and 8 bytes. */
	struct span quoted = { about.p + WIRE_ETH, WIRE_IP + WIRE_UDP };
	struct wire_udp u;
	uint8_t *icmp;
	size_t at;

	wire_get_udp(about, &u, true);
	wire_put_eth(t, u.from_mac, from_mac, WIRE_TYPE_IP);
	put_ip(t, PROTOCOL_ICMP, from, u.from, 8 + quoted.n);
	at = t->n;
	text_put_be32(t, 0x03030000); /* unreachable: the port */
	text_put_be32(t, 0);
	text_put(t, quoted);
	icmp = (uint8_t *)t->p + at;
	set_be16(icmp + 2, (uint16_t)~fold(add(0, (struct span){ icmp, 36 })));
}

/* Takes the header of a datagram in one piece; *ip becomes its payload. */
static bool get_ip(struct span *ip, struct wire_udp *u)
{
	uint16_t version, size, fragment, protocol, checksum;
	struct span header, s;
	uint16_t id;

	if (ip->n < WIRE_IP)
		return false;
	header = (struct span){ ip->p, WIRE_IP };
	if (fold(add(0, header)) != 0xffff)
		return false;
	s = header;
	span_get_be16(&s, &version);
	span_get_be16(&s, &size);
	span_get_be16(&s, &id);
	span_get_be16(&s, &fragment);
	span_get_be16(&s, &protocol);
	span_get_be16(&s, &checksum);
	span_get_be32(&s, &u->from);
	span_get_be32(&s, &u->to);
	if (version >> 8 != 0x45 || fragment & 0x3fff ||
	    (protocol & 0xff) != PROTOCOL_UDP || size < WIRE_IP ||
	    size > ip->n)
		return false;
	*ip = (struct span){ ip->p + WIRE_IP, (size_t)size - WIRE_IP };
	return true;
}

bool wire_get_udp(struct span frame, struct wire_udp *u, bool offloaded)
{
	uint16_t type, size, checksum;
	struct span whole;

	if (!get_mac(&frame, &u->to_mac) || !get_mac(&frame, &u->from_mac) ||
	    !span_get_be16(&frame, &type) || type != WIRE_TYPE_IP ||
	    !get_ip(&frame, u))
		return false;
	whole = frame;
	if (!span_get_be16(&frame, &u->from_port) ||
	    !span_get_be16(&frame, &u->to_port) ||
	    !span_get_be16(&frame, &size) ||
	    !span_get_be16(&frame, &checksum) || size != whole.n)
		return false;
	u->data = frame;
	return offloaded || fold(add(pseudo_header(u, size), whole)) == 0xffff;
}

bool wire_get_arp(struct span frame, struct wire_arp *a)
{
	uint16_t type, hardware, protocol, sizes;
	struct mac from;

	return get_mac(&frame, &a->to_mac) && get_mac(&frame, &from) &&
	       span_get_be16(&frame, &type) && type == WIRE_TYPE_ARP &&
	       span_get_be16(&frame, &hardware) && hardware == 1 &&
	       span_get_be16(&frame, &protocol) && protocol == WIRE_TYPE_IP &&
	       span_get_be16(&frame, &sizes) && sizes == (6 << 8 | 4) &&
	       span_get_be16(&frame, &a->operation) &&
	       get_mac(&frame, &a->sender_mac) &&
	       span_get_be32(&frame, &a->sender) &&
	       get_mac(&frame, &a->target_mac) &&
	       span_get_be32(&frame, &a->target);
}

bool wire_is_tcp(struct span frame)
{
	return frame.n >= WIRE_ETH + WIRE_IP + 20 && frame.p[12] == 8 &&
	       frame.p[13] == 0 && frame.p[WIRE_ETH + 9] == PROTOCOL_TCP;
}
