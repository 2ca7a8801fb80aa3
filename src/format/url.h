/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_URL_H
#define FORMAT_URL_H

#include "base/span.h"
#include "base/text.h"

/* Where a file is, by PXELINUX' rules for names (Syslinux core/fs/pxe/pxe.c
 * and urlparse.c): "scheme://host/path" and "host::path" stand alone, any
 * other name is glued behind the current prefix, as text: no slash is put in
 * or taken out, and a leading slash does not make it absolute. */

/* Longest path and host; PXELINUX itself stops at 255 bytes for both. */
#define URL_PATH_SIZE 512
#define URL_HOST_SIZE 256

struct url {
	char scheme[8];           /* "tftp", "http"…; as written */
	char host[URL_HOST_SIZE]; /* "" = the boot server */
	uint32_t port;            /* 0 = the scheme's own */
	char path[URL_PATH_SIZE]; /* for the server, percent codes resolved */
};

/* Resolves `name` under `prefix`, which itself begins with "::", "host::" or
 * "scheme://".  The name ends at its first blank.  Returns 0; -E_UNSUPPORTED
 * with a sentence in `why` if a part is longer than its field or the port is
 * no number. */
int url_resolve(struct url *u, struct span prefix, struct span name,
		struct text *why);

/* Returns true if `name` is complete without a prefix. */
bool url_is_absolute(struct span name);

#endif
