/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_GUESTFILE_H
#define PRIV_GUESTFILE_H

#include "format/spec.h"

/* Reads spec->cfg, the guest's xl.cfg, and fills *spec with what it says and
 * what follows from that.  Returns 0, or -E_USAGE with a sentence in `why`. */
int guestfile_read(struct spec *spec, struct text *why);

#endif
