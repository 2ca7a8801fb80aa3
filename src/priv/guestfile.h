/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_GUESTFILE_H
#define PRIV_GUESTFILE_H

#include "format/spec.h"

/* Reads the xl.cfg at `path` into memory of its own, which *text borrows until
 * the next call.  Returns 0, or -E_USAGE with a sentence in an empty `why`: what
 * is no regular file is not opened. */
int guestfile_load(const char *path, struct span *text, struct text *why);

/* Reads spec->cfg, the guest's xl.cfg, and fills *spec with what it says and
 * what follows from that.  Returns 0, or -E_USAGE with a sentence in `why`. */
int guestfile_read(struct spec *spec, struct text *why);

#endif
