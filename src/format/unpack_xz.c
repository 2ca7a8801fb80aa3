/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/unpack.h"

#include <7zTypes.h>
#include <Bra.h>
#include <Lzma2Dec.h>

#include "base/guard.h"
#include "format/crc32.h"
#include "format/unpack_7zip.h"

/* The .xz file format, version 1.2.1, with what kernels have in it: streams of
 * LZMA2, perhaps behind the filter for x86's jumps. */

#define MAGIC "\xfd\x37zXZ\0"
#define FILTER_X86 4
#define FILTER_LZMA2 0x21
#define CHECK_CRC32 1

/* Block flags: section 3.1.2. */
#define HAS_PACKED_SIZE 0x40
#define HAS_SIZE 0x80
#define HAS_TWO_FILTERS 1
#define UNKNOWN_FLAGS 0x3e

/* What the filter cannot tell yet at the end of the bytes it has. */
#define FILTER_AHEAD 4

struct block {
	uint8_t dictionary; /* LZMA2's property */
	bool x86;
};

/* Takes a number of up to 63 bits: section 1.2. */
static bool get_number(struct span *s, uint64_t *v)
{
	uint8_t byte;

	*v = 0;
	for (unsigned shift = 0; shift < 63; shift += 7) {
		if (!span_get_u8(s, &byte))
			return false;
		*v |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

/* Takes `n` bytes and the CRC-32 behind them. */
static bool get_checked(struct span *in, size_t n, struct span *s)
{
	struct span crc;

	return span_get(in, n, s) && span_get(in, 4, &crc) &&
	       kernel_number(crc.p, 4) == crc32_of(*s);
}

/* Takes a block's header: section 3.1.  Returns UNPACK_END if it is right. */
static enum unpacked get_block_header(struct span *in, struct block *b)
{
	struct span header;
	uint64_t id = 0, n;
	uint8_t size, flags;

	if (!get_checked(in, (in->p[0] + 1u) * 4u - 4, &header) ||
	    !span_get_u8(&header, &size) || !span_get_u8(&header, &flags))
		return UNPACK_DAMAGED;
	if (flags & UNKNOWN_FLAGS)
		return UNPACK_STRANGE;
	if ((flags & HAS_PACKED_SIZE && !get_number(&header, &n)) ||
	    (flags & HAS_SIZE && !get_number(&header, &n)) ||
	    !get_number(&header, &id) || !get_number(&header, &n))
		return UNPACK_DAMAGED;
	b->x86 = flags & HAS_TWO_FILTERS && id == FILTER_X86 && !n;
	if (b->x86 && (!get_number(&header, &id) || !get_number(&header, &n)))
		return UNPACK_DAMAGED;
	if (id != FILTER_LZMA2 || n != 1 ||
	    b->x86 != (bool)(flags & HAS_TWO_FILTERS))
		return UNPACK_STRANGE;
	return span_get_u8(&header, &b->dictionary) ? UNPACK_END :
						      UNPACK_DAMAGED;
}

/* Unpacks one block behind the u->n bytes of those before it. */
static GUARDED enum unpacked get_block(struct span *in, const struct block *b,
				       struct unpacking *u)
{
	uint32_t state = Z7_BRANCH_CONV_ST_X86_STATE_INIT_VAL;
	struct span packed, s = { u->out + u->n, 0 };
	ELzmaStatus status;
	CLzma2Dec d = { .decoder.probs = NULL };
	size_t n = in->n, want = u->want > u->n ? u->want - u->n : 0;
	SRes r;

	if (b->x86 && u->cap - u->n - want >= FILTER_AHEAD)
		want += FILTER_AHEAD;
	if (Lzma2Dec_AllocateProbs(&d, b->dictionary, &unpack_7zip_memory))
		return UNPACK_STRANGE;
	d.decoder.dic = u->out + u->n;
	d.decoder.dicBufSize = want;
	Lzma2Dec_Init(&d);
	r = Lzma2Dec_DecodeToDic(&d, want, in->p, &n, LZMA_FINISH_ANY, &status);
	s.n = d.decoder.dicPos;
	if (b->x86)
		z7_BranchConvSt_X86_Dec(u->out + u->n, s.n, 0, &state);
	u->n += s.n;
	if (r || !span_get(in, n, &packed))
		return UNPACK_DAMAGED;
	if (status == LZMA_STATUS_NOT_FINISHED) {
		if (b->x86)
			u->n -= s.n < FILTER_AHEAD ? s.n : FILTER_AHEAD;
		return UNPACK_ENOUGH;
	}
	return status == LZMA_STATUS_FINISHED_WITH_MARK &&
			       span_get(in, -n & 3, &packed) ?
		       UNPACK_END :
		       UNPACK_DAMAGED;
}

/* Takes the checksum behind a block, of which this has one kind. */
static bool is_right(struct span *in, uint8_t check, struct span block)
{
	static const uint8_t sizes[6] = { 0, 4, 8, 16, 32, 64 };
	struct span sum;

	return span_get(in, sizes[(check + 2u) / 3], &sum) &&
	       (check != CHECK_CRC32 ||
		kernel_number(sum.p, 4) == crc32_of(block));
}

GUARDED enum unpacked unpack_xz(struct unpacking *u)
{
	struct span in = u->in, s;
	enum unpacked r;
	struct block b;
	uint8_t check;
	size_t start;

	if (!span_get(&in, sizeof(MAGIC) - 1, &s) || !get_checked(&in, 2, &s) ||
	    s.p[0] || s.p[1] > 15)
		return UNPACK_DAMAGED;
	check = s.p[1];
	while (in.n && in.p[0]) { /* else the index follows */
		unpack_reset();
		start = u->n;
		r = get_block_header(&in, &b);
		if (r == UNPACK_END)
			r = get_block(&in, &b, u);
		if (r != UNPACK_END)
			return r;
		if (!is_right(&in, check,
			      (struct span){ u->out + start, u->n - start }))
			return UNPACK_DAMAGED;
	}
	return in.n && u->n ? UNPACK_END : UNPACK_DAMAGED;
}
