/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_SINK_H
#define NET_SINK_H

#include <stdint.h>

#include "base/span.h"
#include "base/text.h"
#include "config.h"

/* Where downloaded bytes go: an open file, a text in memory, or nowhere. */

/* Bytes gathered before they are written to a file: one write per packet costs
 * several times the copying, and one that does not end with a page a third more
 * on ext4.  What comes at 1 GB/s gains some percent by larger ones. */
#define SINK_BATCH (LWPXE_FRAME_POOL ? 65536 : 16384)

struct sink {
	int fd;              /* the file; -1 for memory */
	uint64_t at;         /* where in the file its bytes begin */
	struct text *memory; /* borrowed, when fd is -1; NULL: only count */
	uint64_t limit;      /* most bytes it takes */
	uint64_t n;          /* bytes taken so far */
	uint8_t *batch;      /* SINK_BATCH bytes, lent; NULL: nothing is
			      * gathered */
	size_t gathered;
};

/* Takes `s`.  Returns 0; -E_TOO_BIG past the limit; -E_SPACE if the disk is
 * full; -E_OUTPUT if the file cannot be written.  After a failure the sink
 * is of no more use. */
int sink_put(struct sink *k, struct span s);

/* Writes out what is gathered.  Returns as sink_put() does. */
int sink_flush(struct sink *k);

/* Forgets all it has taken, and starts over where it began.  What a file has
 * already stays there until it is overwritten. */
void sink_rewind(struct sink *k);

#endif
