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

/* Told of what is ignored, which is inside the text. */
static inline void check_ignored(void *arg, struct span file, uint32_t line,
				 struct span text)
{
	const struct span whole = { (uint8_t *)reader.text, reader.used };

	(void)arg;
	fuzz_check(line && text.n && fuzz_inside(text, whole) &&
		   fuzz_inside(file, whole));
}

static inline void check_said(struct span text)
{
	fuzz_check(fuzz_inside(text, (struct span){ (uint8_t *)reader.text,
						    reader.used }));
}

/* Reads the whole tree.  INCLUDE 3… is file 3, other names are not there; file
 * 4 comes behind the first. */
static inline int read_tree(struct span input, struct text *why)
{
	struct span name = SPAN_LIT("0");
	int rc = PXECFG_INCLUDE;

	pxecfg_init(&reader, &cfg);
	reader.ignored = check_ignored;
	reader.say = check_said;
	pxecfg_queue(&reader, SPAN_LIT("4"));
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
