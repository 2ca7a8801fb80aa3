/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_REPORT_H
#define FORMAT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"
#include "format/cmdline.h"

/* The one message that the jailed child sends to the parent, of fixed size.
 * It carries no path and no authority: the parent checks each field, takes the
 * sizes from the files themselves, and adds what the child must not choose. */

#define REPORT_MAGIC 0x6c777072u /* "lwpr" */

enum report_outcome {
	REPORT_FAILED, /* `rc` says why; the child has told the admin */
	REPORT_BOOT,   /* the two files and `args` are complete */
	REPORT_LOCAL,  /* the chosen entry is LOCALBOOT, or nothing was to be
			* booted */
};

struct report {
	uint32_t magic;
	uint32_t outcome;
	uint32_t rc;          /* positive enum err, of REPORT_FAILED */
	uint32_t args_n;      /* bytes in `args` */
	uint64_t kernel_size; /* what the child believes it wrote */
	uint64_t ramdisk_size;
	char args[CMDLINE_MAX + 2]; /* not NUL-terminated; room for alignment */
};

/* Checks a received message of `n` bytes.  Returns false, with the reason in
 * `why`, unless it is exactly a struct report, its outcome is known, its rc is
 * an exit code, its kernel is not empty and its args hold no control
 * character and fit. */
bool report_is_valid(const struct report *r, size_t n, struct text *why);

/* Returns the arguments, borrowed from a valid report. */
struct span report_args(const struct report *r);

#endif
