/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_BOOTSOURCE_H
#define FORMAT_BOOTSOURCE_H

#include "format/dhcpmsg.h"
#include "format/url.h"

/* Where a lease says that the boot files are. */

/* One server that may be the TFTP server, with the reason to think so. */
struct bootserver {
	uint32_t ip;      /* 0: `name` has to be resolved */
	const char *name; /* borrowed from the message; NULL if `ip` is set */
	const char *from; /* "next-server", "option 66"… */
};

#define BOOTSOURCE_SERVERS 6

struct bootsource {
	/* In order of belief: the next is for when one gives no answer. */
	struct bootserver server[BOOTSOURCE_SERVERS];
	size_t servers;
	/* What relative names are glued to: "::dir/" or "http://host/dir/". */
	char prefix[2 + DHCPMSG_STRING];
	char host[URL_HOST_SIZE]; /* of the prefix, if that names one */
	const char *config;       /* option 209, borrowed; "" = search */
};

/* Works out *b from the lease `m`, which it borrows.
 *
 * siaddr comes first unless it is merely the DHCP server itself, or the proxy
 * that the lease goes by, which dnsmasq says in every reply; then 66, sname and
 * 150, that proxy, and the DHCP server at last.  A prefix that names a host
 * leaves no choice: that is the one server.
 *
 * The prefix is option 210, else the boot file's name cut after the last byte
 * that is none of 0-9 A-Z a-z . - (get_prefix() in Syslinux'
 * core/fs/pxe/pxe.c), though never inside of "scheme://host". */
void bootsource_from_lease(struct bootsource *b, const struct dhcpmsg *m);

/* Makes *b that of the directory that the admin names: a URL, which leaves one
 * server, or a directory on the lease's.  Borrows nothing but for the servers
 * that *b has already; `location` has less than DHCPMSG_STRING - 1 bytes. */
void bootsource_set_location(struct bootsource *b, struct span location);

#endif
