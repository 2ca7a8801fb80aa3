/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_PREFLIGHT_H
#define BOOT_PREFLIGHT_H

#include "boot/boot.h"

/* Looks at the kernel that has been downloaded, `size` bytes of it, before Xen
 * does.  Returns 0 if nothing is known to keep this Xen from booting this guest
 * with it, or if nobody wants to know (--preflight=no); else -E_KERNEL, with
 * the reason on the log, where the kernel is called `name`. */
int preflight_check(const struct boot *b, struct span name, uint64_t size);

#endif
