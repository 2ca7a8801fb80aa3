/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_SEGMENT_H
#define SIM_SEGMENT_H

#include "sim_wire.h"

/* Segments of TCP over IPv4: RFC 9293 section 3.1, with the options of a SYN
 * that a model needs. */

#define SEGMENT_HEADER 20

enum segment_flag {
	SEGMENT_FIN = 1,
	SEGMENT_SYN = 2,
	SEGMENT_RST = 4,
	SEGMENT_ACK = 16,
};

struct segment {
	struct wire_ip ip;
	uint16_t to_port, from_port;
	uint32_t seq, ack;
	uint8_t flags;
	uint16_t window; /* as sent: not scaled */
	uint16_t mss;    /* of a SYN; 0: it names none */
	bool sacks;      /* a SYN permits selective ones */
	bool scales;     /* a SYN has this option, which says: */
	uint8_t scale;
	struct span data;
};

/* Appends a whole frame; see wire_put_udp(). */
void segment_put(struct text *t, const struct segment *s, bool offloaded);

/* Reads a frame.  Returns false unless it is one of TCP, all of it is there and
 * every checksum is right. */
bool segment_get(struct span frame, struct segment *s);

/* Returns the numbers that a segment takes: its bytes, SYN and FIN. */
uint32_t segment_length(const struct segment *s);

#endif
