/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_LINTFILE_H
#define PRIV_LINTFILE_H

#include "format/spec.h"

/* Checks the xl.cfg files that spec->files names, against each other and this
 * Dom0 too, and writes a line for each finding to the log.  Returns 0; or
 * -E_LINT if there is one that is more than a note. */
int lintfile_run(struct spec *spec);

#endif
