/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_FRAME_H
#define PORT_FRAME_H

#include <stddef.h>
#include <sys/uio.h>

#include "lwip/pbuf.h"

/* Memory for the frames that are received: all of it is there from the start.
 *
 * Without TCP and reassembly lwIP is through with each frame before the next
 * is received, and one buffer is enough; with them it keeps some. */

/* The largest frame: 64 KiB of IPv4 behind an Ethernet header with a tag. */
#define FRAME_MAX (65535 + 14 + 4)

/* lwIP 2.2.1 reads a few bytes past the end of short frames and of odd headers;
 * so many zeros stand there. */
#define FRAME_SLACK 64

/* Returns pieces of memory for one frame, as link_receive() wants them, and in
 * *n how many; they stay here until frame_take(). */
struct iovec *frame_room(int *n);

/* Makes the `n` bytes that were received into that memory, of which the first
 * `skip` are no part of the frame, lwIP's: it frees the result.  Returns NULL if
 * they do not fit, or are more than lwIP can count (65535). */
struct pbuf *frame_take(size_t n, size_t skip);

#endif
