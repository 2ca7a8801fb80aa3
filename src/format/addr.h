/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_ADDR_H
#define FORMAT_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"

/* Addresses and identities as text: MAC, IPv4, UUID. */

/* An Ethernet address in transmission order. */
struct mac {
	uint8_t b[6];
};

/* A UUID in the order its text is written, which is also the order that we
 * send in DHCP option 97. */
struct uuid {
	uint8_t b[16];
	bool known; /* false: the guest's UUID could not be learnt */
};

/* Reads exactly six hexadecimal pairs separated by ':' or '-'. */
bool mac_parse(struct span s, struct mac *mac);

/* Returns true for an address one station can have: neither multicast nor
 * all zero. */
bool mac_is_station(const struct mac *mac);

/* Returns true if both are the same address. */
bool mac_eq(const struct mac *a, const struct mac *b);

/* Appends the address in lower case with `separator` between the pairs. */
void mac_put(struct text *t, const struct mac *mac, char separator);

/* Reads pairs of hexadecimal digits, all or none of them separated by ':', into
 * at most `cap` bytes.  Returns true with *n of them for at least one pair and
 * nothing else. */
bool bytes_parse(struct span s, uint8_t *bytes, size_t cap, size_t *n);

/* Reads 8-4-4-4-12 hexadecimal digits; sets `known`. */
bool uuid_parse(struct span s, struct uuid *uuid);

/* Sets *other to the UUID with its first three fields in the other byte order,
 * which is how some firmware tells it.  Returns false if that is the same. */
bool uuid_swap(const struct uuid *uuid, struct uuid *other);

/* Appends lower-case 8-4-4-4-12. */
void uuid_put(struct text *t, const struct uuid *uuid);

/* IPv4 addresses are uint32_t in host order; 0 means "none". */

/* Reads a dotted quad and nothing else. */
bool ip4_parse(struct span s, uint32_t *ip);

/* Appends a dotted quad. */
void ip4_put(struct text *t, uint32_t ip);

/* Returns true for an address a host can have: not 0/8, 127/8, 224/3 and up.
 * Source: ip_ok() in Syslinux' core/fs/pxe/pxe.h. */
bool ip4_is_host(uint32_t ip);

/* The same for an address that somebody named: returns 0, or -E_RESOLVE with
 * the reason in `why`. */
int ip4_check_host(uint32_t ip, struct text *why);

/* Returns a dotted quad for a log line: it lives until the eighth after it. */
const char *ip4_show(uint32_t ip);
#define IP4_SHOW(ip) ip4_show(ip)

#endif
