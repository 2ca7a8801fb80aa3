/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/pcap.h"

#include <string.h>

#define PARTS 3

/* Where a tag is, and how long; see port/link.h. */
#define TAG_AT 12
#define TAG_SIZE 4

/* The longest frame there is: a super-frame of TCP, with a tag. */
#define LENGTH_MAX (65536u + 18)

#define MAGIC 0xa1b2c3d4u /* in the writer's order of bytes, microseconds */
#define ETHERNET 1

/* What stands before a frame in the ring. */
struct record {
	uint64_t us;
	uint32_t length, kept;
};

/* Makes room in the newest part, or in the next one, and returns it. */
static struct pcap_part *part_for(struct pcap_ring *ring, size_t n)
{
	struct pcap_part *p = &ring->part[ring->newest];

	if (PCAP_PART - p->used >= n)
		return p;
	ring->newest = ring->newest == 1 ? 2 : 1;
	p = &ring->part[ring->newest];
	p->used = 0;
	return p;
}

void pcap_keep(struct pcap_ring *ring, uint64_t us, size_t length,
	       struct span head, const uint8_t *tag)
{
	const size_t tag_size = tag && head.n >= TAG_AT ? TAG_SIZE : 0;
	const size_t most = length > PCAP_LONG ? PCAP_HEAD : length;
	struct record r = { .us = us, .length = (uint32_t)(length + tag_size) };
	struct pcap_part *p;
	uint8_t *to;

	if (head.n > most)
		head.n = most;
	r.kept = (uint32_t)(head.n + tag_size);
	p = part_for(ring, sizeof(r) + r.kept);
	to = p->bytes + p->used;
	p->used += (uint32_t)sizeof(r) + r.kept;
	memcpy(to, &r, sizeof(r));
	to += sizeof(r);
	if (tag_size) {
		memcpy(to, head.p, TAG_AT);
		memcpy(to + TAG_AT, tag, TAG_SIZE);
		to += TAG_AT + TAG_SIZE;
		span_get(&head, TAG_AT, &(struct span){ 0 });
	}
	if (head.n)
		memcpy(to, head.p, head.n);
}

/* Moves on to the next part: the first, the older of the others, the newest.
 * Returns false behind the last one. */
static bool next_part(struct pcap_reader *r)
{
	const uint32_t newest = r->ring->newest == 1 ? 1 : 2;
	const struct pcap_part *p;

	if (r->part == PARTS)
		return false;
	p = &r->ring->part[r->part == 0 ? 0 :
			   r->part == 1 ? 3 - newest :
					  newest];
	r->part++;
	r->rest = (struct span){ p->bytes, p->used };
	if (r->rest.n > PCAP_PART)
		r->rest.n = PCAP_PART;
	return true;
}

bool pcap_next(struct pcap_reader *r, struct pcap_frame *f)
{
	struct record head;
	struct span s;

	for (;;) {
		if (span_get(&r->rest, sizeof(head), &s)) {
			memcpy(&head, s.p, sizeof(head));
			if (head.kept <= PCAP_LONG + TAG_SIZE &&
			    head.kept <= head.length &&
			    head.length <= LENGTH_MAX &&
			    span_get(&r->rest, head.kept, &f->bytes))
				break;
		}
		if (!next_part(r))
			return false;
	}
	f->us = head.us;
	f->length = head.length;
	return true;
}

void pcap_put_header(struct text *t)
{
	const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, accuracy, longest, link;
	} header = {
		.magic = MAGIC,
		.major = 2,
		.minor = 4,
		.longest = LENGTH_MAX,
		.link = ETHERNET,
	};

	text_put(t, (struct span){ (const uint8_t *)&header, sizeof(header) });
}

void pcap_put_frame(struct text *t, uint64_t us, const struct pcap_frame *f)
{
	const struct {
		uint32_t seconds, us, kept, length;
	} header = {
		.seconds = (uint32_t)(us / 1000000),
		.us = (uint32_t)(us % 1000000),
		.kept = (uint32_t)f->bytes.n,
		.length = f->length,
	};

	text_put(t, (struct span){ (const uint8_t *)&header, sizeof(header) });
	text_put(t, f->bytes);
}
