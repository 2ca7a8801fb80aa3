/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/frame_pool.h"

#include <string.h>

#include "port/frame.h"

/* With its pbuf in front, so that either is found from the other. */
#define BUFFER_SIZE 2048
#define ROOM (BUFFER_SIZE - sizeof(struct pbuf_custom) - FRAME_SLACK)

/* Buffers that the largest frame takes. */
#define PIECES ((int)((FRAME_MAX + ROOM - 1) / ROOM))

struct buffer {
	struct pbuf_custom pbuf;
	uint8_t bytes[ROOM + FRAME_SLACK];
};

/* The stack of free buffers is what a frame is received into: those at
 * room[used + 1] and behind it, with room[used] left to the link.  Entries from
 * `touched` on have never been used and are written when they are needed. */
static struct buffer buffer[FRAME_BUFFERS];
static struct iovec room[1 + FRAME_BUFFERS];
static int used, touched;

struct iovec *frame_room(int *n)
{
	const int left = FRAME_BUFFERS - used;
	const int pieces = left < PIECES ? left : PIECES;

	for (; touched < used + pieces; touched++)
		room[touched + 1] = (struct iovec){ buffer[touched].bytes,
						    ROOM };
	*n = 1 + pieces;
	return room + used;
}

static void give_back(struct pbuf *p)
{
	struct buffer *b = (struct buffer *)(void *)p;

	room[used--] = (struct iovec){ b->bytes, ROOM };
}

/* Makes the buffer with `bytes` a pbuf of those from `skip` to `end`. */
static struct pbuf *wrap(uint8_t *bytes, size_t skip, size_t end)
{
	struct buffer *b = (struct buffer *)(void *)(bytes -
						     offsetof(struct buffer,
							      bytes));

	b->pbuf.custom_free_function = give_back;
	return pbuf_alloced_custom(PBUF_RAW, (u16_t)(end - skip), PBUF_REF,
				   &b->pbuf, bytes + skip, ROOM);
}

struct pbuf *frame_take(size_t n, size_t skip)
{
	const int pieces = (int)((n + ROOM - 1) / ROOM);
	size_t end = n - (size_t)(pieces - 1) * ROOM;
	struct pbuf *p = NULL, *behind = NULL;

	if (n - skip > UINT16_MAX || pieces > FRAME_BUFFERS - used)
		return NULL;
	/* From the last piece, with zeros behind it, to the first. */
	memset((uint8_t *)room[used + pieces].iov_base + end, 0, FRAME_SLACK);
	for (int i = pieces; i > 0; i--) {
		p = wrap(room[used + i].iov_base, i == 1 ? skip : 0, end);
		p->next = behind;
		if (behind)
			p->tot_len = (u16_t)(p->len + behind->tot_len);
		behind = p;
		end = ROOM;
	}
	used += pieces;
	return p;
}

unsigned frame_pool_used(void)
{
	return (unsigned)used;
}
