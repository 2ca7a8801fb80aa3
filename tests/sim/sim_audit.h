/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_AUDIT_H
#define SIM_AUDIT_H

#include "sim_segment.h"

/* What every segment of the client's must be like, whatever the servers and the
 * wire do: RFC 9293.  It looks at both ends before any fault. */

/* Takes a segment that the client sends, and breaks the rule that is broken. */
void audit_client(struct span frame);

/* Takes one that a server sends. */
void audit_server(const struct segment *s);

#endif
