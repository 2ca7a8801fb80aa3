/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_PREFLIGHT_H
#define BOOT_PREFLIGHT_H

#include "boot/boot.h"

/* What has been downloaded, and what becomes of it. */
struct preflight {
	uint64_t kernel_size, ramdisk_size; /* bytes in the boot's two files */
	struct span cmdline; /* set: what a unified image brings; static */
};

/* Looks at the kernel that has been downloaded before Xen does, and puts what
 * is inside in its place where this Xen needs that, if it may (--extract=).
 * Returns 0 if nothing is known to keep this Xen from booting this guest with
 * it, or if nobody wants to know (--preflight=no); else negative with the reason
 * on the log, where the kernel is called `name`: -E_KERNEL, or what
 * extract_kernel() returns. */
int preflight_check(const struct boot *b, struct span name,
		    struct preflight *p);

#endif
