/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/unpack.h"

#include <libdeflate.h>

#include "format/crc32.h"

/* Flags of a header: RFC 1952 section 2.3.1. */
#define HAS_CRC 0x02
#define HAS_EXTRA 0x04
#define HAS_NAME 0x08
#define HAS_COMMENT 0x10
#define RESERVED 0xe0

/* The decoder writes in order, and stops at the first piece that does not fit:
 * the largest is a block that is only stored. */
#define PIECE_MAX 65536u

/* Where the library takes its memory from, as its lib_common.h has it, but that
 * it is nothing to change. */
extern void *(*const libdeflate_default_malloc_func)(size_t n);
extern void (*const libdeflate_default_free_func)(void *p);

void *(*const libdeflate_default_malloc_func)(size_t n) = unpack_take;
void (*const libdeflate_default_free_func)(void *p);

static uint32_t get_le32(const uint8_t *p)
{
	return (uint32_t)kernel_number(p, 4);
}

/* Takes the header: RFC 1952 section 2.3. */
static bool get_header(struct span *in)
{
	struct span fixed, size, skipped;
	uint8_t flags;

	if (!span_get(in, 10, &fixed) || fixed.p[0] != 0x1f ||
	    fixed.p[1] != 0x8b || fixed.p[2] != 8 || fixed.p[3] & RESERVED)
		return false;
	flags = fixed.p[3];
	return (!(flags & HAS_EXTRA) ||
		(span_get(in, 2, &size) &&
		 span_get(in, (size_t)kernel_number(size.p, 2), &skipped))) &&
	       (!(flags & HAS_NAME) || span_get_until(in, 0, &skipped)) &&
	       (!(flags & HAS_COMMENT) || span_get_until(in, 0, &skipped)) &&
	       (!(flags & HAS_CRC) || span_get(in, 2, &skipped));
}

enum unpacked unpack_gzip(struct unpacking *u)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	struct span in = u->in, end;
	size_t room = u->cap, taken = 0;
	enum libdeflate_result r;

	if (!get_header(&in))
		return UNPACK_DAMAGED;
	if (room > u->want && room - u->want > PIECE_MAX)
		room = u->want + PIECE_MAX;
	r = libdeflate_deflate_decompress_ex(d, in.p, in.n, u->out, room,
					     &taken, &u->n);
	if (r == LIBDEFLATE_INSUFFICIENT_SPACE) {
		u->n = room > PIECE_MAX ? room - PIECE_MAX : 0;
		return UNPACK_ENOUGH;
	}
	if (r != LIBDEFLATE_SUCCESS || !span_get(&in, taken, &end) ||
	    !span_get(&in, 8, &end))
		return UNPACK_DAMAGED;
	return get_le32(end.p) == crc32_of((struct span){ u->out, u->n }) &&
			       get_le32(end.p + 4) == (uint32_t)u->n ?
		       UNPACK_END :
		       UNPACK_DAMAGED;
}
