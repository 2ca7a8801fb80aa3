/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_ICMP_H
#define FORMAT_ICMP_H

#include "base/text.h"

/* ICMP's word that a packet could not be delivered: RFC 792, "destination
 * unreachable".  It makes "nothing listens there" out of "no answer", and no
 * more: anybody could have sent it. */
struct icmp_refusal {
	uint32_t to;        /* where the packet was to go, host order */
	uint8_t protocol;   /* ICMP_UDP or ICMP_TCP */
	uint16_t from_port; /* its own port, at our side */
	uint16_t to_port;
	uint8_t code; /* why */
};

#define ICMP_TCP 6
#define ICMP_UDP 17

#define ICMP_PORT_UNREACHABLE 3

/* Reads an IPv4 packet.  Returns false for anything but such a message about
 * one of UDP or TCP. */
bool icmp_get_refusal(struct span packet, struct icmp_refusal *r);

/* Appends what the refusal means. */
void icmp_explain(struct text *t, const struct icmp_refusal *r);

#endif
