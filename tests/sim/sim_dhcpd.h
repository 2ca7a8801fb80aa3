/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_DHCPD_H
#define SIM_DHCPD_H

#include "sim_host.h"

/* A DHCP server with one address to give: SIM_CLIENT_IP. */

/* Takes a datagram that came to port 67. */
void dhcpd_receive(struct host *h, const struct wire_udp *u);

#endif
