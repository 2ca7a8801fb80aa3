/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/tftppkt.h"

struct request {
	struct span name;
	uint32_t blksize, windowsize;
};

static void put_request(struct text *t, const void *arg)
{
	const struct request *r = arg;

	tftp_put_rrq(t, r->name, r->blksize, r->windowsize);
}

/* Takes a string and its NUL. */
static void take(struct span *s, struct span expected)
{
	struct span front;
	uint8_t c;

	fuzz_check(span_get(s, expected.n, &front) && span_eq(front, expected));
	fuzz_check(span_get_u8(s, &c) && !c);
}

static void take_option(struct span *s, const char *name, uint32_t value)
{
	char digits[16];
	struct text t = TEXT(digits);

	text_printf(&t, "%u", value);
	take(s, span_of(name));
	take(s, text_span(&t));
}

/* What we send says what was meant, whatever the name. */
static void check_request(const struct request *r)
{
	static char buf[1 << 16];
	struct text t = TEXT(buf);
	struct span rest;
	uint16_t opcode;

	put_request(&t, r);
	fuzz_check(!t.overflow);
	rest = text_span(&t);
	fuzz_check(span_get_be16(&rest, &opcode) && opcode == TFTP_RRQ);
	take(&rest, r->name);
	take(&rest, SPAN_LIT("octet"));
	if (r->blksize) {
		take_option(&rest, "tsize", 0);
		take_option(&rest, "blksize", r->blksize);
		take_option(&rest, "windowsize", r->windowsize);
	}
	fuzz_check(!rest.n);
	fuzz_sweep(put_request, r);
}

static void put_ack(struct text *t, const void *block)
{
	tftp_put_ack(t, *(const uint16_t *)block);
}

static void put_error(struct text *t, const void *message)
{
	tftp_put_error(t, TFTP_ILLEGAL, message);
}

/* An agreement with these values is read as such, in any order and case. */
static void check_oack(uint32_t blksize, uint32_t window, uint32_t tsize)
{
	char buf[128];
	struct text t = TEXT(buf);
	struct tftppkt p;

	text_printf(&t, "%c%cTsize%c%u%cBLKSIZE%c%u%cwindowsize%c%u%c", 0, 6, 0,
		    tsize, 0, 0, blksize, 0, 0, window, 0);
	fuzz_check(tftp_get(text_span(&t), &p) && p.opcode == TFTP_OACK);
	fuzz_check(p.has_tsize && p.tsize == tsize);
	fuzz_check(p.has_blksize == (blksize >= TFTP_BLKSIZE_MIN &&
				     blksize <= TFTP_BLKSIZE_MAX));
	fuzz_check(!p.has_blksize || p.blksize == blksize);
	fuzz_check(p.has_windowsize == (window >= 1 && window <= 65535));
	fuzz_check(!p.has_windowsize || p.windowsize == window);
	fuzz_check(p.bad_option == !(p.has_blksize && p.has_windowsize));
}

/* An error that we send reads back as it was. */
static void check_error(struct span text, uint16_t code)
{
	char *message = strndup(text.n ? (const char *)text.p : "", text.n);
	char buf[256];
	struct text t = TEXT(buf);
	struct tftppkt p;

	tftp_put_error(&t, (enum tftp_error)code, message);
	if (!t.overflow) {
		fuzz_check(tftp_get(text_span(&t), &p));
		fuzz_check(p.opcode == TFTP_ERROR && p.error == code);
		fuzz_check(span_eq(p.message, span_of(message)));
	}
	fuzz_sweep(put_error, message);
	free(message);
}

/* The input is a server's packet, and a name for requests. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span packet = fuzz_copy(data, n), rest = packet;
	uint32_t number = 0;
	struct tftppkt p;

	if (tftp_get(packet, &p)) {
		fuzz_check(n >= 2 && !data[0] && p.opcode == data[1]);
		fuzz_check(fuzz_inside(p.data, packet));
		fuzz_check(fuzz_inside(p.message, packet));
		if (p.opcode == TFTP_DATA)
			fuzz_check(p.data.n == n - 4);
		if (p.has_blksize)
			fuzz_check(p.blksize >= TFTP_BLKSIZE_MIN &&
				   p.blksize <= 65464);
		if (p.has_windowsize)
			fuzz_check(p.windowsize >= 1 && p.windowsize <= 65535);
		if (p.opcode == TFTP_OACK)
			fuzz_check(n == 2 || !data[n - 1]);
		fuzz_check(!memchr(p.message.n ? p.message.p : packet.p, 0,
				   p.message.n));
	}
	span_get_be32(&rest, &number);
	check_request(&(struct request){
		.name = packet,
		.blksize = number & 1 ? number % 65465 : 0,
		.windowsize = number >> 16,
	});
	check_error(packet, (uint16_t)n);
	check_oack(number & 0xffff, number >> 16, number);
	fuzz_sweep(put_ack, &(uint16_t){ (uint16_t)number });
	return 0;
}
