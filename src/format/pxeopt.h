/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_PXEOPT_H
#define FORMAT_PXEOPT_H

#include <stdbool.h>

#include "base/span.h"

/* What is inside DHCP option 43 of a PXE server: menus of boot servers and how
 * to find these.  Source: "Preboot Execution Environment (PXE) Specification
 * 2.1", section 2.2.3 (table 2-1) and its discovery algorithm. */

enum pxeopt_control {
	PXEOPT_NO_BROADCAST = 1,
	PXEOPT_NO_MULTICAST = 2,
	PXEOPT_ONLY_LISTED = 4, /* answers of others do not count */
	PXEOPT_USE_FILE = 8,    /* no menu if the offer names one */
};

/* Type of a menu's item that means the guest's own disk. */
#define PXEOPT_LOCAL 0

/* The prompt's time that has no end. */
#define PXEOPT_FOREVER 255

/* What a client asks a boot server for: 43.71. */
struct pxeopt_item {
	uint16_t type, layer;
};

/* Spans are borrowed from the option, and empty if absent. */
struct pxeopt {
	uint8_t control;     /* 43.6, enum pxeopt_control; 0 if absent */
	uint32_t multicast;  /* 43.7; 0 = none */
	struct span servers; /* 43.8, for pxeopt_next_server() */
	struct span menu;    /* 43.9, for pxeopt_next_item() */
	bool has_prompt;     /* 43.10 */
	uint8_t timeout;     /* seconds; 0 = do not ask */
	struct span prompt;
	bool has_item; /* 43.71 */
	struct pxeopt_item item;
	/* PXELINUX' own, which it takes from here too; RFC 5071 and
	 * parse_dhcp_options() in Syslinux' core/fs/pxe/dhcp_option.c. */
	bool has_config, has_prefix, has_reboot;
	struct span config, prefix; /* 209, 210 */
	uint32_t reboot;            /* 211, seconds */
};

/* Reads all of an option 43.  Of one that is cut or of another vendor, what
 * makes sense before the end is kept; sub-options of a wrong length are left
 * out, and of two of a kind the second counts. */
void pxeopt_parse(struct span option, struct pxeopt *o);

/* Takes the next item off a menu, with its text.  Returns false at the end, or
 * where the rest is cut. */
bool pxeopt_next_item(struct span *menu, struct pxeopt_item *item,
		      struct span *text);

/* Takes servers off 43.8 up to the next one's address for boot servers of
 * `type`, into *ip.  *list and *group start as the option and empty.  Returns
 * false at the end. */
bool pxeopt_next_server(struct span *list, struct span *group, uint16_t type,
			uint32_t *ip);

/* Returns true if 43.8 lists any address for this type; that of `ip` if it is
 * not 0. */
bool pxeopt_lists(struct span list, uint16_t type, uint32_t ip);

#endif
