/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_CMDLINE_H
#define FORMAT_CMDLINE_H

#include "base/text.h"
#include "format/addr.h"

/* The kernel's command line, as PXELINUX would pass it: new_linux_kernel() in
 * Syslinux' com32/elflink/ldlinux/kernel.c, record() in readconfig.c. */

/* What libxl takes: its item buffer is 8192 bytes, "args " and a NUL count.
 * Longer items are dropped with a warning and the guest gets no command line
 * at all (parse_bootloader_result() in libxl_bootloader.c). */
#define CMDLINE_MAX 8186

/* What fits the smallest buffers on the way to a kernel: Xen's start_info for
 * a PV guest, Linux' own COMMAND_LINE_SIZE on x86. */
#define CMDLINE_PV 1023
#define CMDLINE_LINUX 2047

/* SYSAPPEND bits; core/sysappend.c.  The others describe hardware that a guest
 * does not have yet. */
#define SYSAPPEND_IP 1u
#define SYSAPPEND_BOOTIF 2u
#define SYSAPPEND_SYSUUID 4u

/* What SYSAPPEND can tell the guest about itself. */
struct cmdline_identity {
	uint32_t client, server, router, mask;
	struct mac mac;
	struct uuid uuid;
};

struct cmdline_parts {
	struct span kernel; /* KERNEL's value: a name, perhaps arguments */
	struct span append;
	struct span initrd; /* INITRD's value */
	uint32_t sysappend;
	struct span extra; /* behind the label in DEFAULT or ONTIMEOUT */
	struct span args;  /* xl.cfg's own, added last */
	bool console;      /* add the guest's console, if none is said */
};

/* Builds "BOOT_IMAGE=kernel append initrd=… sysappend extra args" in `t`.
 * If `console` is set, console=hvc0 comes before the args, unless these have a
 * console= or the rest has one that a guest of Xen has (or means to have none):
 * boot servers' configurations say what real machines have, ttyS0 or tty0.
 * Tabs become blanks, as every kernel reads them.  *initrds borrows from `t`
 * the comma-separated list of names behind the first "initrd=" that is not
 * xl.cfg's.  Returns 0; -E_CMDLINE with a sentence in `why` if the line is
 * longer than CMDLINE_MAX or holds a control character. */
int cmdline_build(struct text *t, const struct cmdline_parts *parts,
		  const struct cmdline_identity *id, struct span *initrds,
		  struct text *why);

#endif
