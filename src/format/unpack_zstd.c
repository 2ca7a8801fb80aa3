/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/unpack.h"

#include <7zTypes.h>
#include <ZstdDec.h>

#include "format/unpack_7zip.h"

/* The most that a block becomes: RFC 8878 section 3.1.1.2. */
#define BLOCK_MAX (128u << 10)

enum unpacked unpack_zstd(struct unpacking *u)
{
	CZstdDecHandle d = ZstdDec_Create(&unpack_7zip_memory,
					  &unpack_7zip_memory);
	CZstdDecState s;
	SRes r;

	ZstdDecState_Clear(&s);
	s.inBuf = u->in.p;
	s.inLim = u->in.n;
	s.outBuf_fromCaller = u->out;
	s.outBufSize_fromCaller = u->cap;
	ZstdDec_Init(d);
	do {
		r = ZstdDec_Decode(d, &s);
		u->n = s.winPos;
		if (!r && s.status == ZSTD_STATUS_FINISHED_FRAME)
			return UNPACK_END;
		if (r == SZ_ERROR_UNSUPPORTED || r == SZ_ERROR_MEM)
			return UNPACK_STRANGE;
		if (r && r != SZ_ERROR_CRC && u->cap - u->n < BLOCK_MAX)
			return UNPACK_ENOUGH;
		if (r || s.status == ZSTD_STATUS_NEEDS_MORE_INPUT)
			return UNPACK_DAMAGED;
	} while (u->n < u->want && s.status != ZSTD_STATUS_OUT_REACHED);
	return UNPACK_ENOUGH;
}
