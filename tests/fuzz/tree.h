/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_TREE_H
#define TESTS_TREE_H

/* A fuzz target's input as a tree of configuration files. */
#include "format/pxecfg.h"
#include "fuzz.h"

static struct pxecfg reader;
static struct bootcfg cfg;

/* Returns file number `i` of the input: files are separated by 0x1e. */
static inline struct span file_of(struct span input, unsigned i)
{
	struct span file;

	do
		span_get_until(&input, 0x1e, &file);
	while (i--);
	return file;
}

/* Opens a file, as much of it as there is room for. */
static inline int open_file(struct span name, struct span file,
			    struct text *why)
{
	struct text room = pxecfg_room(&reader);

	room.clip = true;
	text_put(&room, file);
	return pxecfg_open(&reader, name, room.n, why);
}

/* Reads the whole tree.  INCLUDE 3… is file 3, other names are not there. */
static inline int read_tree(struct span input, struct text *why)
{
	struct span name = SPAN_LIT("0");
	int rc = PXECFG_INCLUDE;

	pxecfg_init(&reader, &cfg);
	while (rc == PXECFG_INCLUDE) {
		rc = 0;
		if (name.p[0] >= '0' && name.p[0] <= '9')
			rc = open_file(name, file_of(input, name.p[0] - '0'),
				       why);
		if (!rc)
			rc = pxecfg_read(&reader, &name, why);
	}
	return rc;
}

#endif
