/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_LOCK_H
#define PRIV_LOCK_H

#include "format/addr.h"

/* One boot per MAC address at a time: two would fight over one lease, and on
 * the bridge over one forwarding entry.
 *
 * The lock is an abstract Unix socket named after the address.  It needs no
 * file, belongs to the network namespace as the bridge does, and is gone with
 * the last process that has it, however that ends. */

/* Takes the lock, waiting a second for a predecessor that is just leaving.
 * Returns a descriptor that holds it; or -E_BUSY with a sentence that names
 * the other process, or -E_INTERNAL, in `why`. */
int lock_take(const struct mac *mac, struct text *why);

#endif
