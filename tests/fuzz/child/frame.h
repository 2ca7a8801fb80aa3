/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FUZZ_CHILD_FRAME_H
#define FUZZ_CHILD_FRAME_H

#include <stdbool.h>

#include "base/span.h"

/* Ethernet frames with ARP, and with UDP and TCP over IPv4, without any of the
 * program's own code for them. */

#define FRAME_ETH 14
#define FRAME_IP 20
#define FRAME_UDP 8
#define FRAME_TCP 20
#define FRAME_MOST (65535 + FRAME_ETH)

#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

/* Read or write a big-endian number of `n` bytes. */
uint32_t frame_get(const uint8_t *p, size_t n);
void frame_put(uint8_t *p, size_t n, uint32_t v);

/* Puts the headers of Ethernet and IPv4 in front of `n` bytes, which are there
 * already; returns the frame's length. */
size_t frame_begin(uint8_t *f, const uint8_t *to_mac, const uint8_t *from_mac,
		   uint32_t from, uint32_t to, uint8_t protocol, size_t n);

/* Makes the checksums of IPv4 and of what is in it right, as far as the lengths
 * that the frame claims let it: frames may be anything. */
void frame_sign(uint8_t *f, size_t n);

/* Returns what is wrong with a frame that the child with this address sends, or
 * NULL. */
const char *frame_flaw(struct span s, size_t mtu, const uint8_t *mac);

#endif
