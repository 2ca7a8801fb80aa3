/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_DHCPMSG_H
#define FORMAT_DHCPMSG_H

#include "base/span.h"
#include "base/text.h"
#include "format/addr.h"
#include "format/pxeopt.h"

/* DHCP messages of a PXE client: RFC 2131, RFC 4578 (PXE), RFC 5071
 * (PXELINUX).  Both directions are pure; the exchange is in net/dhcp. */

#define DHCPMSG_SERVER_PORT 67
#define DHCPMSG_CLIENT_PORT 68
#define DHCPMSG_PXE_PORT 4011 /* of proxies and boot servers: PXE 2.1, 2.2 */

/* The largest message we announce: what one 1500-byte Ethernet frame carries
 * behind IP and UDP.  Below 1464, ISC dhcpd starts to split options over `file`
 * and `sname`. */
#define DHCPMSG_MAX 1472

/* Longest string taken from a message, with its NUL.  RFC 3396 would allow
 * more; a name this long is already none that PXELINUX could use. */
#define DHCPMSG_STRING 512

enum dhcpmsg_type {
	DHCP_DISCOVER = 1,
	DHCP_OFFER = 2,
	DHCP_REQUEST = 3,
	DHCP_ACK = 5,
	DHCP_NAK = 6,
};

/* The longest value of an option that we send. */
#define DHCPMSG_VALUE 255

enum dhcpmsg_client_id {
	CLIENT_ID_NONE,
	CLIENT_ID_MAC,
	CLIENT_ID_UUID,
	CLIENT_ID_BYTES,
};

/* As what we ask.  Strings are borrowed, of 1 to DHCPMSG_VALUE bytes; NULL
 * leaves the option out.  {0} is a BIOS that calls itself PXEClient. */
struct dhcpmsg_identity {
	uint16_t arch;            /* option 93; RFC 4578 section 2.1 */
	const char *vendor_class; /* option 60; NULL = made from `arch` */
	const char *user_class;   /* option 77, bare as iPXE's */
	const char *hostname;     /* option 12 */
	enum dhcpmsg_client_id client_id; /* option 61 */
	uint8_t id[DHCPMSG_VALUE];        /* of CLIENT_ID_BYTES */
	uint8_t id_n;
};

/* What we ask. */
struct dhcpmsg_query {
	enum dhcpmsg_type type; /* DHCP_DISCOVER or DHCP_REQUEST */
	uint32_t xid;
	uint16_t secs; /* since the first try, for relays */
	struct mac mac;
	struct uuid uuid;   /* option 97, if known */
	uint16_t max_size;  /* option 57: bytes of an answer */
	uint32_t requested; /* option 50; 0 = leave out */
	uint32_t server_id; /* option 54; 0 = leave out */
	uint32_t ciaddr;    /* our address, once we have it */
	bool has_item;      /* option 43.71, to a boot server */
	struct pxeopt_item item;
	struct dhcpmsg_identity identity;
};

/* What a server said.  Strings are cut at their first NUL; "" if absent. */
struct dhcpmsg {
	uint32_t xid;
	struct mac mac; /* chaddr: whom the message is for */
	uint8_t type;   /* option 53; 0 = plain BOOTP */
	uint32_t yiaddr, siaddr, server_id;
	uint32_t mask, router, dns;
	uint32_t lease;                 /* seconds; 0 = not said */
	uint16_t mtu;                   /* 0 = not said */
	uint32_t tftp_server;           /* option 150, its first address */
	char message[DHCPMSG_STRING];   /* option 56, says why a NAK */
	char domain[DHCPMSG_STRING];    /* option 15 */
	char tftp_name[DHCPMSG_STRING]; /* option 66 */
	char sname[65];                 /* the field, unless overloaded */
	char file[129];                 /* the field, unless overloaded */
	char bootfile[DHCPMSG_STRING];  /* option 67 */
	char config[DHCPMSG_STRING];    /* option 209 */
	char prefix[DHCPMSG_STRING];    /* option 210 */
	bool has_prefix;                /* option 210 may be there and empty */
	bool has_reboot;
	uint32_t reboot; /* option 211, seconds */
	bool is_pxe;     /* option 60 is PXEClient or HTTPClient */
	bool has_menu;   /* is_pxe, and option 43.9 has an item */
	uint8_t vendor[DHCPMSG_STRING]; /* option 43, joined */
	size_t vendor_n;
	uint32_t proxy; /* whom the words on booting are from, if not
			 * from server_id; see dhcpmsg_adopt() */
	bool too_long;  /* a string did not fit and was left out */
};

/* Appends the query as a packet to `t`: less than DHCPMSG_MAX, and at least the
 * 300 bytes that BOOTP relays expect (RFC 1542 section 2.1).
 *
 * The broadcast flag is set unless ciaddr is, since nothing behind the link has
 * the address yet.  By default there is no option 61: a guest that identifies
 * itself in another way once it runs would be given a second lease. */
void dhcpmsg_put(struct text *t, const struct dhcpmsg_query *q);

/* Reads a server's packet.  Returns false for what is none: too short, a
 * request, not Ethernet, no magic cookie. */
bool dhcpmsg_parse(struct span packet, struct dhcpmsg *m);

/* Returns the name of the boot file: the field beats option 67, as it does for
 * PXELINUX (core/fs/pxe/dhcp_option.c).  "" if there is none. */
const char *dhcpmsg_bootfile(const struct dhcpmsg *m);

/* Returns true if the message says how to boot: a boot file, a configuration
 * file, a prefix, a list of TFTP servers or a PXE menu. */
bool dhcpmsg_can_boot(const struct dhcpmsg *m);

/* Returns true for a proxy's offer: no address, and the class that says that it
 * means PXE clients (PXE 2.1, section 2.2.1). */
bool dhcpmsg_is_proxy(const struct dhcpmsg *m);

/* Reads m's option 43; *o borrows from it. */
void dhcpmsg_get_pxe(const struct dhcpmsg *m, struct pxeopt *o);

/* Returns true if the way on is m's menu: it has one, and no boot file that
 * 43.6 prefers to it. */
bool dhcpmsg_wants_menu(const struct dhcpmsg *m);

/* Puts what `from`, of the server `id`, says about booting into the lease:
 * servers and boot file in place of the lease's own, options 209 and 210 if it
 * has them. */
void dhcpmsg_adopt(struct dhcpmsg *lease, const struct dhcpmsg *from,
		   uint32_t id);

#endif
