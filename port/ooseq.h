/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_OOSEQ_H
#define PORT_OOSEQ_H

#include "lwip/err.h"

/* Segments of TCP that come out of order wait in the buffers of frames for the
 * one that is missing.  They must never take the buffer that it needs, or it
 * can never come. */

struct tcp_pcb;
struct tcp_hdr;

/* lwIP's hook: returns an error for a segment that is to be dropped. */
err_t ooseq_admit(const struct tcp_pcb *pcb, const struct tcp_hdr *segment);

#endif
