/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_RTNL_H
#define PORT_RTNL_H

#include <stdbool.h>
#include <stdint.h>

/* Network interfaces of the Dom0, asked about and changed over rtnetlink(7):
 * one socket, one request at a time, no sysfs, which small Dom0s and foreign
 * network namespaces may lack. */

struct rtnl_link {
	int index;
	uint32_t mtu;
	bool up;
	bool is_bridge; /* a Linux bridge, to which a port can be added */
	bool carrier;   /* a bridge: some port has one, or it has none */
	bool stp;       /* it runs the spanning tree protocol, in which a new
			 * port waits twice */
	uint32_t forward_delay; /* that long, seconds */
	bool filters_vlans;
	uint16_t pvid; /* then: the VLAN that new ports are in; 0 = none */
};

/* Looks up the interface `name`.  Returns 0 or -errno; -ENODEV if there is
 * none of that name. */
int rtnl_get_link(const char *name, struct rtnl_link *link);

/* Makes interface `name` a port of bridge `bridge` and sets it up, with the
 * MAC address fe:ff:ff:ff:ff:ff that Xen's own vif scripts give to ports: as
 * the highest one there is, it never becomes the bridge's.  Also sets the MTU
 * and a transmit queue long enough for a TCP window, and keeps IPv6 silent.
 * Returns 0 or -errno. */
int rtnl_add_port(const char *name, int bridge, uint32_t mtu);

/* Lets frames of VLAN `id` through port `name` of its bridge, with their tag;
 * a bridge that does not filter VLANs passes them anyway.  Returns 0 or
 * -errno; -EOPNOTSUPP if the kernel's bridges know no VLANs. */
int rtnl_join_vlan(const char *name, uint16_t id);

#endif
