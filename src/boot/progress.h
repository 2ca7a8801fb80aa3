/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_PROGRESS_H
#define BOOT_PROGRESS_H

#include "boot/download.h"

/* How far the downloads are, for whoever looks.  On a terminal that can it is one
 * line that is drawn over; else a line every ten seconds. */

/* Notes that a download has begun. */
void progress_start(void);

/* Shows it, for the LWPXE_TRANSFERS downloads at `running`, of which those that
 * are NULL, are probes or have no word of their own do not count. */
void progress_show(struct download *const *running);

#endif
