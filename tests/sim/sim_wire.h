/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_WIRE_H
#define SIM_WIRE_H

#include "base/text.h"
#include "sim.h"

/* Ethernet frames with ARP, and with UDP over IPv4: built and taken apart
 * without any of the program's own code for it. */

#define WIRE_ETH 14
#define WIRE_IP 20
#define WIRE_UDP 8
#define WIRE_ARP 28

#define WIRE_TYPE_IP 0x0800
#define WIRE_TYPE_ARP 0x0806
#define WIRE_TYPE_VLAN 0x8100

/* The largest frame that can be built here, and the NUL of a struct text. */
#define WIRE_MAX (65535 + WIRE_ETH)
#define WIRE_BUFFER (WIRE_MAX + 1)

#define WIRE_BROADCAST ((struct mac){ { 255, 255, 255, 255, 255, 255 } })

#define WIRE_PROTOCOL_TCP 6

/* A packet's headers, which have no options. */
struct wire_ip {
	struct mac to_mac, from_mac;
	uint32_t to, from;
	uint8_t protocol;
};

struct wire_udp {
	struct mac to_mac, from_mac;
	uint32_t to, from;
	uint16_t to_port, from_port;
	struct span data;
};

struct wire_arp {
	struct mac to_mac;  /* of the frame */
	uint16_t operation; /* 1 asks, 2 tells */
	struct mac sender_mac, target_mac;
	uint32_t sender, target;
};

/* Appends the 14 bytes in front of each frame. */
void wire_put_eth(struct text *t, struct mac to, struct mac from,
		  uint16_t type);

/* Appends the headers in front of `n` bytes. */
void wire_put_ip(struct text *t, const struct wire_ip *ip, size_t n);

/* Takes the headers of a packet in one piece off a frame; *s becomes its
 * payload.  Returns false if they are not right. */
bool wire_get_ip(struct span *s, struct wire_ip *ip);

/* Returns the sum of TCP's or UDP's header and data, with what it has of the
 * packet's; with `offloaded`, of the latter only.  0xffff if a checksum in `s`
 * is right. */
uint16_t wire_sum(const struct wire_ip *ip, struct span s, bool offloaded);

/* Appends a whole frame.  An offloaded checksum is the pseudo-header's, as
 * Linux leaves it for hardware to complete. */
void wire_put_udp(struct text *t, const struct wire_udp *u, bool offloaded);
void wire_put_arp(struct text *t, const struct wire_arp *a);

/* Appends the frame that says of another, which went from the client to `from`,
 * that nothing listens there; RFC 792. */
void wire_put_refusal(struct text *t, struct span about, struct mac from_mac,
		      uint32_t from);

/* Read a frame; false unless all of it is there and every checksum is right.
 * wire_get_udp() takes offloaded ones too if asked to. */
bool wire_get_udp(struct span frame, struct wire_udp *u, bool offloaded);
bool wire_get_arp(struct span frame, struct wire_arp *a);

/* Returns true for a frame of TCP; nothing else is looked at. */
bool wire_is_tcp(struct span frame);

/* Sets the header checksum of the IPv4 header at `ip`. */
void wire_sign_ip(uint8_t *ip);

#endif
