/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_DNSD_H
#define SIM_DNSD_H

#include "sim_host.h"

/* A DNS server that knows one name: SIM_BOOT_NAME in SIM_DOMAIN. */

/* Takes a datagram that came to port 53. */
void dnsd_receive(struct host *h, const struct wire_udp *u);

#endif
