/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "port/frame.h"

static uint8_t frame[FRAME_MAX + FRAME_SLACK];

struct iovec *frame_room(int *n)
{
	static struct iovec room[] = { { NULL, 0 }, { frame, FRAME_MAX } };

	*n = 2;
	return room;
}

struct pbuf *frame_take(size_t n, size_t skip)
{
	struct pbuf *p = n - skip <= UINT16_MAX && n <= FRAME_MAX ?
				 pbuf_alloc(PBUF_RAW, (u16_t)(n - skip),
					    PBUF_REF) :
				 NULL;

	if (!p)
		return NULL;
	memset(frame + n, 0, FRAME_SLACK);
	p->payload = frame + skip;
	return p;
}
