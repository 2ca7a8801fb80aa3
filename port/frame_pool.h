/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_FRAME_POOL_H
#define PORT_FRAME_POOL_H

#include "lwip/opt.h"

/* The buffers of which lwIP may keep some: a frame takes one, or as many as it
 * needs.  What was given back last is taken first, so that a download without
 * loss stays in the processor's cache and costs a page or two. */

/* What a window of TCP takes that waits for a lost frame; every fragment that
 * may wait for its datagram; and two frames of the largest besides. */
#define FRAME_WINDOW 3072
#define FRAME_BUFFERS (FRAME_WINDOW + IP_REASS_MAX_PBUFS + 2 * 34)

/* Returns how many buffers lwIP keeps. */
unsigned frame_pool_used(void);

#endif
