/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_PCAP_H
#define FORMAT_PCAP_H

#include <stdbool.h>

#include "base/span.h"
#include "base/text.h"

/* Frames of the guest's network: the first ones and the last ones, kept in memory
 * that the jailed process writes and its parent reads, and their form in a file
 * of libpcap, version 2.4. */

#define PCAP_PART (256u << 10)

/* What does not fit the first part goes in turns into the other two, of which
 * the older is overwritten: at least PCAP_PART bytes of the last ones are there.
 * All zero is empty. */
struct pcap_ring {
	uint32_t newest; /* the part that is written */
	struct pcap_part {
		uint32_t used;
		uint8_t bytes[PCAP_PART];
	} part[3];
};

/* A frame that is longer carries a part of a file as a rule: its head will do. */
#define PCAP_LONG 1200
#define PCAP_HEAD 256

/* Keeps a frame of `length` bytes, of which `head` are here, at the time `us`.
 * A tag of IEEE 802.1Q that was taken out of it goes back in behind both
 * addresses: LINK_TAG_SIZE bytes at `tag`, or NULL. */
void pcap_keep(struct pcap_ring *ring, uint64_t us, size_t length,
	       struct span head, const uint8_t *tag);

/* One frame, borrowed from the ring. */
struct pcap_frame {
	uint64_t us;
	uint32_t length;
	struct span bytes;
};

/* Where somebody who reads the ring is; the zeros stand at its start. */
struct pcap_reader {
	const struct pcap_ring *ring;
	unsigned part;
	struct span rest;
};

/* Takes the next frame, oldest first; false at the end.  The ring may hold
 * anything: what makes no sense is passed over, up to the next part. */
bool pcap_next(struct pcap_reader *r, struct pcap_frame *f);

/* Append what stands in front of all frames, and a frame with what stands in
 * front of it: PCAP_RECORD bytes and its own.  `us` counts from 1970. */
#define PCAP_RECORD 16
void pcap_put_header(struct text *t);
void pcap_put_frame(struct text *t, uint64_t us, const struct pcap_frame *f);

#endif
