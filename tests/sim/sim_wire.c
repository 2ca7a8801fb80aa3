/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_wire.h"

#define PROTOCOL_ICMP 1
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

uint16_t wire_sum(const struct wire_ip *ip, struct span s, bool offloaded)
{
	const uint32_t sum = (ip->from >> 16) + (ip->from & 0xffff) +
			     (ip->to >> 16) + (ip->to & 0xffff) + ip->protocol +
			     (uint32_t)s.n;

	return fold(offloaded ? sum : add(sum, s));
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

void wire_put_eth(struct text *t, struct mac to, struct mac from, uint16_t type)
{
	put_mac(t, to);
	put_mac(t, from);
	text_put_be16(t, type);
}

void wire_put_ip(struct text *t, const struct wire_ip *ip, size_t n)
{
	size_t at;

	wire_put_eth(t, ip->to_mac, ip->from_mac, WIRE_TYPE_IP);
	at = t->n;

	text_put_be16(t, 0x4500); /* version 4, 20 bytes of header */
	text_put_be16(t, (uint16_t)(WIRE_IP + n));
	text_put_be32(t, 0x00004000); /* not to be fragmented */
	text_put_be16(t, (uint16_t)(64 << 8 | ip->protocol));
	text_put_be16(t, 0);
	text_put_be32(t, ip->from);
	text_put_be32(t, ip->to);
	wire_sign_ip((uint8_t *)t->p + at);
}

void wire_put_udp(struct text *t, const struct wire_udp *u, bool offloaded)
{
	const struct wire_ip ip = {
		.to_mac = u->to_mac,
		.from_mac = u->from_mac,
		.to = u->to,
		.from = u->from,
		.protocol = PROTOCOL_UDP,
	};
	size_t n = WIRE_UDP + u->data.n, at;
	uint16_t checksum;

	wire_put_ip(t, &ip, n);
	at = t->n;
	text_put_be16(t, u->from_port);
	text_put_be16(t, u->to_port);
	text_put_be16(t, (uint16_t)n);
	text_put_be16(t, 0);
	text_put(t, u->data);
	if (t->overflow)
		sim_break("the simulation built too large a frame");
	checksum = wire_sum(&ip, (struct span){ (uint8_t *)t->p + at, n },
			    offloaded);
	if (!offloaded)
		checksum = (uint16_t)~checksum;
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
	wire_put_ip(t,
		    &(struct wire_ip){
			    .to_mac = u.from_mac,
			    .from_mac = from_mac,
			    .to = u.from,
			    .from = from,
			    .protocol = PROTOCOL_ICMP,
		    },
		    8 + quoted.n);
	at = t->n;
	text_put_be32(t, 0x03030000); /* unreachable: the port */
	text_put_be32(t, 0);
	text_put(t, quoted);
	icmp = (uint8_t *)t->p + at;
	set_be16(icmp + 2, (uint16_t)~fold(add(0, (struct span){ icmp, 36 })));
}

bool wire_get_ip(struct span *s, struct wire_ip *ip)
{
	uint16_t type, version, size, id, fragment, protocol, checksum;
	struct span header;

	if (!get_mac(s, &ip->to_mac) || !get_mac(s, &ip->from_mac) ||
	    !span_get_be16(s, &type) || type != WIRE_TYPE_IP || s->n < WIRE_IP)
		return false;
	header = (struct span){ s->p, WIRE_IP };
	if (fold(add(0, header)) != 0xffff)
		return false;
	span_get_be16(&header, &version);
	span_get_be16(&header, &size);
	span_get_be16(&header, &id);
	span_get_be16(&header, &fragment);
	span_get_be16(&header, &protocol);
	span_get_be16(&header, &checksum);
	span_get_be32(&header, &ip->from);
	span_get_be32(&header, &ip->to);
	if (version >> 8 != 0x45 || fragment & 0x3fff || size < WIRE_IP ||
	    size > s->n)
		return false;
	ip->protocol = (uint8_t)protocol;
	*s = (struct span){ s->p + WIRE_IP, (size_t)size - WIRE_IP };
	return true;
}

bool wire_get_udp(struct span frame, struct wire_udp *u, bool offloaded)
{
	uint16_t size, checksum;
	struct span whole;
	struct wire_ip ip;

	if (!wire_get_ip(&frame, &ip) || ip.protocol != PROTOCOL_UDP)
		return false;
	whole = frame;
	if (!span_get_be16(&frame, &u->from_port) ||
	    !span_get_be16(&frame, &u->to_port) ||
	    !span_get_be16(&frame, &size) ||
	    !span_get_be16(&frame, &checksum) || size != whole.n)
		return false;
	u->to_mac = ip.to_mac, u->from_mac = ip.from_mac;
	u->to = ip.to, u->from = ip.from;
	u->data = frame;
	return offloaded || wire_sum(&ip, whole, false) == 0xffff;
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
	       frame.p[13] == 0 && frame.p[WIRE_ETH + 9] == WIRE_PROTOCOL_TCP;
}
