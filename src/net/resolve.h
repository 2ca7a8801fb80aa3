/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <stdint.h>

#include "base/text.h"
#include "net/loop.h"

/* Names of boot servers: option 66, "host::file" and URLs. */

/* Tells which name server and domain the lease names; 0 and "" for none. */
void resolve_start(uint32_t server, const char *domain);

/* Finds the address of `host`, a dotted quad or a name; a name without a dot
 * is looked up in the lease's domain.  Returns 0 with *ip in host order, an
 * address that a host can have; -E_RESOLVE with the reason in `why`;
 * -E_INTERRUPTED. */
int resolve_run(struct loop *loop, const char *host, uint32_t *ip,
		struct text *why);

/* The same without waiting: found(ticket, ip) is called, with 0 for a name that
 * has no address, from within or later from the loop.  Returns 0, or -E_RESOLVE
 * with the reason in `why` if it will not be called. */
int resolve_begin(const char *host,
		  void (*found)(uintptr_t ticket, uint32_t ip),
		  uintptr_t ticket, struct text *why);

#endif
