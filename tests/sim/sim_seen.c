/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_seen.h"

#include <stdio.h>

#include "sim_segment.h"
#include "sim_world.h"
#include "unit/unit.h"

const struct mac seen_client_mac = { { 0x00, 0x16, 0x3e, 0x12, 0x34, 0x56 } };

static uint16_t client_port;

/* Where a DHCP message has its type, if that option stands first. */
#define DHCP_TYPE 242

static enum sim_kind kind_of_dhcp(struct span s)
{
	static const uint8_t kinds[] = {
		SAW_OTHER, SAW_DISCOVER, SAW_OFFER, SAW_REQUEST,
		SAW_OTHER, SAW_DHCP_ACK, SAW_NAK,
	};

	return s.n > DHCP_TYPE && s.p[DHCP_TYPE] < sizeof(kinds) ?
		       (enum sim_kind)kinds[s.p[DHCP_TYPE]] :
		       SAW_OTHER;
}

static enum sim_kind kind_of_tftp(struct span s, uint16_t *number)
{
	static const uint8_t kinds[] = {
		SAW_OTHER, SAW_RRQ,   SAW_OTHER, SAW_DATA,
		SAW_ACK,   SAW_ERROR, SAW_OACK,
	};
	uint16_t opcode;

	if (!span_get_be16(&s, &opcode) || opcode >= sizeof(kinds))
		return SAW_OTHER;
	if (opcode != 1)
		span_get_be16(&s, number);
	return (enum sim_kind)kinds[opcode];
}

/* Returns the frame without its tag, if it has one; `buf` holds it then. */
static struct span untagged(struct span s, uint8_t *buf)
{
	if (s.n < WIRE_ETH + 4 || s.n > WIRE_MAX ||
	    (s.p[12] << 8 | s.p[13]) != WIRE_TYPE_VLAN)
		return s;
	memcpy(buf, s.p, 12);
	memcpy(buf + 12, s.p + 16, s.n - 16);
	return (struct span){ buf, s.n - 4 };
}

static enum sim_kind kind_of_udp(const struct wire_udp *u, struct sim_seen *e)
{
	if (e->client_port == 68)
		return kind_of_dhcp(u->data);
	if (u->to_port == 53 || u->from_port == 53)
		return u->to_port == 53 ? SAW_DNS_ASKS : SAW_DNS_TELLS;
	return kind_of_tftp(u->data, &e->number);
}

/* Counts how often something was sent that ought to be hard to guess. */
static void note_numbers(const struct wire_udp *u, const struct sim_seen *e)
{
	struct sim_numbers *n = &sim_out->numbers;
	struct span s = u->data;
	struct span skipped;

	if (e->kind == SAW_DISCOVER && n->exchanges < SIM_NUMBERS &&
	    span_get(&s, 4, &skipped))
		span_get_be32(&s, &n->xid[n->exchanges++]);
	if (e->kind == SAW_RRQ && n->requests < SIM_NUMBERS)
		n->tftp_port[n->requests++] = u->from_port;
	if (e->kind == SAW_DNS_ASKS && n->questions < SIM_NUMBERS &&
	    span_get_be16(&s, &n->dns_id[n->questions]))
		n->dns_port[n->questions++] = u->from_port;
}

static void classify_tcp(enum sim_direction d, struct span s,
			 struct sim_seen *e)
{
	const uint8_t *tcp = s.p + WIRE_ETH + WIRE_IP;
	uint8_t flags;

	if (!wire_is_tcp(s))
		return;
	flags = tcp[13];
	e->client_port = (uint16_t)(d == SIM_UP ? tcp[0] << 8 | tcp[1] :
						  tcp[2] << 8 | tcp[3]);
	e->size = (uint16_t)((s.p[16] << 8 | s.p[17]) - WIRE_IP -
			     (tcp[12] >> 4) * 4);
	e->kind = flags & SEGMENT_RST ? SAW_RST :
		  flags & SEGMENT_SYN ? SAW_SYN :
		  flags & SEGMENT_FIN ? SAW_FIN :
		  e->size             ? SAW_SEGMENT :
					SAW_TCP_ACK;
}

/* The first fragment of a datagram tells what that is. */
static void classify_fragment(struct span s, struct sim_seen *e)
{
	const uint8_t *ip = s.p + WIRE_ETH, *udp = ip + WIRE_IP;

	if (s.n < WIRE_ETH + WIRE_IP + WIRE_UDP || s.p[12] != 8 ||
	    ip[9] != 17 || ip[6] != 0x20 || ip[7])
		return;
	e->client_port = (uint16_t)(udp[2] << 8 | udp[3]);
	e->size = (uint16_t)((udp[4] << 8 | udp[5]) - WIRE_UDP);
	s = (struct span){ udp + WIRE_UDP,
			   s.n - WIRE_ETH - WIRE_IP - WIRE_UDP };
	e->kind = (uint8_t)kind_of_tftp(s, &e->number);
}

static void classify(enum sim_direction d, struct span s, struct sim_seen *e)
{
	static uint8_t buf[WIRE_MAX];
	struct wire_udp u;
	struct wire_arp a;

	s = untagged(s, buf);
	e->kind = SAW_OTHER;
	if (wire_get_arp(s, &a)) {
		e->kind = a.operation == 1 ? SAW_ARP_ASKS : SAW_ARP_TELLS;
	} else if (wire_get_udp(s, &u, true)) {
		e->client_port = d == SIM_UP ? u.from_port : u.to_port;
		e->size = (uint16_t)u.data.n;
		e->kind = (uint8_t)kind_of_udp(&u, e);
		if (d == SIM_UP)
			note_numbers(&u, e);
	} else {
		classify_tcp(d, s, e);
		classify_fragment(s, e);
	}
	if (e->kind == SAW_RRQ)
		client_port = e->client_port;
}

static void show(const struct sim_seen *e)
{
	static const char *const names[] = {
		"?",       "ARP?",    "ARP!",    "DISCOVER", "OFFER",
		"REQUEST", "ACK",     "NAK",     "RRQ",      "OACK",
		"DATA",    "ack",     "ERROR",   "DNS?",     "DNS!",
		"SYN",     "segment", "tcp-ack", "FIN",      "RST",
	};

	fprintf(stderr, "%4u.%06u %s %s %u (%u bytes, port %u)\n",
		(unsigned)(e->at / US_PER_S), (unsigned)(e->at % US_PER_S),
		e->direction == SIM_UP ? "->" : "  <-", names[e->kind],
		e->number, e->size, e->client_port);
}

void seen_add(enum sim_direction d, struct span frame)
{
	struct sim_seen e = { .at = world_now(), .direction = (uint8_t)d };

	classify(d, frame, &e);
	sim_out->frames[d]++;
	sim_out->count[d][e.kind]++;
	if (sim_out->seen_n < SIM_SEEN)
		sim_out->seen[sim_out->seen_n] = e;
	sim_out->seen_n++;
	if (sim->verbose)
		show(&e);
}

uint16_t seen_client_port(void)
{
	return client_port;
}

us_t seen_at(const struct sim_result *r, enum sim_direction d,
	     enum sim_kind kind, unsigned nth)
{
	const struct sim_seen *e;

	for (unsigned i = 0; i < r->seen_n && i < SIM_SEEN; i++) {
		e = &r->seen[i];
		if (e->direction == d && e->kind == kind && !--nth)
			return e->at;
	}
	fail_msg("too few frames of kind %d were sent", kind);
	return 0;
}
