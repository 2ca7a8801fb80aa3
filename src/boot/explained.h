/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_EXPLAINED_H
#define BOOT_EXPLAINED_H

#include "boot/explain.h"

/* What boot/explain has kept, for the two writers that show it. */

#define EXPLAINED_TRIED 128
#define EXPLAINED_LINES 512
#define EXPLAINED_FILES 64

/* A name of the search.  A server's reason stands for one not found. */
struct explained_name {
	struct span name, reason;
	bool found;
	size_t size; /* bytes, of one found */
};

/* A line of the configuration. */
struct explained_line {
	struct span file, text;
	uint32_t line;
};

/* The kernel or a ramdisk. */
struct explained_file {
	bool is_kernel;
	struct span name, reason;
	int rc;
	bool has_size;
	uint64_t size; /* bytes */
};

/* Spans borrow from the reader's text, the report, or `copies`, where what
 * found no room is empty.  Of each list `_n` counts all there were, also those
 * that found no room in it. */
struct explained {
	const struct boot *boot;
	bool has_lease;
	struct explained_name tried[EXPLAINED_TRIED];
	size_t tried_n;
	struct explained_line missing[EXPLAINED_FILES]; /* INCLUDEs */
	size_t missing_n;
	struct explained_line ignored[EXPLAINED_LINES];
	size_t ignored_n;
	const struct bootcfg *cfg; /* NULL until it is complete */
	const struct pxecfg *reader;
	bool chosen;
	const struct choice *choice; /* borrowed; NULL if the lease decided */
	struct span cmdline;
	struct explained_file file[EXPLAINED_FILES];
	size_t file_n;
	int rc;              /* how it would end, once it has */
	char sentence[1024]; /* why, unless 0 */
	char room[65536];
	struct text copies;
};

/* Returns how many of the `n` elements counted are in an array of `cap`. */
static inline size_t explained_kept(size_t n, size_t cap)
{
	return n < cap ? n : cap;
}

/* Walks the entries that --list-entries shows: labels, no separators.  Takes
 * *i, where BOOTCFG_NONE starts, onto the next one; *number is what --label=
 * calls it, BOOTCFG_NONE if it cannot boot.  Returns false behind the last. */
bool explained_next(const struct bootcfg *cfg, uint16_t *i, uint16_t *number);

/* Returns the entry that boots when nobody types, BOOTCFG_NONE if none does. */
uint16_t explained_default(const struct bootcfg *cfg);

/* Puts the menus that lead to the entry into `path`, from the top one's first
 * submenu on.  Returns how many. */
#define EXPLAINED_PATH LWPXE_CONFIG_MENUS
size_t explained_path(const struct bootcfg *cfg, const struct bootcfg_entry *e,
		      struct span path[EXPLAINED_PATH]);

/* The writers.  The second returns false if the file cannot take the whole
 * answer, and has then nothing of it. */
void explained_put_text(const struct explained *e);
bool explained_put_json(const struct explained *e, int fd);

#endif
