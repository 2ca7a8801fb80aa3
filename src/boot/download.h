/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_DOWNLOAD_H
#define BOOT_DOWNLOAD_H

#include "boot/boot.h"
#include "net/fetch.h"

/* Downloads by PXELINUX' names, with what the admin sees of them. */

/* Resolves `name` under the boot's prefix into *url and *server, and returns
 * as url_resolve() and resolve_run() do.  A host that cannot be resolved means
 * the boot server, with a warning, as it does to PXELINUX. */
int download_locate(struct boot *b, struct span name, struct url *url,
		    uint32_t *server, struct text *why);

/* Downloads `name` into `sink`.  With `what` ("kernel"…) the progress and the
 * outcome are shown under that word; without, nothing is.  Returns as
 * fetch_run() does, with the reason of a failure in `why`. */
int download(struct boot *b, const char *what, struct span name,
	     struct sink *sink, struct text *why);

/* Puts the reason of a failure that explains itself into an empty `why`. */
void download_explain(int rc, struct text *why);

/* Returns what an admin can do about a download that failed with `rc`. */
const char *download_advice(int rc);

#endif
