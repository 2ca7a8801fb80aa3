/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_DHCPD_H
#define SIM_DHCPD_H

#include "sim_host.h"

/* A DHCP server with one address to give, SIM_CLIENT_IP; or a proxy, which is
 * as dnsmasq's: its offer names no server. */

/* The one item of its menu. */
#define SIM_PXE_TYPE 0x8000

/* Takes a datagram that came to port 67 or 4011. */
void dhcpd_receive(struct host *h, const struct wire_udp *u);

#endif
