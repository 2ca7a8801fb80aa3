/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_LIBXENGUEST_H
#define PRIV_LIBXENGUEST_H

#include "format/spec.h"

/* Finds out what the Dom0's libxenguest was built without, as far as unpacking
 * kernels goes, into spec->xen_lacks.  Each kind takes a library that it is
 * linked with, and the toolstack, our parent, has them mapped: /proc/PID/maps
 * shows them.  Where libxenguest or zlib, which it always has, are not seen
 * there, nothing is known, and nothing lacks: a script runs us, or the toolstack
 * is of another kind, or static. */
void libxenguest_identify(struct spec *spec);

#endif
