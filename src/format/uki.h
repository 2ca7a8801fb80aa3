/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_UKI_H
#define FORMAT_UKI_H

#include "format/kernel.h"

/* A unified kernel image: an EFI program with a kernel, and maybe an initrd and
 * a command line, in sections of these names (systemd-stub(7), and the PE
 * format's "Section Table"). */

struct uki_part {
	uint64_t at, n; /* where in the file it is; n is 0 if it has none */
};

struct uki {
	struct uki_part linux, initrd, cmdline;
};

/* Looks for them; returns true if there is a kernel.  Of an image with several
 * profiles, these are the first one's.  What ends behind the file counts as not
 * there. */
bool uki_find(const struct kernel_file *f, struct uki *u);

#endif
