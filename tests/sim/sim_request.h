/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_REQUEST_H
#define SIM_REQUEST_H

#include "sim.h"

/* A request as our client has to write it: what differs breaks a rule. */

struct request {
	bool head;        /* HEAD, or else GET */
	struct span path; /* without its first slash */
	bool ranged;      /* from here to the end: */
	uint64_t from;
	struct span validator; /* If-Range */
};

/* Takes a request off *s, borrowing from it; `ip` is the server's address.
 * Returns false if it is not whole yet. */
bool request_get(struct span *s, uint32_t ip, struct request *r);

#endif
