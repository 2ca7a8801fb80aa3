/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_UNPACK_H
#define FORMAT_UNPACK_H

#include "format/kernel.h"

/* Unpacks what kernels are compressed with, from memory to memory, as far as
 * somebody wants it.  What is unpacked is the decoder's dictionary at the same
 * time; all else that a decoder needs is static.  The decoders are libdeflate's
 * (gzip), 7-Zip's (LZMA2 of xz, and zstd) and LZ4's; headers and checksums of
 * gzip, xz and LZ4 are read here. */

enum unpacked {
	UNPACK_END,     /* all of it, and its checksum fits */
	UNPACK_ENOUGH,  /* the first part, to `want` or as far as it fits */
	UNPACK_DAMAGED, /* no stream has these bytes, or it ends too early */
	UNPACK_STRANGE, /* it may be right, but the decoder cannot read it */
};

struct unpacking {
	struct span in; /* the stream, and maybe something behind it */
	uint8_t *out;   /* lent; does not overlap `in` */
	size_t cap;     /* bytes at `out` */
	size_t want;    /* more than so many need not be unpacked */
	size_t n;       /* set: bytes at `out` that are right, unless the
			 * stream is damaged; may be more than `want`, but
			 * also less, and then there is no room for more */
};

/* Unpacks from the start.  Takes time that goes with `want` and in.n alone.
 * UNPACK_STRANGE also for what is not built in. */
enum unpacked unpack(enum kernel_packing packing, struct unpacking *u);

/* Returns NULL if it is built in, else the Kconfig symbol that would build it,
 * or "" if there is none. */
const char *unpack_missing(enum kernel_packing packing);

/* The decoders, each in a file of its own. */
enum unpacked unpack_gzip(struct unpacking *u);
enum unpacked unpack_xz(struct unpacking *u);
enum unpacked unpack_zstd(struct unpacking *u);
enum unpacked unpack_lz4(struct unpacking *u);

/* For them: returns `n` bytes, or NULL if there are no more, that are theirs
 * until they return or take them all back. */
void *unpack_take(size_t n);
void unpack_reset(void);

#endif
