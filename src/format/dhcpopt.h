/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_DHCPOPT_H
#define FORMAT_DHCPOPT_H

#include "base/span.h"
#include "base/text.h"

/* DHCP options, wherever in a message they stand.
 *
 * Option 52 lets a server continue its options in the `file` and `sname`
 * fields (RFC 2132 section 9.3), and RFC 3396 lets it cut one option into
 * pieces across all three, to be joined in that order.  ISC dhcpd does both as
 * soon as it thinks space is short, and PXE clients commonly lose the option. */

enum dhcpopt {
	DHCPOPT_PAD = 0,
	DHCPOPT_MASK = 1,
	DHCPOPT_ROUTER = 3,
	DHCPOPT_DNS = 6,
	DHCPOPT_HOSTNAME = 12,
	DHCPOPT_DOMAIN = 15,
	DHCPOPT_MTU = 26,
	DHCPOPT_VENDOR = 43,
	DHCPOPT_REQUESTED = 50,
	DHCPOPT_LEASE = 51,
	DHCPOPT_OVERLOAD = 52,
	DHCPOPT_TYPE = 53,
	DHCPOPT_SERVER = 54,
	DHCPOPT_LIST = 55,
	DHCPOPT_MESSAGE = 56,
	DHCPOPT_MAX_SIZE = 57,
	DHCPOPT_CLASS = 60,
	DHCPOPT_CLIENT_ID = 61,
	DHCPOPT_TFTP_NAME = 66,
	DHCPOPT_BOOTFILE = 67,
	DHCPOPT_USER_CLASS = 77,
	DHCPOPT_ARCH = 93,
	DHCPOPT_NII = 94,
	DHCPOPT_UUID = 97,
	DHCPOPT_TFTP_SERVERS = 150,
	DHCPOPT_CONFIG = 209,
	DHCPOPT_PREFIX = 210,
	DHCPOPT_REBOOT = 211,
	DHCPOPT_END = 255,
};

/* The areas of one message that hold options, in the order of joining. */
struct dhcpopt_areas {
	struct span area[3];
	size_t n;
	bool file_overloaded; /* `file` holds options, not a name */
	bool sname_overloaded;
};

/* Finds the areas: `options` follows the magic cookie, `file` and `sname` are
 * the fixed fields.  Option 52 counts only in `options`. */
void dhcpopt_areas(struct dhcpopt_areas *a, struct span options,
		   struct span file, struct span sname);

/* Appends the joined value of option `code` to `value`.  Returns false if it
 * is nowhere.  A length that runs past its area ends that area there, as if by
 * an END option.  `value` overflows if the option is longer than it holds. */
bool dhcpopt_get(const struct dhcpopt_areas *a, enum dhcpopt code,
		 struct text *value);

/* The same for an option of exactly 1, 2 or 4 bytes, as a number.  Returns
 * false, and leaves *v alone, if it is absent or has another length. */
bool dhcpopt_get_u8(const struct dhcpopt_areas *a, enum dhcpopt code,
		    uint8_t *v);
bool dhcpopt_get_be16(const struct dhcpopt_areas *a, enum dhcpopt code,
		      uint16_t *v);
bool dhcpopt_get_be32(const struct dhcpopt_areas *a, enum dhcpopt code,
		      uint32_t *v);

/* Reads the first of an option's list of addresses; 0 if there is none. */
uint32_t dhcpopt_get_ip4(const struct dhcpopt_areas *a, enum dhcpopt code);

#endif
