/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_TREE_H
#define NET_TREE_H

#include "net/fetch.h"

/* A local directory that stands in for a boot server (--tree=).
 *
 * Names resolve below it only, as the kernel sees to (openat2(2),
 * RESOLVE_BENEATH): what leads out by "..", or by a symbolic link, is not
 * there.  A leading slash means the directory itself, as it does to a TFTP
 * server.  Only regular files are read. */
struct tree {
	int fd;           /* of the directory */
	const char *path; /* borrowed, for messages */
};

/* Opens the directory.  Returns 0; -E_USAGE if there is none that can be
 * opened, -E_UNSUPPORTED on a kernel older than 5.6 or without the feature
 * LWPXE_EXPLAIN; with a sentence in `why`. */
int tree_open(struct tree *t, const char *path, struct text *why);

/* Reads the file that f->url->path names as if it had been downloaded, into
 * f->sink, or only its size for a probe.  Returns 0; -E_NOT_FOUND, with an
 * empty f->why if there is no such name, and else with what keeps it from being
 * read; or what the sink returned. */
int tree_fetch(const struct tree *t, struct fetch *f);

#endif
