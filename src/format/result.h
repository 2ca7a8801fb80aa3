/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_RESULT_H
#define FORMAT_RESULT_H

#include "base/text.h"
#include "format/spec.h"

/* The result as toolstacks read it.
 *
 * libxl maps and then unlinks, as root, whatever path this names, so the paths
 * are ours and only the arguments come from outside.  Source:
 * parse_bootloader_result() in Xen's libxl_bootloader.c for simple0;
 * tools/pygrub/src/pygrub for the other two. */

struct result {
	const char *kernel;  /* path; never empty */
	const char *ramdisk; /* path, or NULL: the guest gets none */
	struct span args;    /* may be empty */
};

/* Longest result: two paths and the arguments. */
#define RESULT_MAX (2 * 4096 + 8192 + 64)

/* Appends the result: "kernel PATH", "ramdisk PATH", "args TEXT", each closed
 * by NUL (simple0) or newline (simple), and one more at the end; or one sxp
 * line.  Returns 0; -E_CMDLINE with a sentence in `why` if a value holds the
 * separator, or an sxp quote that cannot be expressed; -E_OUTPUT if a path is
 * too long. */
int result_put(struct text *t, enum spec_format format, const struct result *r,
	       struct text *why);

#endif
