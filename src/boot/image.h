/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_IMAGE_H
#define BOOT_IMAGE_H

#include "boot/boot.h"
#include "boot/choose.h"

/* What the guest boots: one kernel, at most one ramdisk, one command line. */

/* Downloads what *choice names into the boot's two files and describes it in
 * *r.  Several initrds, or one and what --inject= says, become one ramdisk, each
 * on a 4-byte boundary, behind an empty archive.  Where a unified kernel image
 * brings a command line, it is what APPEND would be if the entry has none.
 * Returns 0, or negative with the reason on the log. */
int image_load(struct boot *b, const struct choice *choice, struct report *r);

#endif
