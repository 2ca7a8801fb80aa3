/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_JAIL_H
#define PRIV_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* The jail that a process puts itself into before it reads the first byte from
 * the network: no descriptors but its own, no files, no privilege, no way to
 * gain any, and the few system calls that a download needs.  These are its
 * rungs, climbed in this order; each is named in what jail_put() shows. */
enum jail_rung {
	/* Closed above the ones kept, and no new ones. */
	JAIL_DESCRIPTORS = 1u << 0,
	/* Network, shared memory, host name and mounts of its own.  May be
	 * missing: not root, or a kernel without them. */
	JAIL_NAMESPACES = 1u << 1,
	/* An empty root directory, or `tree` alone.  May be missing. */
	JAIL_ROOT = 1u << 2,
	/* No program gives privilege any more. */
	JAIL_NO_NEW_PRIVS = 1u << 3,
	/* Every right that this kernel knows, granted nowhere; reading below
	 * `tree`, if there is one.  May be missing: a kernel without it. */
	JAIL_LANDLOCK = 1u << 4,
	/* `uid`, no groups, an empty bounding set.  May be missing: not root,
	 * or a user namespace that has one user. */
	JAIL_USER = 1u << 5,
	/* None, and none to be had again. */
	JAIL_CAPABILITIES = 1u << 6,
	/* File size, processor, address space, processes, open files. */
	JAIL_LIMITS = 1u << 7,
	/* Dies with its parent; no core dumps, no ptrace. */
	JAIL_PARENT = 1u << 8,
	/* Only the calls named in "syscalls:" comments, and with a `tree` in
	 * "tree syscalls:" ones, else death.  Missing without LWPXE_SECCOMP. */
	JAIL_SECCOMP = 1u << 9,

	JAIL_ALL = (1u << 10) - 1,
};

struct jail {
	uint32_t uid;
	uint64_t file_size; /* bytes, for each file it writes */
	uint64_t seconds;   /* of a processor */
	uint64_t scratch;   /* bytes of memory that are mapped besides */
	/* Descriptors to keep besides 0 to 2; jail_enter() renumbers them to 3,
	 * 4… and stores the new numbers. */
	int *keep[6];
	size_t keep_n;
	/* One of them, or NULL: a directory whose files may be read. */
	const int *tree;
	/* One of them, or NULL: a socket that hangs up when the parent ends. */
	const int *parent;

	uint32_t held; /* the rungs that hold, once it is closed */
};

/* Closes the door.  Returns 0, or -E_INTERNAL with the rung that failed in
 * `why`, or if nothing keeps it from files; the caller must then exit. */
int jail_enter(struct jail *j, struct text *why);

/* Appends the names of rungs, separated by blanks. */
void jail_put(struct text *t, uint32_t rungs);

/* The last rung, in a file of its own: chosen by LWPXE_SECCOMP.  Returns 0 or
 * -errno. */
int jail_filter_syscalls(bool reads_tree);

#endif
