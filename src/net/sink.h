/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_SINK_H
#define NET_SINK_H

#include <stdint.h>

#include "base/span.h"
#include "base/text.h"

/* Where downloaded bytes go: an open file, a text in memory, or nowhere. */

/* Bytes gathered before they are written to a file: each write is a system
 * call, and one per packet costs several times the copying. */
#define SINK_BATCH 65536

struct sink {
	int fd;              /* the file; -1 for memory */
	struct text *memory; /* borrowed, when fd is -1; NULL: only count */
	uint64_t limit;      /* most bytes it takes */
	uint64_t n;          /* bytes taken so far */
};

/* Takes `s`.  Returns 0; -E_TOO_BIG past the limit; -E_SPACE if the disk is
 * full; -E_OUTPUT if the file cannot be written.  After a failure the sink
 * is of no more use. */
int sink_put(struct sink *k, struct span s);

/* Writes out what is gathered.  Returns as sink_put() does.  Only one file
 * sink gathers at a time: flush it before the next is used. */
int sink_flush(struct sink *k);

#endif
