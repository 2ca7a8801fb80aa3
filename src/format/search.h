/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_SEARCH_H
#define FORMAT_SEARCH_H

#include "base/text.h"
#include "format/addr.h"

/* The names under which PXELINUX looks for its configuration, in its order:
 * option 209, the UUID, the MAC address, the IPv4 address as eight hexadecimal
 * digits and its seven shorter prefixes, "default".  Source: pxe_open_config()
 * in Syslinux' core/fs/pxe/pxe.c; RFC 5071 section 4.
 *
 * Behind the UUID comes the same with its first three fields in the other byte
 * order, if that differs: real machines since SMBIOS 2.6 are known by that. */

#define SEARCH_NAME_SIZE 512

struct search {
	const char *config; /* option 209, borrowed; "" = none */
	const char
		*directory; /* of all others, borrowed; NULL = pxelinux.cfg */
	struct uuid uuid;
	struct mac mac;
	uint32_t ip;   /* 0: none, its names are left out */
	unsigned step; /* 0 at the start */
};

/* Puts the next name into the emptied `name`.  Returns false after the last. */
bool search_next(struct search *s, struct text *name);

#endif
