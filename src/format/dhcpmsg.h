/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_DHCPMSG_H
#define FORMAT_DHCPMSG_H

#include "base/span.h"
#include "base/text.h"
#include "format/addr.h"

/* DHCP messages of a PXE client: RFC 2131, RFC 4578 (PXE), RFC 5071
 * (PXELINUX).  Both directions are pure; the exchange is in net/dhcp. */

#define DHCPMSG_SERVER_PORT 67
#define DHCPMSG_CLIENT_PORT 68

/* The largest message we announce: what one 1500-byte Ethernet frame carries
 * behind IP and UDP.  Below 1464, ISC dhcpd starts to split options over `file`
 * and `sname`. */
#define DHCPMSG_MAX 1472

/* Longest string taken from a message, with its NUL.  RFC 3396 would allow
 * more; a name this long is already none that PXELINUX could use. */
#define DHCPMSG_STRING 512

enum dhcpmsg_type {
	DHCP_DISCOVER = 1, DHCP_OFFER = 2, DHCP_REQUEST = 3, DHCP_ACK = 5,
	DHCP_NAK = 6,
};

/* What we ask. */
struct dhcpmsg_query {
	enum dhcpmsg_type type;  /* DHCP_DISCOVER or DHCP_REQUEST */
	uint32_t xid;
	uint16_t secs;           /* since the first try, for relays */
	struct mac mac;
	struct uuid uuid;        /* option 97, if known */
	uint16_t max_size;       /* option 57: bytes of an answer */
	uint32_t requested;      /* option 50; 0 = leave out */
	uint32_t server_id;      /* option 54; 0 = leave out */
};

/* What a server said.  Strings are cut at their first NUL; "" if absent. */
struct dhcpmsg {
	uint32_t xid;
	struct mac mac;          /* chaddr: whom the message is for */
	uint8_t type;            /* option 53; 0 = plain BOOTP */
	uint32_t yiaddr, siaddr, server_id;
	uint32_t mask, router, dns;
	uint32_t lease;          /* seconds; 0 = not said */
	uint16_t mtu;            /* 0 = not said */
	uint32_t tftp_server;    /* option 150, its first address */
	char message[DHCPMSG_STRING];     /* option 56, says why a NAK */
	char domain[DHCPMSG_STRING];      /* option 15 */
	char tftp_name[DHCPMSG_STRING];   /* option 66 */
	char sname[65];                   /* the field, unless overloaded */
	char file[129];                   /* the field, unless overloaded */
	char bootfile[DHCPMSG_STRING];    /* option 67 */
	char config[DHCPMSG_STRING];      /* option 209 */
	char prefix[DHCPMSG_STRING];      /* option 210 */
	bool has_prefix;         /* option 210 may be there and empty */
	bool too_long;           /* a string did not fit and was left out */
};

/* Appends the query as a packet to `t`: less than DHCPMSG_MAX, and more than the
 * 300 bytes that BOOTP relays expect (RFC 1542 section 2.1).
 *
 * The broadcast flag is set, since nothing behind the link has the address
 * yet.  There is no option 61: a guest that identifies itself in another way
 * once it runs would be given a second lease. */
void dhcpmsg_put(struct text *t, const struct dhcpmsg_query *q);

/* Reads a server's packet.  Returns false for what is none: too short, a
 * request, not Ethernet, no magic cookie. */
bool dhcpmsg_parse(struct span packet, struct dhcpmsg *m);

/* Returns the name of the boot file: the field beats option 67, as it does for
 * PXELINUX (core/fs/pxe/dhcp_option.c).  "" if there is none. */
const char *dhcpmsg_bootfile(const struct dhcpmsg *m);

/* Returns true if the message says how to boot: a boot file, a configuration
 * file, a prefix or a list of TFTP servers. */
bool dhcpmsg_can_boot(const struct dhcpmsg *m);

#endif
