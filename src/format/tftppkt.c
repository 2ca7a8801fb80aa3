/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/tftppkt.h"

/* Appends a string with the NUL that ends it on the wire. */
static void put_string(struct text *t, struct span s)
{
	text_put(t, s);
	text_put_u8(t, 0);
}

static void put_option(struct text *t, const char *name, uint32_t value)
{
	put_string(t, span_of(name));
	text_printf(t, "%u", value);
	text_put_u8(t, 0);
}

void tftp_put_rrq(struct text *t, struct span name, uint32_t blksize,
		  uint32_t windowsize)
{
	text_put_be16(t, TFTP_RRQ);
	put_string(t, name);
	put_string(t, SPAN_LIT("octet"));
	if (!blksize)
		return;
	put_option(t, "tsize", 0);
	put_option(t, "blksize", blksize);
	put_option(t, "windowsize", windowsize);
}

void tftp_put_ack(struct text *t, uint16_t block)
{
	text_put_be16(t, TFTP_ACK);
	text_put_be16(t, block);
}

void tftp_put_error(struct text *t, enum tftp_error code, const char *message)
{
	text_put_be16(t, TFTP_ERROR);
	text_put_be16(t, (uint16_t)code);
	put_string(t, span_of(message));
}

/* Reads a whole decimal number of up to 19 digits: tsize may pass 32 bits. */
static bool parse_number(struct span s, uint64_t *v)
{
	uint8_t c;

	*v = 0;
	if (!s.n || s.n > 19)
		return false;
	while (span_get_u8(&s, &c)) {
		if (c < '0' || c > '9')
			return false;
		*v = *v * 10 + (uint64_t)(c - '0');
	}
	return true;
}

static void take_option(struct tftppkt *p, struct span name, struct span value)
{
	uint64_t v;

	if (!parse_number(value, &v)) {
		p->bad_option = true;
	} else if (span_eq_nocase(name, SPAN_LIT("blksize")) &&
		   v >= TFTP_BLKSIZE_MIN && v <= TFTP_BLKSIZE_MAX) {
		p->has_blksize = true;
		p->blksize = (uint32_t)v;
	} else if (span_eq_nocase(name, SPAN_LIT("windowsize")) && v >= 1 &&
		   v <= UINT16_MAX) {
		p->has_windowsize = true;
		p->windowsize = (uint32_t)v;
	} else if (span_eq_nocase(name, SPAN_LIT("tsize"))) {
		p->has_tsize = true;
		p->tsize = v;
	} else {
		p->bad_option = true;
	}
}

static bool get_oack(struct span s, struct tftppkt *p)
{
	struct span name, value;

	while (s.n) {
		if (!span_get_until(&s, 0, &name) ||
		    !span_get_until(&s, 0, &value))
			return false;
		take_option(p, name, value);
	}
	return true;
}

bool tftp_get(struct span s, struct tftppkt *p)
{
	uint16_t opcode;

	*p = (struct tftppkt){ .block = 0 };
	if (!span_get_be16(&s, &opcode))
		return false;
	p->opcode = (enum tftp_opcode)opcode;
	switch (opcode) {
	case TFTP_DATA:
		p->data = s;
		return span_get_be16(&p->data, &p->block);
	case TFTP_ERROR:
		if (!span_get_be16(&s, &p->error))
			return false;
		p->message = span_cut_nul(s);
		return true;
	case TFTP_OACK:
		return get_oack(s, p);
	default:
		return false;
	}
}
