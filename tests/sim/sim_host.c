/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_host.h"

#include <string.h>

#include "sim_audit.h"
#include "sim_dhcpd.h"
#include "sim_dnsd.h"
#include "sim_link.h"
#include "sim_tcp.h"
#include "sim_tftpd.h"

#define SHORTEST_FRAME 60

static struct host host[SIM_SERVERS];

void hosts_start(void)
{
	for (size_t i = 0; i < sim->servers; i++)
		host[i].config = &sim->server[i];
}

/* Puts the tag of VLAN 0, which only has a priority, behind the addresses. */
static void put_tagged(struct text *t, struct span s)
{
	struct span addresses;

	span_get(&s, 12, &addresses);
	text_put(t, addresses);
	text_put_be16(t, WIRE_TYPE_VLAN);
	text_put_be16(t, 0xe000);
	text_put(t, s);
}

static void send_frame(struct host *h, struct span s, bool is_arp)
{
	char frame[WIRE_BUFFER];
	struct text t = TEXT(frame);

	if (++h->sent == h->config->dies_at)
		h->dead = true;
	if (h->dead && !(is_arp && h->config->still_arps))
		return;
	if (h->config->tags)
		put_tagged(&t, s);
	else
		text_put(&t, s);
	while (h->config->pads && t.n < SHORTEST_FRAME)
		text_put_u8(&t, 0xee);
	link_send_down(text_span(&t), h->config->offloads && !is_arp);
}

/* Sends a datagram that is larger than the MTU, in fragments: RFC 791. */
static void send_fragments(struct host *h, struct span frame)
{
	const size_t most = (sim->mtu - WIRE_IP) & ~7u;
	const size_t all = frame.n - WIRE_ETH - WIRE_IP;
	uint8_t piece[WIRE_MAX], *ip = piece + WIRE_ETH;
	size_t n, offset;

	h->datagrams++;
	memcpy(piece, frame.p, WIRE_ETH + WIRE_IP);
	for (size_t at = 0; at < all; at += n) {
		n = all - at < most ? all - at : most;
		offset = at / 8 | (at + n < all ? 0x2000 : 0);
		memcpy(ip + WIRE_IP, frame.p + WIRE_ETH + WIRE_IP + at, n);
		ip[2] = (uint8_t)((WIRE_IP + n) >> 8);
		ip[3] = (uint8_t)(WIRE_IP + n);
		ip[4] = (uint8_t)(h->datagrams >> 8);
		ip[5] = (uint8_t)h->datagrams;
		ip[6] = (uint8_t)(offset >> 8);
		ip[7] = (uint8_t)offset;
		wire_sign_ip(ip);
		send_frame(h, (struct span){ piece, WIRE_ETH + WIRE_IP + n },
			   false);
	}
}

void host_send(struct host *h, struct wire_udp *u)
{
	const bool fits = WIRE_IP + WIRE_UDP + u->data.n <= sim->mtu;
	char frame[WIRE_BUFFER];
	struct text t = TEXT(frame);

	u->from = h->config->ip;
	u->from_mac = h->config->mac;
	/* No hardware sums up what comes in pieces. */
	wire_put_udp(&t, u, h->config->offloads && fits);
	if (fits)
		send_frame(h, text_span(&t), false);
	else
		send_fragments(h, text_span(&t));
}

void host_send_segment(struct host *h, const struct segment *s)
{
	char frame[WIRE_BUFFER];
	struct text t = TEXT(frame);
	struct segment own = *s;

	own.ip.from = h->config->ip;
	own.ip.from_mac = h->config->mac;
	segment_put(&t, &own, h->config->offloads);
	audit_server(&own);
	send_frame(h, text_span(&t), false);
}

static void send_arp(struct host *h, const struct wire_arp *a)
{
	char frame[100];
	struct text t = TEXT(frame);

	wire_put_arp(&t, a);
	send_frame(h, text_span(&t), true);
}

void host_ask_arp(struct host *h)
{
	send_arp(h, &(struct wire_arp){
			    .to_mac = WIRE_BROADCAST,
			    .operation = 1,
			    .sender_mac = h->config->mac,
			    .sender = h->config->ip,
			    .target = SIM_CLIENT_IP,
		    });
}

static void take_arp(struct host *h, const struct wire_arp *a)
{
	if (a->target != h->config->ip)
		return;
	if (a->operation == 2) {
		h->knows_client |= a->sender == SIM_CLIENT_IP;
		return;
	}
	send_arp(h, &(struct wire_arp){
			    .to_mac = a->sender_mac,
			    .operation = 2,
			    .sender_mac = h->config->mac,
			    .sender = h->config->ip,
			    .target_mac = a->sender_mac,
			    .target = a->sender,
		    });
}

static bool is_mine(const struct host *h, const struct mac *to)
{
	return to->b[0] & 1 || !memcmp(to, &h->config->mac, sizeof(*to));
}

static void refuse(struct host *h, struct span frame)
{
	char refusal[100];
	struct text t = TEXT(refusal);

	wire_put_refusal(&t, frame, h->config->mac, h->config->ip);
	send_frame(h, text_span(&t), false);
}

static void take_udp(struct host *h, const struct wire_udp *u,
		     struct span frame)
{
	const struct sim_server *c = h->config;

	if (u->to_port == 67) {
		if (!c->dhcpd.absent)
			dhcpd_receive(h, u);
	} else if (u->to != c->ip) {
		return;
	} else if (u->to_port == 4011 && c->dhcpd.proxy) {
		dhcpd_receive(h, u);
	} else if (u->to_port == 53 && !c->dnsd.absent) {
		dnsd_receive(h, u);
	} else if (u->to_port != 53 && !c->tftpd.absent) {
		tftpd_receive(h, u);
	} else if (c->refuses) {
		refuse(h, frame);
	}
}

void hosts_receive(struct span frame)
{
	struct segment segment;
	struct wire_udp u;
	struct wire_arp a;

	for (size_t i = 0; i < sim->servers; i++) {
		if (wire_get_arp(frame, &a) && is_mine(&host[i], &a.to_mac))
			take_arp(&host[i], &a);
		if (wire_get_udp(frame, &u, false) &&
		    is_mine(&host[i], &u.to_mac))
			take_udp(&host[i], &u, frame);
		if (segment_get(frame, &segment) &&
		    is_mine(&host[i], &segment.ip.to_mac) &&
		    segment.ip.to == sim->server[i].ip && !host[i].dead)
			tcp_receive(&host[i], &segment);
	}
}
