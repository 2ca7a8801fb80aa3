/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/rto.h"

static ms_t clamp(ms_t wait)
{
	return ms_max(RTO_SHORTEST_MS, ms_min(wait, RTO_LONGEST_MS));
}

void rto_sample(struct rto *r, ms_t rtt)
{
	uint32_t ms = (uint32_t)ms_min(rtt, 60000), mean = r->srtt8 / 8;

	if (!r->srtt8) {
		r->srtt8 = ms * 8 + 1; /* not 0, which means no sample */
		r->rttvar4 = ms * 2;
	} else {
		r->rttvar4 += (ms > mean ? ms - mean : mean - ms) -
			      r->rttvar4 / 4;
		r->srtt8 += ms - mean;
	}
	r->wait = clamp(r->srtt8 / 8 + r->rttvar4);
}

ms_t rto_wait(const struct rto *r)
{
	return r->wait ? r->wait : RTO_FIRST_MS;
}

void rto_back_off(struct rto *r)
{
	r->wait = clamp(rto_wait(r) * 2);
}
