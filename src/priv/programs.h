/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_PROGRAMS_H
#define PRIV_PROGRAMS_H

#include "base/text.h"

/* The places where a program without a slash in its name may be, in the order
 * of bootloader_run() in Xen's libxl_bootloader.c: distributions' directories of
 * Xen's private programs, its LIBEXEC_BIN, and then those of PATH. */

struct programs {
	size_t n;         /* private directories so far */
	struct span path; /* the rest of PATH, once those are through */
};

/* Puts the program's path in the next directory into *t, which is emptied
 * before.  Returns false if there is none left.  Start with { 0 }.  Directories
 * whose names are empty, or too long for *t, are left out. */
bool programs_next(struct programs *p, const char *name, struct text *t);

#endif
