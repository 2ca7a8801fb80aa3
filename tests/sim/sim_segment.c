/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_segment.h"

enum { OPTION_END, OPTION_NOP, OPTION_MSS, OPTION_SCALE, OPTION_SACKS };

#define AT_CHECKSUM 16

static void put_options(struct text *t, const struct segment *s)
{
	if (s->mss) {
		text_put(t, SPAN_LIT("\2\4"));
		text_put_be16(t, s->mss);
	}
	if (s->scales) {
		text_put(t, SPAN_LIT("\1\3\3"));
		text_put_u8(t, s->scale);
	}
	if (s->sacks)
		text_put(t, SPAN_LIT("\1\1\4\2"));
}

void segment_put(struct text *t, const struct segment *s, bool offloaded)
{
	const size_t header = SEGMENT_HEADER + (s->mss ? 4u : 0) +
			      (s->scales ? 4u : 0) + (s->sacks ? 4u : 0);
	const size_t n = header + s->data.n;
	struct wire_ip ip = s->ip;
	uint16_t sum;
	uint8_t *tcp;

	ip.protocol = WIRE_PROTOCOL_TCP;
	wire_put_ip(t, &ip, n);
	tcp = (uint8_t *)t->p + t->n;
	text_put_be16(t, s->from_port);
	text_put_be16(t, s->to_port);
	text_put_be32(t, s->seq);
	text_put_be32(t, s->ack);
	text_put_be16(t, (uint16_t)(header / 4 << 12 | s->flags));
	text_put_be16(t, s->window);
	text_put_be32(t, 0);
	put_options(t, s);
	text_put(t, s->data);
	if (t->overflow)
		sim_break("the simulation built too large a segment");
	sum = wire_sum(&ip, (struct span){ tcp, n }, offloaded);
	if (!offloaded)
		sum = (uint16_t)~sum;
	tcp[AT_CHECKSUM] = (uint8_t)(sum >> 8);
	tcp[AT_CHECKSUM + 1] = (uint8_t)sum;
}

/* Takes the options; returns false if they are cut or are of a wrong size. */
static bool get_options(struct span options, struct segment *s)
{
	uint8_t kind, size;
	struct span value;

	while (span_get_u8(&options, &kind) && kind != OPTION_END) {
		if (kind == OPTION_NOP)
			continue;
		if (!span_get_u8(&options, &size) || size < 2 ||
		    !span_get(&options, size - 2u, &value))
			return false;
		if (kind == OPTION_MSS &&
		    (value.n != 2 || !span_get_be16(&value, &s->mss)))
			return false;
		if (kind == OPTION_SCALE) {
			if (value.n != 1 || !span_get_u8(&value, &s->scale))
				return false;
			s->scales = true;
		}
		if (kind == OPTION_SACKS)
			s->sacks = true;
	}
	return true;
}

bool segment_get(struct span frame, struct segment *s)
{
	uint16_t offset, checksum, urgent;
	struct span whole, options;
	size_t header;

	*s = (struct segment){ .flags = 0 };
	if (!wire_get_ip(&frame, &s->ip) || s->ip.protocol != WIRE_PROTOCOL_TCP)
		return false;
	whole = frame;
	if (!span_get_be16(&frame, &s->from_port) ||
	    !span_get_be16(&frame, &s->to_port) ||
	    !span_get_be32(&frame, &s->seq) ||
	    !span_get_be32(&frame, &s->ack) ||
	    !span_get_be16(&frame, &offset) ||
	    !span_get_be16(&frame, &s->window) ||
	    !span_get_be16(&frame, &checksum) ||
	    !span_get_be16(&frame, &urgent))
		return false;
	header = (offset >> 12) * 4u;
	s->flags = (uint8_t)(offset & 0x3f);
	if (header < SEGMENT_HEADER ||
	    !span_get(&frame, header - SEGMENT_HEADER, &options) ||
	    !get_options(options, s))
		return false;
	s->data = frame;
	return wire_sum(&s->ip, whole, false) == 0xffff;
}

uint32_t segment_length(const struct segment *s)
{
	return (uint32_t)s->data.n + (s->flags & SEGMENT_SYN ? 1 : 0) +
	       (s->flags & SEGMENT_FIN ? 1 : 0);
}
