/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_UNPACK_7ZIP_H
#define FORMAT_UNPACK_7ZIP_H

#include <7zTypes.h>

#include "format/unpack.h"

/* 7-Zip's decoders call their memory through a table; this one hands out what
 * unpack_take() has.  Source: ISzAlloc in C/7zTypes.h of 7-Zip. */

static inline void *unpack_7zip_take(ISzAllocPtr p, size_t n)
{
	(void)p;
	return unpack_take(n);
}

static inline void unpack_7zip_give_back(ISzAllocPtr p, void *memory)
{
	(void)p;
	(void)memory;
}

static const ISzAlloc unpack_7zip_memory = { unpack_7zip_take,
					     unpack_7zip_give_back };

#endif
