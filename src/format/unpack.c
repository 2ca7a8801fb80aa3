/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/unpack.h"

#include <stdalign.h>

#include "config.h"

/* What the greediest of them takes, zstd's: two buffers of a block, which has
 * 128 KiB, and its tables. */
#define ARENA_SIZE (288u << 10)
#define ARENA_ALIGN 16

static alignas(ARENA_ALIGN) uint8_t arena[ARENA_SIZE];
static size_t arena_used;

static const struct {
	enum unpacked (*unpack)(struct unpacking *u);
	char symbol[12];
} unpackers[PACKED_UNKNOWN + 1] = {
	[PACKED_GZIP] = { LWPXE_GZIP ? unpack_gzip : NULL, "LWPXE_GZIP" },
	[PACKED_XZ] = { LWPXE_XZ ? unpack_xz : NULL, "LWPXE_XZ" },
	[PACKED_ZSTD] = { LWPXE_ZSTD ? unpack_zstd : NULL, "LWPXE_ZSTD" },
	[PACKED_LZ4] = { LWPXE_LZ4 ? unpack_lz4 : NULL, "LWPXE_LZ4" },
};

void *unpack_take(size_t n)
{
	void *p = arena + arena_used;

	if (n > sizeof(arena) - arena_used)
		return NULL;
	arena_used += (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	return p;
}

void unpack_reset(void)
{
	arena_used = 0;
}

const char *unpack_missing(enum kernel_packing packing)
{
	return unpackers[packing].unpack ? NULL : unpackers[packing].symbol;
}

enum unpacked unpack(enum kernel_packing packing, struct unpacking *u)
{
	unpack_reset();
	u->n = 0;
	if (u->want > u->cap)
		u->want = u->cap;
	return unpackers[packing].unpack ? unpackers[packing].unpack(u) :
					   UNPACK_STRANGE;
}
