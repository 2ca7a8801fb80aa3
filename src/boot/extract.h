/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_EXTRACT_H
#define BOOT_EXTRACT_H

#include "boot/preflight.h"
#include "format/layer.h"

/* Puts what is inside of a kernel in the kernel's place: `inner`, which is one
 * of the layers in the file `layers`.  If there is a unified image around it,
 * its initrd comes in front of the ramdisk, and its command line into
 * p->cmdline.  The sizes in *p follow.
 *
 * Returns 0, or negative with the reason on the log: -E_KERNEL if it is
 * damaged, -E_TOO_BIG if it is larger than LWPXE_UNPACK_MIB or
 * LWPXE_IMAGE_MIB allow or the Dom0 has memory for, -E_SPACE or -E_OUTPUT. */
int extract_kernel(const struct boot *b, struct span name, struct layer *layers,
		   struct layer *inner, struct preflight *p);

#endif
