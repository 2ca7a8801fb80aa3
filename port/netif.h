/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_NETIF_H
#define PORT_NETIF_H

#include "port/link.h"

/* lwIP's one network interface, on a link.  There is one per process. */

/* Starts lwIP and its interface without an address.  Borrows `l` for good. */
void netif_start(struct link *l);

/* Gives the interface its lease's address, mask and router, in host order. */
void netif_configure(uint32_t ip, uint32_t mask, uint32_t router);

/* Makes the largest packet smaller than the link's: what TCP tells its peers. */
void netif_set_mtu(uint32_t mtu);

/* Hands one waiting frame to lwIP; false if none waits.  Frames that are too
 * short for what they claim to be, or not for us, are counted and dropped. */
bool netif_poll(void);

/* Sends what waits for being the last of a batch; to be called when no frame
 * waits, and before one waits for any. */
void netif_flush(void);

/* Returns true if the machine that frames to `ip` go to, itself or the router,
 * has answered ARP. */
bool netif_knows(uint32_t ip);

/* Returns true if word came that UDP port `to_port` of `to`, asked from our
 * port `from_port`, cannot be reached; *listens is false if that is because
 * nothing listens there. */
bool netif_refused(uint32_t to, uint16_t to_port, uint16_t from_port,
		   bool *listens);

/* What was dropped before lwIP saw it. */
uint32_t netif_dropped(void);

#endif
