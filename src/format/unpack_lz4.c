/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/unpack.h"

#include <lz4.h>

/* What "lz4 -l" makes, and nothing else that kernels are in: a number, and
 * blocks of so many bytes, each behind its compressed size
 * (doc/lz4_Frame_format.md of LZ4, "Legacy frame"). */
#define BLOCK_MAX (8u << 20)

enum unpacked unpack_lz4(struct unpacking *u)
{
	struct span in = u->in, size, block;
	size_t room;
	int r;

	if (!span_starts(in, SPAN_LIT("\x02\x21\x4c\x18")))
		return UNPACK_STRANGE;
	span_get(&in, 4, &block);
	while (in.n && u->n < u->want) {
		if (!span_get(&in, 4, &size))
			return UNPACK_DAMAGED;
		if (!in.n) /* the size of all, at the end of bzImages */
			return u->n && kernel_number(size.p, 4) == u->n ?
				       UNPACK_END :
				       UNPACK_DAMAGED;
		if (!span_get(&in, (size_t)kernel_number(size.p, 4), &block))
			return UNPACK_DAMAGED;
		room = u->cap - u->n;
		if (room > BLOCK_MAX)
			room = BLOCK_MAX;
		r = LZ4_decompress_safe((const char *)block.p,
					(char *)u->out + u->n, (int)block.n,
					(int)room);
		if (r <= 0)
			return room < BLOCK_MAX ? UNPACK_ENOUGH :
						  UNPACK_DAMAGED;
		u->n += (size_t)r;
	}
	return in.n ? UNPACK_ENOUGH : u->n ? UNPACK_END : UNPACK_DAMAGED;
}
