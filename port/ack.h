/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_ACK_H
#define PORT_ACK_H

#include "port/link.h"

/* One acknowledgement for all that came together.
 *
 * lwIP acknowledges each segment of TCP at once.  Of the ACKs without data of
 * one connection only the last says something, so it is held until there is
 * nothing more to receive, and an older one of the connection is forgotten:
 * unless it acknowledges the same byte again, which tells the sender that a
 * segment is missing (RFC 5681 section 3.2).  Builds without TCP have nothing
 * to hold. */

/* Sends a frame, with what is held before it; or holds it. */
void ack_send(struct link *l, const void *frame, size_t n);

/* Sends what is held. */
void ack_flush(struct link *l);

#endif
