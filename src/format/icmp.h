/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_ICMP_H
#define FORMAT_ICMP_H

#include "base/span.h"

/* ICMP's word that a datagram could not be delivered: RFC 792, "destination
 * unreachable".  It makes "nothing listens there" out of "no answer", and no
 * more: anybody could have sent it. */
struct icmp_refusal {
	uint32_t to;          /* where the datagram was to go, host order */
	uint16_t from_port;   /* its own UDP port, at our side */
	uint16_t to_port;
	uint8_t code;         /* 3: nothing listens on the port */
};

#define ICMP_PORT_UNREACHABLE 3

/* Reads an IPv4 packet.  Returns false for anything but such a message about a
 * UDP datagram. */
bool icmp_get_refusal(struct span packet, struct icmp_refusal *r);

#endif
