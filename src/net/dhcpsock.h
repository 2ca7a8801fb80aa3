/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_DHCPSOCK_H
#define NET_DHCPSOCK_H

#include "format/dhcpmsg.h"
#include "net/loop.h"

/* The port that DHCP and boot servers answer to: sends one query, again and
 * again, and brings the answers to it. */

/* Who asks; the same in all queries of a boot. */
struct dhcp_who {
	struct mac mac;
	struct uuid uuid;
	struct dhcpmsg_identity identity;
	uint32_t mtu;  /* of the link: answers are not reassembled */
	ms_t deadline; /* of the exchange with DHCP servers */
};

struct udp_pcb;

struct dhcpsock {
	struct udp_pcb *pcb;
	const struct dhcp_who *who; /* borrowed */
	struct dhcpmsg_query query; /* `type` to be set before it is sent */
	ms_t started;
	/* Called for each message with the query's transaction number and our
	 * MAC address, from port 67 or 4011 of `from`. */
	void (*take)(const struct dhcpmsg *m, uint32_t from);
};

/* Opens the port, with a query of a new transaction number and `who` in it.
 * Returns 0 or -E_INTERNAL. */
int dhcpsock_open(struct dhcpsock *s, const struct dhcp_who *who,
		  void (*take)(const struct dhcpmsg *m, uint32_t from));

/* Sends the query to a port of `to`, host order; UINT32_MAX is everybody.  What
 * cannot be sent counts as lost. */
void dhcpsock_send(struct dhcpsock *s, uint32_t to, uint16_t port);

void dhcpsock_close(struct dhcpsock *s);

#endif
