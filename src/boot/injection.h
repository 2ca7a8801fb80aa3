/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_INJECTION_H
#define BOOT_INJECTION_H

#include "boot/boot.h"
#include "boot/choose.h"

/* Returns true if --inject= has something to put behind these initrds.  Without
 * any there is nothing that it could go behind: a ramdisk would be new to the
 * guest. */
bool injection_wanted(const struct boot *b, struct span initrds);

/* Writes what --inject= says into the ramdisk, where *end is, and moves that
 * behind it.  Returns 0, or negative with the reason on the log. */
int injection_write(const struct boot *b, const struct choice *c,
		    uint64_t *end);

#endif
