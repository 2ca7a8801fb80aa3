/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_HOST_H
#define SIM_HOST_H

#include "sim.h"
#include "sim_segment.h"
#include "sim_wire.h"

/* The machines behind the wire: ARP, UDP, and on them what serves a boot. */

struct host {
	const struct sim_server *config;
	unsigned sent;      /* frames */
	unsigned datagrams; /* that were fragmented */
	bool dead;
	bool knows_client;       /* by ARP */
	unsigned asked;          /* ARP, while it did not */
	unsigned heard, refused; /* DHCP messages, DHCP REQUESTs */
	unsigned questions;      /* DNS */
	unsigned syns;
	unsigned unwell, broken; /* answers of HTTP that were */
	unsigned files;          /* answers of HTTP that had one */
};

/* Starts the servers that `sim` has. */
void hosts_start(void);

/* Takes a frame as a hub would bring it: to all of them. */
void hosts_receive(struct span frame);

/* Sends a datagram from the host's address, in fragments if it is larger than
 * the MTU; u->to, to_mac and the ports are set. */
void host_send(struct host *h, struct wire_udp *u);

/* The same with a segment. */
void host_send_segment(struct host *h, const struct segment *s);

/* Asks for the client's MAC address. */
void host_ask_arp(struct host *h);

#endif
