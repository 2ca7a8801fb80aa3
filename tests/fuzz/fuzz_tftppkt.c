/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/tftppkt.h"

static size_t digits(uint32_t v)
{
	return v > 9 ? 1 + digits(v / 10) : 1;
}

/* What we send with `name`, `blksize` and `windowsize`: right in shape and size,
 * or told to be too long. */
static void check_request(struct span name, uint32_t blksize,
			  uint32_t windowsize)
{
	char buf[TFTP_RRQ_MAX + 1];
	struct text t = TEXT(buf);
	struct span rest, word;
	size_t need = 2 + name.n + 1 + sizeof("octet");
	uint16_t opcode;

	if (blksize)
		need += sizeof("tsize") + sizeof("0") + sizeof("blksize") +
			digits(blksize) + 1 + sizeof("windowsize") +
			digits(windowsize) + 1;
	tftp_put_rrq(&t, name, blksize, windowsize);
	fuzz_check(t.overflow == (need > TFTP_RRQ_MAX));
	if (t.overflow)
		return;
	fuzz_check(t.n == need);
	rest = text_span(&t);
	fuzz_check(span_get_be16(&rest, &opcode) && opcode == TFTP_RRQ);
	fuzz_check(span_get(&rest, name.n, &word) && span_eq(word, name));
	fuzz_check(!rest.p[rest.n - 1]);
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
	free(message);
}

/* The input is a server's packet, and a name for requests. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span packet = fuzz_copy(data, n);
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
	check_request(packet, n ? data[0] * 257 % 65465 : 0,
		      n > 1 ? data[1] : 1);
	check_error(packet, (uint16_t)n);
	fuzz_done();
	return 0;
}
