/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_JAIL_H
#define PRIV_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* The jail that a process puts itself into before it reads the first byte from
 * the network: no descriptors but its own, no files, no privilege, no way to
 * gain any, and the few system calls that a download needs.
 *
 *   descriptors  closed above the ones kept, and no new ones
 *   Landlock     every right that this kernel knows, granted nowhere; reading
 *                below `tree`, if there is one
 *   capabilities none, and none to be had again
 *   user         `uid`, no groups; no core dumps, no ptrace
 *   limits       file size, address space, processes
 *   seccomp      only the calls named in "syscalls:" comments, and with a
 *                `tree` in "tree syscalls:" ones, else death
 *
 * A kernel without Landlock is accepted, since seccomp denies the same; every
 * other rung must hold. */

struct jail {
	uint32_t uid;
	uint64_t file_size;   /* bytes, for each file it writes */
	/* Descriptors to keep besides 0 to 2; jail_enter() renumbers them to 3,
	 * 4… and stores the new numbers. */
	int *keep[5];
	size_t keep_n;
	/* One of them, or NULL: a directory whose files may be read. */
	const int *tree;
};

/* Closes the door.  Returns 0, or -E_INTERNAL with the rung that failed in
 * `why`; the caller must then exit. */
int jail_enter(const struct jail *j, struct text *why);

/* The last rung, in a file of its own: chosen by LWPXE_SECCOMP.  Returns 0 or
 * -errno. */
int jail_filter_syscalls(bool reads_tree);

#endif
