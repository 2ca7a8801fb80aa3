/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_PROGRESS_H
#define FORMAT_PROGRESS_H

#include "base/span.h"
#include "base/text.h"

/* The line that shows how far the downloads are. */

/* Columns that it has at most: none wraps it. */
#define PROGRESS_COLUMNS 79

struct progress_file {
	const char *what; /* "kernel", "initrd" */
	struct span name;
	uint64_t n, size; /* bytes; size 0: not known */
};

/* Appends the line for `files` downloads that run together, at least one, at so
 * many bytes a second: what, how much of how much, in percent, how fast, and how
 * long it will take, "m:ss" or "h:mm:ss".  Where a size is not known, only bytes
 * and speed.  The log shows a byte that is not printable as four, which are
 * counted; of a long name the end is shown, and of a URL with a password what is
 * behind that. */
void progress_put(struct text *t, const struct progress_file *file,
		  unsigned files, uint64_t rate);

#endif
