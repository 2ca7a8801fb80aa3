/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_CPIO_H
#define FORMAT_CPIO_H

#include "base/text.h"

/* Archives in cpio's "newc" format, which a ramdisk of Linux is a series of, each
 * at a multiple of 4 bytes (Documentation/driver-api/early-userspace/
 * buffer-format.rst in Linux). */

/* An archive without files, padded to 512 bytes.
 *
 * Put in front of joined initrds it keeps Xen 4.19 and older from unpacking
 * the first one only: their libxenguest gunzips a ramdisk that begins like
 * gzip and drops what follows the first stream (xc_dom_build_module() in
 * xg_dom_core.c).  Linux takes it for an initrd of its own and goes on behind
 * it. */
#define CPIO_EMPTY_SIZE 512

/* Appends the archive; `t` must have room for CPIO_EMPTY_SIZE bytes. */
void cpio_put_empty(struct text *t);

/* Appends an archive of the directories above `path`, which is relative, and the
 * file with that content, all of them root's; the file is for root to read.  `t`
 * begins where the archive may. */
void cpio_put_file(struct text *t, const char *path, struct span content);

#endif
