/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/pcap.h"

/* What the last input has left in the ring. */
static struct pcap_ring *ring;
static size_t dirty[3];

/* Fills a part as the input says: how much is used, how many bytes of it follow
 * at its start, and these. */
static void fill(struct pcap_part *p, size_t *was_dirty, struct span *s)
{
	struct span bytes = { 0 };
	uint16_t n = 0;

	memset(p->bytes, 0, *was_dirty);
	p->used = 0;
	if (!span_get_be32(s, &p->used) || !span_get_be16(s, &n))
		n = 0;
	if (n > s->n)
		n = (uint16_t)s->n;
	span_get(s, n, &bytes);
	if (n)
		memcpy(p->bytes, bytes.p, n);
	*was_dirty = n;
}

/* Keeps frames of lengths that the input says, with and without a tag; the last
 * of them is the last one to be read. */
static void keep(struct span s)
{
	static const uint8_t bytes[65536], tag[] = { 0x81, 0, 0, 9 };
	struct pcap_reader r = { .ring = ring };
	struct pcap_frame f = { .us = UINT64_MAX };
	uint64_t us = 0;
	uint16_t n;

	ring->newest = 0;
	for (int i = 0; i < 3; i++)
		ring->part[i].used = 0;
	while (span_get_be16(&s, &n)) {
		pcap_keep(ring, us++, n, (struct span){ bytes, n },
			  n & 1 ? tag : NULL);
		for (int i = 0; i < 3; i++)
			fuzz_check(ring->part[i].used <= PCAP_PART);
	}
	while (pcap_next(&r, &f))
		;
	fuzz_check(f.us + 1 == us);
	for (int i = 0; i < 3; i++)
		if (dirty[i] < ring->part[i].used)
			dirty[i] = ring->part[i].used;
}

/* Reads it as it is, the file included. */
static void read_all(void)
{
	struct pcap_reader r = { .ring = ring };
	char buf[PCAP_RECORD + PCAP_LONG + 64];
	const uint8_t *end, *at = NULL;
	struct pcap_frame f;
	struct text t = TEXT(buf);

	pcap_put_header(&t);
	for (size_t i = 0; pcap_next(&r, &f); i++) {
		fuzz_check(i < 3 * PCAP_PART / 16);
		end = ring->part[0].bytes;
		for (int j = 0; j < 3; j++)
			if (f.bytes.p >= ring->part[j].bytes)
				end = ring->part[j].bytes + PCAP_PART;
		fuzz_check(f.bytes.p >= ring->part[0].bytes && f.bytes.p != at);
		fuzz_check(f.bytes.p + f.bytes.n <= end);
		fuzz_check(f.bytes.n <= f.length);
		at = f.bytes.p;
		t = TEXT(buf);
		pcap_put_frame(&t, f.us, &f);
		fuzz_check(!t.overflow && t.n == PCAP_RECORD + f.bytes.n);
	}
}

/* The input is the ring, as whoever has taken over the jailed process may leave
 * it, and then lengths. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = fuzz_copy(data, n);

	if (!ring)
		ring = calloc(1, sizeof(*ring));
	fuzz_check(ring);
	ring->newest = 0;
	span_get_be32(&s, &ring->newest);
	for (int i = 0; i < 3; i++)
		fill(&ring->part[i], &dirty[i], &s);
	read_all();
	keep(s);
	return 0;
}
