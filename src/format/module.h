/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_MODULE_H
#define FORMAT_MODULE_H

#include "format/bootcfg.h"

/* What PXELINUX would run that is no kernel: its own modules (*.c32) and other
 * programs for real machines.  Some we can do in their place; the others are
 * refused with a reason. */
enum module {
	MODULE_NONE,       /* a kernel, as far as its name tells */
	MODULE_LOCAL,      /* boots the disk: LOCALBOOT, chain.c32 */
	MODULE_MENU,       /* menu.c32, vesamenu.c32 */
	MODULE_CONFIG,     /* CONFIG: reads a configuration */
	MODULE_CONFIG_C32, /* the same, named in the arguments */
	MODULE_LINUX,      /* linux.c32 */
	MODULE_MBOOT,      /* mboot.c32: Xen, a kernel, its ramdisk */
	MODULE_IFCPU,      /* ifcpu.c32: features -- command [-- command] */
	MODULE_IFCPU64,    /* ifcpu64.c32: command [-- command] */
	MODULE_LUA,        /* lua.c32: a program, for some trees "localboot" */
	MODULE_GFXBOOT,    /* gfxboot.c32: a menu that boots DEFAULT */
	MODULE_REFUSED,    /* from here on: module_reason() says why */
};

/* Returns what `kind` and the first word of `kernel` name: in any directory, in
 * any case and, but for linux.c32 and config.c32, without ".c32" too. */
enum module module_of(enum bootcfg_kind kind, struct span kernel);

/* Returns why a Xen guest cannot run it, for what is MODULE_REFUSED or more:
 * what stands behind "...which is ". */
const char *module_reason(enum module m);

/* Splits the arguments of mboot.c32, sections that "---" separates: drops Xen's
 * (and that of tboot before it), and takes the next one as *kernel and its
 * arguments *append, and the name in the one behind that as *initrd, which may
 * be empty.  Returns false if there is no Xen or nothing behind it. */
bool module_split_mboot(struct span args, struct span *kernel,
			struct span *append, struct span *initrd);

/* Returns the command that ifcpu.c32 or ifcpu64.c32 runs on a processor that
 * has what is asked for, as one that runs a 64-bit guest does. */
struct span module_ifcpu_command(enum module m, struct span args);

#endif
