/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_DHCP_H
#define NET_DHCP_H

#include "format/dhcpmsg.h"
#include "net/loop.h"

/* The DHCP client: gets the guest's lease, and leaves it to the guest.
 *
 * DISCOVER is repeated after 1, 2, 4, 8, 16 s, each a little random, so that a
 * switch port or a server that needs time is no failure (RFC 2131 section 4.1,
 * with shorter steps: a bridge port is new, but its network is not).  An offer
 * that says how to boot is taken at once; others wait a moment for a better
 * one.  The lease is not released at the end: the guest asks for it next. */

struct dhcp_who {
	struct mac mac;
	struct uuid uuid;
	uint32_t mtu;          /* of the link: answers are not reassembled */
	ms_t deadline;
};

/* Gets a lease into *lease and configures the interface with it.  Returns 0;
 * -E_DHCP_SILENT or -E_DHCP_REFUSED with the reason in `why`, without
 * advice; -E_INTERRUPTED. */
int dhcp_run(struct loop *loop, const struct dhcp_who *who,
	     struct dhcpmsg *lease, struct text *why);

#endif
