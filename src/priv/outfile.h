/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_OUTFILE_H
#define PRIV_OUTFILE_H

#include "format/report.h"
#include "format/result.h"
#include "priv/space.h"

/* The files that a boot leaves behind: kernel and ramdisk in the output
 * directory, which are ours, and the toolstack's result file.  On any failure
 * ours are gone and the result is empty. */

#define OUTFILE_PATH 4096

struct outfile {
	int directory;
	int kernel, ramdisk; /* descriptors, for the child to fill */
	int result;
	bool owns_result;   /* it is not standard output */
	struct space space; /* for kernel and ramdisk, when they were made */
	char kernel_name[32], ramdisk_name[32]; /* "" once unlinked */
};

/* Opens the result for writing and creates two empty files, 0600 and with
 * names nobody can guess.  Of the directories only the usual one is made.
 * Returns 0; or -E_OUTPUT or -E_SPACE with a sentence in `why`, having left
 * nothing behind. */
int outfile_open(struct outfile *o, const struct spec *spec, struct text *why);

/* Checks the files against a valid report and writes the result.  Whether the
 * guest gets a ramdisk is told by the file's size, not by the report.  Returns
 * 0; -E_CHILD if the sizes differ, -E_OUTPUT, -E_SPACE or -E_CMDLINE,
 * with a sentence in `why`. */
int outfile_commit(struct outfile *o, const struct spec *spec,
		   const struct report *r, struct text *why);

/* Unlinks kernel and ramdisk, and leaves the result to the program that this
 * one becomes.  A FIFO stays open across the exec: its reader would take the
 * last writer's leaving for the end of the result. */
void outfile_hand_over(struct outfile *o);

/* Opens and closes a result that was never opened: who waits at the other end
 * of a FIFO for somebody to come would wait for ever. */
void outfile_refuse(const char *path);

/* Unlinks kernel and ramdisk and empties the result. */
void outfile_discard(struct outfile *o);

#endif
