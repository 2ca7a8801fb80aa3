/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/ooseq.h"

#include "lwip/opt.h"
#include "lwip/priv/tcp_priv.h"
#include "port/frame_pool.h"

/* A segment takes at least one buffer, and requests need segments too. */
_Static_assert(MEMP_NUM_TCP_SEG >=
		       FRAME_WINDOW + MEMP_NUM_TCP_PCB * TCP_SND_QUEUELEN,
	       "segments out of order could use up all there are");

err_t ooseq_admit(const struct tcp_pcb *pcb, const struct tcp_hdr *segment)
{
	return pcb->state >= ESTABLISHED &&
			       TCP_SEQ_GT(segment->seqno, pcb->rcv_nxt) &&
			       frame_pool_used() >= FRAME_WINDOW ?
		       ERR_MEM :
		       ERR_OK;
}
