/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_DHCP_H
#define NET_DHCP_H

#include "net/dhcpsock.h"

/* The DHCP client: gets the guest's lease, and leaves it to the guest.
 *
 * DISCOVER is repeated after 1, 2, 4, 8, 16 s, each a little random, so that a
 * switch port or a server that needs time is no failure (RFC 2131 section 4.1,
 * with shorter steps: a bridge port is new, but its network is not).
 *
 * Offers are collected until one names a boot file or says otherwise how to
 * boot, or until there is an address and a proxy, which is a server that knows
 * how to boot and gives no addresses (PXE 2.1 section 2.2.1).  Else they wait a
 * moment for a better one, which is asked for once more.  Then all of them are
 * logged, with the reason why each was taken or not.  The lease is not released
 * at the end: the guest asks for it next. */

/* Opens what dhcp_run() needs and sends the first DISCOVER; reads nothing.  `who`
 * is borrowed until dhcp_run() has returned.  What fails here, fails there. */
void dhcp_ask(const struct dhcp_who *who);

/* Gets a lease into *lease and configures the interface with it.  *proxy is the
 * proxy's offer to go by, whose `proxy` says who that is; its `type` is 0 if
 * the lease itself says how to boot or nobody does.  dhcp_ask() has been called.
 * Returns 0;
 * -E_DHCP_SILENT or -E_DHCP_REFUSED with the reason in `why`, without
 * advice; -E_INTERRUPTED. */
int dhcp_run(struct loop *loop, struct dhcpmsg *lease, struct dhcpmsg *proxy,
	     struct text *why);

/* Returns how many offers the last dhcp_run() had, borrowed in *offer. */
size_t dhcp_offers(const struct dhcpmsg **offer);

#endif
