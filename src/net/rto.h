/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_RTO_H
#define NET_RTO_H

#include "base/clock.h"

/* How long to wait for an answer before asking again: what the round trip has
 * taken so far, and how much that varied (RFC 6298).  {0} is a good start. */
struct rto {
	uint32_t srtt8, rttvar4; /* smoothed, ms, times 8 and 4; 0 = none */
	ms_t wait;               /* 0 until the first sample */
};

#define RTO_FIRST_MS 500
#define RTO_SHORTEST_MS 50
#define RTO_LONGEST_MS 1000

/* Takes a round trip of `rtt` ms into account.  One that began with a
 * repetition measures nothing and must not be taken (Karn's algorithm). */
void rto_sample(struct rto *r, ms_t rtt);

/* Returns the time to wait, ms. */
ms_t rto_wait(const struct rto *r);

/* Nothing came in that time: waits twice as long next. */
void rto_back_off(struct rto *r);

#endif
