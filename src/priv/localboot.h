/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_LOCALBOOT_H
#define PRIV_LOCALBOOT_H

#include "format/spec.h"

/* Boot from the guest's own disk, which is what LOCALBOOT means and what many
 * a tree does by default: "install once, then the disk". */

/* Becomes the local boot loader, with the arguments that the toolstack gave to
 * us and the disk.  A name without a slash is looked for beside lwpxeboot,
 * beside the toolstack that runs us, in Xen's directories and in PATH.
 * Returns only on failure, with a sentence in `why`: -E_LOCALBOOT, or
 * -E_LOCAL_REFUSED, which nothing that the jailed process says can change. */
int localboot_exec(const struct spec *spec, struct text *why);

#endif
