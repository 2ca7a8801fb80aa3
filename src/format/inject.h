/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_INJECT_H
#define FORMAT_INJECT_H

#include "format/spec.h"
#include "format/url.h"

/* What a guest may know about its boot, as an archive that is put behind its
 * initrds: one file of lines that a shell reads.  Described in
 * lwpxeboot-guest(7). */

/* The longest path of the file, and the longest value, in bytes. */
#define INJECT_PATH 64
#define INJECT_VALUE 255

/* Room for all lines, and for the archive. */
#define INJECT_LINES 2048
#define INJECT_ARCHIVE 8192

/* Borrowed. */
struct inject {
	const struct spec *spec; /* guest; its path is relative, and right */
	const struct dhcpmsg *lease;
	uint32_t server;   /* address of the boot server; 0: none */
	struct span label; /* "" if a kernel was named without one */
	const struct url *kernel;
};

/* Returns true if a file can have that path in a ramdisk: names of letters,
 * digits and "._-+" with single slashes between them, none of them "." or
 * "..", INJECT_PATH bytes at most. */
bool inject_is_path(struct span path);

/* Appends the lines KEY='value'.  A value that is unknown, longer than
 * INJECT_VALUE, or has a byte other than letters, digits and those of
 * -._~:/?&=%+@, is empty: what a server sends is never anything else to a
 * shell, not even without quotes. */
void inject_put_lines(struct text *t, const struct inject *i);

/* Appends the archive; `t` must have room for INJECT_ARCHIVE bytes. */
void inject_put(struct text *t, const struct inject *i);

#endif
