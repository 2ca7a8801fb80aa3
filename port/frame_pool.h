/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_FRAME_POOL_H
#define PORT_FRAME_POOL_H

/* The buffers of which lwIP may keep some: a frame takes one, or as many as it
 * needs.  What was given back last is taken first, so that a download without
 * loss stays in the processor's cache and costs a page or two. */

/* A window of TCP that waits for a lost frame, and every fragment that may wait
 * for its datagram. */
#define FRAME_BUFFERS 3072

/* Returns how many buffers lwIP keeps. */
unsigned frame_pool_used(void);

#endif
