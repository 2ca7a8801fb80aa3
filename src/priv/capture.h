/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_CAPTURE_H
#define PRIV_CAPTURE_H

#include "format/pcap.h"
#include "format/spec.h"

/* --pcap= and --pcap-on-error=: a file of the frames that the jailed process has
 * kept in memory that is shared with it.  It has no part in the file. */

struct capture {
	struct pcap_ring *ring; /* NULL: nobody has asked for it */
	int fd;                 /* the file; -1: not before an error */
	uint64_t start;         /* us; no frame is older */
};

/* Makes the memory, and for --pcap= the file, if `spec` wants that, and says
 * where the frames will be, or warns if they cannot be there.  Returns 0; -E_OUTPUT or -E_INTERNAL with a sentence
 * in `why`. */
int capture_open(struct capture *c, const struct spec *spec, struct text *why);

/* Writes the file, for --pcap-on-error= only if `rc` is not 0.  The process that
 * has kept the frames has ended.  A failure is a warning. */
void capture_write(struct capture *c, const struct spec *spec, int rc);

#endif
