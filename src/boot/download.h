/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_DOWNLOAD_H
#define BOOT_DOWNLOAD_H

#include "boot/boot.h"
#include "net/fetch.h"

/* Downloads by PXELINUX' names, with what the admin sees of them. */

/* The download has begun anew. */
#define DOWNLOAD_AGAIN 1

/* Resolves `name` under the boot's prefix into *url and *server, and returns
 * as url_resolve() and resolve_run() do.  A host that cannot be resolved means
 * the boot server, with a warning, as it does to PXELINUX. */
int download_locate(struct boot *b, struct span name, struct url *url,
		    uint32_t *server, struct text *why);

/* One of several downloads that run together. */
struct download {
	/* In, borrowed until its end. */
	const char *what; /* "kernel", "initrd": progress and outcome are
				* shown under that word; NULL: they are not */
	struct span name;
	struct sink sink;
	uint32_t retries; /* attempts more to open the file */

	/* Out. */
	char reason[512];
	struct text why;       /* over it: the reason of a failure */
	bool from_boot_server; /* and not from one that its URL names */

	/* In between. */
	struct fetch fetch; /* .done: download_end() is due */
	struct url url;
	uint32_t wrong_sums; /* heard before it began */
};

/* Begins to download d->name into d->sink; d->fetch.done says whether that has
 * ended, in failure maybe. */
void download_begin(struct boot *b, struct download *d);

/* Takes the end of a download.  Returns as fetch_stop() does; or
 * DOWNLOAD_AGAIN if nothing came and it has begun anew, as often as d->retries
 * says. */
int download_end(struct boot *b, struct download *d);

/* Stops a download whose outcome does not matter any more. */
void download_abort(struct download *d);

/* Waits for news of any download, and shows how far they are; returns as
 * fetch_wait() does. */
int download_wait(struct boot *b);

/* Downloads one file into `sink` without a word, with `retries` as above.
 * Returns as fetch_stop() does, with the reason of a failure in `why`; or
 * -E_INTERRUPTED. */
int download(struct boot *b, struct span name, struct sink *sink,
	     uint32_t retries, struct text *why);

/* Returns what an admin can do about a download that failed with `rc`. */
const char *download_advice(int rc);

#endif
