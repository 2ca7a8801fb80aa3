/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_BOOTSERVER_H
#define NET_BOOTSERVER_H

#include "net/dhcpsock.h"

/* What PXE does between the lease and the first download, with servers that do
 * not name the boot file in their offer: a proxy is asked on port 4011, a menu
 * has its first item taken, and a boot server for that is found.  Source: PXE
 * 2.1, sections 2.2.1 and 2.2.3. */

/* Brings the lease to where it says how to boot, if `proxy` (see dhcp_run()) or
 * a menu of the lease's own is the way.  The interface is configured already.
 *
 * Nobody is there to choose from a menu, so its first item is taken when its
 * time is over.  *local is set if that is to boot from the guest's own disk.
 * Servers that do not answer are no failure: it is said, and the lease keeps
 * what is known.  Returns 0 or -E_INTERRUPTED. */
int bootserver_run(struct loop *loop, const struct dhcp_who *who,
		   const struct dhcpmsg *proxy, struct dhcpmsg *lease,
		   bool *local);

#endif
