/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_NETIF_H
#define PORT_NETIF_H

#include "format/icmp.h"
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

/* Returns true if the machine that frames to `ip` go to has answered ARP.  It is
 * itself or the router, whose address is in *hop; 0 if there is none. */
bool netif_knows(uint32_t ip, uint32_t *hop);

/* Looks for word that a packet like *r, of which `code` is not looked at, could
 * not be delivered; from_port 0 stands for any.  Puts the code into *r. */
bool netif_refused(struct icmp_refusal *r);

/* What was heard on the link. */
struct netif_heard {
	uint32_t frames;  /* of our network, and sound */
	uint32_t dropped; /* that made no sense, or were of another VLAN: */
	uint32_t strays;
	uint16_t stray_vlan; /* the last of those; 0 = without a tag */
	uint32_t wrong_sums; /* datagrams and segments for us whose checksum is
			      * wrong */
};

/* Returns that, up to now. */
struct netif_heard netif_heard(void);

#endif
