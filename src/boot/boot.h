/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include "boot/choose.h"
#include "format/bootsource.h"
#include "format/report.h"
#include "format/screen.h"
#include "format/spec.h"
#include "net/dhcp.h"
#include "net/loop.h"
#include "net/tree.h"
#include "port/link.h"

/* The most bytes of a kernel, and of a ramdisk. */
#define BOOT_FILE_MAX ((uint64_t)LWPXE_IMAGE_MIB << 20)

/* The boot of one guest, inside the jailed process. */
struct boot {
	/* In, borrowed. */
	const struct spec *spec;
	struct link *link;
	int kernel_fd, ramdisk_fd; /* empty files to be filled */
	uint64_t room;             /* bytes for both together; 0: unknown */
	uint64_t memory;           /* bytes the Dom0 has left; 0: unknown */
	uint8_t *area;             /* memory to unpack kernels into */
	size_t area_n;             /* bytes there; 0: none */
	int parent;                /* hangs up when the parent dies */
	const struct tree *tree;   /* in place of a boot server; NULL: none */
	int answer_fd;             /* takes what --format=json answers */
	const struct terminal *terminal;     /* NULL as one without a person */
	ms_t deadline;                       /* when the parent ends it all */
	struct span jail_held, jail_missing; /* names of its rungs, to tell */

	/* As the boot goes on. */
	struct dhcp_who who;
	struct loop loop;
	const struct asker *asker; /* NULL: nobody is there */
	struct dhcpmsg lease;
	struct bootsource source;
	uint32_t server; /* address of the boot server in use */
	bool answered;   /* some server has answered a download */
};

/* Returns what stands in for the boot server, if that is built at all. */
static inline const struct tree *boot_tree(const struct boot *b)
{
	return LWPXE_EXPLAIN ? b->tree : NULL;
}

/* Opens the network, if there is to be one, and asks for a lease, which takes
 * the server a while.  Reads nothing, so that it may be called where the network
 * is not to be trusted yet.  *b stays where it is until boot_run() has ended. */
void boot_ask(struct boot *b);

/* boot_ask() has been called.  Gets a lease, finds and reads the configuration, chooses an entry and
 * downloads its files.  Tells the story on the log, a failure with what to do
 * about it, and the outcome in *r. */
void boot_run(struct boot *b, struct report *r);

/* Logs a sentence as the reason why the boot ends, and returns `rc`. */
int boot_fail(int rc, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Returns 0 if there is room for `need` bytes in the output directory, or nobody
 * knows; else -E_SPACE, and the reason, that begins with `take`, on the log. */
int boot_check_room(const struct boot *b, const char *take, uint64_t need);

#endif
