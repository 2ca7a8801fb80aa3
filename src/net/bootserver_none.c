/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/log.h"
#include "net/bootserver.h"

int bootserver_run(struct loop *loop, const struct dhcp_who *who,
		   const struct dhcpmsg *proxy, struct dhcpmsg *lease,
		   bool *local)
{
	(void)loop, (void)who;
	*local = false;
	if (proxy->type || dhcpmsg_wants_menu(lease))
		log_warn("a PXE server wants to be asked for the boot file; "
			 "proxyDHCP is not built in (LWPXE_PROXYDHCP)");
	return 0;
}
