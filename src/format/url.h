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
#define URL_USER_SIZE 128

struct url {
	char scheme[8];           /* "tftp", "http"…; as written */
	char user[URL_USER_SIZE]; /* "name:password", percent codes resolved */
	char host[URL_HOST_SIZE]; /* "" = the boot server */
	uint32_t port;            /* 0 = the scheme's own */
	char path[URL_PATH_SIZE]; /* behind the slash; of TFTP, percent codes
				   * resolved */
};

/* Resolves `name` under `prefix`, which itself begins with "::", "host::" or
 * "scheme://".  The name ends at its first blank.  Returns 0; -E_UNSUPPORTED
 * with a sentence in `why` if a part is longer than its field or the port is
 * no number. */
int url_resolve(struct url *u, struct span prefix, struct span name,
		struct text *why);

/* Changes *u to where a redirect from there leads: RFC 3986 section 4.2, but
 * "." and ".." are left to the server.  The user goes along to the same host
 * and port, and to no other.  Returns as url_resolve() does. */
int url_redirect(struct url *u, struct span to, struct text *why);

/* Returns true if `name` is complete without a prefix. */
bool url_is_absolute(struct span name);

#endif
