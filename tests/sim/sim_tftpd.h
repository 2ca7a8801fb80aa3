/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_TFTPD_H
#define SIM_TFTPD_H

#include "sim_host.h"

/* A TFTP server; RFC 1350, 2347 to 2349, 7440, and the manners of real ones. */

/* Takes a datagram, to whatever port it came. */
void tftpd_receive(struct host *h, const struct wire_udp *u);

#endif
