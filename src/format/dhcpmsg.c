/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/dhcpmsg.h"

#include <string.h>

#include "base/guard.h"
#include "config.h"
#include "format/dhcpopt.h"

#define COOKIE 0x63825363u /* RFC 2131 section 3 */
#define BROADCAST_FLAG 0x8000u
#define BOOTREQUEST 1
#define BOOTREPLY 2
#define ETHERNET 1

/* RFC 2131 section 2: the fixed fields before sname, file and the cookie. */
#define SNAME_SIZE 64
#define FILE_SIZE 128
#define CHADDR_SIZE 16

/* The shortest that relays pass on; RFC 1542 section 2.1. */
#define SHORTEST 300

/* We are the boot ROM, so we can ask for the options that PXELINUX needs from
 * a server and that real ROMs forget: 66, 150 and 208 to 211. */
static const uint8_t request_list[] = {
	1,   3,   6,   12,  15,  17,  26,  28,  42,  43,  51,  54,
	58,  59,  60,  66,  67,  97,  119, 121, 128, 129, 130, 131,
	132, 133, 134, 135, 150, 175, 208, 209, 210, 211,
};

static const uint8_t undi_2_1[] = { 1, 2, 1 };

static void put_zeros(struct text *t, size_t n)
{
	while (n--)
		text_put_u8(t, 0);
}

static void put_option(struct text *t, enum dhcpopt code, struct span value)
{
	text_put_u8(t, (uint8_t)code);
	text_put_u8(t, (uint8_t)value.n);
	text_put(t, value);
}

static void put_option_be32(struct text *t, enum dhcpopt code, uint32_t value)
{
	if (!value)
		return;
	text_put_u8(t, (uint8_t)code);
	text_put_u8(t, 4);
	text_put_be32(t, value);
}

static void put_fixed_fields(struct text *t, const struct dhcpmsg_query *q)
{
	text_put_u8(t, BOOTREQUEST);
	text_put_u8(t, ETHERNET);
	text_put_u8(t, sizeof(q->mac.b));
	text_put_u8(t, 0); /* hops */
	text_put_be32(t, q->xid);
	text_put_be16(t, q->secs);
	text_put_be16(t, q->ciaddr ? 0 : BROADCAST_FLAG);
	text_put_be32(t, q->ciaddr);
	put_zeros(t, 3 * sizeof(uint32_t)); /* yiaddr, siaddr, giaddr */
	text_put(t, (struct span){ q->mac.b, sizeof(q->mac.b) });
	put_zeros(t, CHADDR_SIZE - sizeof(q->mac.b) + SNAME_SIZE + FILE_SIZE);
}

/* The architectures that boot by HTTP: IANA's "Processor Architecture Types" of
 * DHCPv6. */
static bool is_http(uint16_t arch)
{
	return (arch >= 15 && arch <= 20) || arch == 23 || arch == 24 ||
	       arch == 26 || arch == 28 || arch == 30 || arch == 38 ||
	       arch == 40;
}

/* Servers choose what to offer by this: BIOS clients (architecture 0) are sent
 * to PXELINUX and its configuration, everybody else to GRUB. */
static void put_class(struct text *t, const struct dhcpmsg_identity *who)
{
	static char buf[64];
	struct text made = TEXT(buf);

	text_printf(&made, "%sClient:Arch:%05u:UNDI:002001",
		    is_http(who->arch) ? "HTTP" : "PXE", who->arch);
	put_option(t, DHCPOPT_CLASS,
		   who->vendor_class ? span_of(who->vendor_class) :
				       text_span(&made));
	text_put_u8(t, DHCPOPT_ARCH);
	text_put_u8(t, 2);
	text_put_be16(t, who->arch);
	put_option(t, DHCPOPT_NII, (struct span){ undi_2_1, sizeof(undi_2_1) });
}

/* Puts a UUID behind its type 0, the only one there is: RFC 4578 section 2.3;
 * for option 61, PXE 2.1 section 2.2.3. */
static void put_uuid(struct text *t, enum dhcpopt code, const struct uuid *uuid)
{
	if (!uuid->known)
		return;
	text_put_u8(t, (uint8_t)code);
	text_put_u8(t, 1 + sizeof(uuid->b));
	text_put_u8(t, 0);
	text_put(t, (struct span){ uuid->b, sizeof(uuid->b) });
}

static void put_client_id(struct text *t, const struct dhcpmsg_query *q)
{
	switch (q->identity.client_id) {
	case CLIENT_ID_NONE:
		break;
	case CLIENT_ID_MAC:
		text_put_u8(t, DHCPOPT_CLIENT_ID);
		text_put_u8(t, 1 + sizeof(q->mac.b));
		text_put_u8(t, ETHERNET);
		text_put(t, (struct span){ q->mac.b, sizeof(q->mac.b) });
		break;
	case CLIENT_ID_UUID:
		put_uuid(t, DHCPOPT_CLIENT_ID, &q->uuid);
		break;
	case CLIENT_ID_BYTES:
		put_option(t, DHCPOPT_CLIENT_ID,
			   (struct span){ q->identity.id, q->identity.id_n });
		break;
	}
}

static void put_identity(struct text *t, const struct dhcpmsg_query *q)
{
	const struct dhcpmsg_identity *who = &q->identity;

	put_class(t, who);
	put_uuid(t, DHCPOPT_UUID, &q->uuid);
	put_client_id(t, q);
	if (who->user_class)
		put_option(t, DHCPOPT_USER_CLASS, span_of(who->user_class));
	if (who->hostname)
		put_option(t, DHCPOPT_HOSTNAME, span_of(who->hostname));
}

static void put_item(struct text *t, const struct pxeopt_item *item)
{
	/* Sub-option 71 of 4 bytes, and an end, as PXE 2.1 wants it. */
	text_put(t, SPAN_LIT("\x2b\7\x47\4"));
	text_put_be16(t, item->type);
	text_put_be16(t, item->layer);
	text_put_u8(t, DHCPOPT_END);
}

void dhcpmsg_put(struct text *t, const struct dhcpmsg_query *q)
{
	const uint8_t type = (uint8_t)q->type;
	size_t start = t->n;

	put_fixed_fields(t, q);
	text_put_be32(t, COOKIE);
	put_option(t, DHCPOPT_TYPE, (struct span){ &type, 1 });
	text_put_u8(t, DHCPOPT_MAX_SIZE);
	text_put_u8(t, 2);
	text_put_be16(t, q->max_size);
	put_option_be32(t, DHCPOPT_REQUESTED, q->requested);
	put_option_be32(t, DHCPOPT_SERVER, q->server_id);
	put_option(t, DHCPOPT_LIST,
		   (struct span){ request_list, sizeof(request_list) });
	put_identity(t, q);
	if (LWPXE_PROXYDHCP && q->has_item)
		put_item(t, &q->item);
	text_put_u8(t, DHCPOPT_END);
	if (t->n - start < SHORTEST)
		put_zeros(t, SHORTEST - (t->n - start));
}

/* Copies a string into one of the message's fields; each has its NUL. */
static void copy_string(struct dhcpmsg *m, char *field, size_t cap,
			struct span value)
{
	struct text t = text_over(field, cap);

	text_put(&t, span_cut_nul(value));
	m->too_long |= t.overflow;
}

static bool copy_option(struct dhcpmsg *m, const struct dhcpopt_areas *a,
			enum dhcpopt code, char *field)
{
	static char joined[DHCPMSG_MAX];
	struct text value = TEXT(joined);
	bool found = dhcpopt_get(a, code, &value);

	m->too_long |= value.overflow;
	copy_string(m, field, DHCPMSG_STRING, text_span(&value));
	return found;
}

/* Reads option 43 whole, and out of it what PXELINUX does, where the message
 * itself does not say it. */
static void parse_vendor(struct dhcpmsg *m, const struct dhcpopt_areas *a)
{
	struct text value = text_over((char *)m->vendor, sizeof(m->vendor));
	struct pxeopt_item item;
	struct pxeopt o;
	struct span text;

	dhcpopt_get(a, DHCPOPT_VENDOR, &value);
	m->too_long |= value.overflow;
	m->vendor_n = value.n;
	pxeopt_parse(text_span(&value), &o);
	m->has_menu = m->is_pxe && pxeopt_next_item(&o.menu, &item, &text);
	if (o.has_config && !m->config[0])
		copy_string(m, m->config, sizeof(m->config), o.config);
	if (o.has_prefix && !m->has_prefix) {
		copy_string(m, m->prefix, sizeof(m->prefix), o.prefix);
		m->has_prefix = true;
	}
	if (o.has_reboot && !m->has_reboot) {
		m->reboot = o.reboot;
		m->has_reboot = true;
	}
}

/* Option 150 was GRUB's path of its menu once: text is no list of addresses. */
static uint32_t get_tftp_servers(const struct dhcpopt_areas *a)
{
	uint32_t ip = dhcpopt_get_ip4(a, DHCPOPT_TFTP_SERVERS);

	for (int shift = 0; shift < 32; shift += 8)
		if ((ip >> shift & 0xff) < 0x20 || (ip >> shift & 0xff) > 0x7e)
			return ip;
	return 0;
}

static void parse_options(struct dhcpmsg *m, const struct dhcpopt_areas *a)
{
	static char buf[DHCPMSG_VALUE + 1];
	struct text server_class = TEXT(buf);

	server_class.clip = true;
	dhcpopt_get_u8(a, DHCPOPT_TYPE, &m->type);
	dhcpopt_get_be32(a, DHCPOPT_SERVER, &m->server_id);
	dhcpopt_get_be32(a, DHCPOPT_MASK, &m->mask);
	dhcpopt_get_be32(a, DHCPOPT_LEASE, &m->lease);
	dhcpopt_get_be16(a, DHCPOPT_MTU, &m->mtu);
	m->router = dhcpopt_get_ip4(a, DHCPOPT_ROUTER);
	m->dns = dhcpopt_get_ip4(a, DHCPOPT_DNS);
	m->tftp_server = get_tftp_servers(a);
	m->has_reboot = dhcpopt_get_be32(a, DHCPOPT_REBOOT, &m->reboot);
	copy_option(m, a, DHCPOPT_MESSAGE, m->message);
	copy_option(m, a, DHCPOPT_DOMAIN, m->domain);
	copy_option(m, a, DHCPOPT_TFTP_NAME, m->tftp_name);
	copy_option(m, a, DHCPOPT_BOOTFILE, m->bootfile);
	copy_option(m, a, DHCPOPT_CONFIG, m->config);
	m->has_prefix = copy_option(m, a, DHCPOPT_PREFIX, m->prefix);
	dhcpopt_get(a, DHCPOPT_CLASS, &server_class);
	m->is_pxe = span_starts(text_span(&server_class),
				SPAN_LIT("PXEClient")) ||
		    span_starts(text_span(&server_class),
				SPAN_LIT("HTTPClient"));
	parse_vendor(m, a);
}

GUARDED bool dhcpmsg_parse(struct span p, struct dhcpmsg *m)
{
	struct span skipped, chaddr, sname, file;
	uint8_t op, htype, hlen;
	struct dhcpopt_areas a;
	uint32_t cookie;

	*m = (struct dhcpmsg){ .xid = 0 };
	if (!span_get_u8(&p, &op) || !span_get_u8(&p, &htype) ||
	    !span_get_u8(&p, &hlen) || !span_get(&p, 1, &skipped) ||
	    !span_get_be32(&p, &m->xid) || !span_get(&p, 8, &skipped) ||
	    !span_get_be32(&p, &m->yiaddr) || !span_get_be32(&p, &m->siaddr) ||
	    !span_get(&p, 4, &skipped) || !span_get(&p, CHADDR_SIZE, &chaddr) ||
	    !span_get(&p, SNAME_SIZE, &sname) ||
	    !span_get(&p, FILE_SIZE, &file) || !span_get_be32(&p, &cookie))
		return false;
	if (op != BOOTREPLY || htype != ETHERNET || hlen != sizeof(m->mac.b) ||
	    cookie != COOKIE)
		return false;
	for (size_t i = 0; i < sizeof(m->mac.b); i++)
		m->mac.b[i] = chaddr.p[i];
	dhcpopt_areas(&a, p, file, sname);
	parse_options(m, &a);
	if (!a.file_overloaded)
		copy_string(m, m->file, sizeof(m->file), file);
	if (!a.sname_overloaded)
		copy_string(m, m->sname, sizeof(m->sname), sname);
	return true;
}

const char *dhcpmsg_bootfile(const struct dhcpmsg *m)
{
	return m->file[0] ? m->file : m->bootfile;
}

bool dhcpmsg_can_boot(const struct dhcpmsg *m)
{
	return dhcpmsg_bootfile(m)[0] || m->config[0] || m->has_prefix ||
	       m->tftp_server || m->has_menu;
}

bool dhcpmsg_is_proxy(const struct dhcpmsg *m)
{
	return !m->yiaddr && m->is_pxe;
}

void dhcpmsg_get_pxe(const struct dhcpmsg *m, struct pxeopt *o)
{
	pxeopt_parse((struct span){ m->vendor, m->vendor_n }, o);
}

bool dhcpmsg_wants_menu(const struct dhcpmsg *m)
{
	struct pxeopt o;

	dhcpmsg_get_pxe(m, &o);
	return m->has_menu &&
	       !(o.control & PXEOPT_USE_FILE && dhcpmsg_bootfile(m)[0]);
}

void dhcpmsg_adopt(struct dhcpmsg *lease, const struct dhcpmsg *from,
		   uint32_t id)
{
	lease->proxy = id;
	lease->siaddr = from->siaddr;
	lease->tftp_server = from->tftp_server;
	memcpy(lease->tftp_name, from->tftp_name, sizeof(lease->tftp_name));
	memcpy(lease->sname, from->sname, sizeof(lease->sname));
	memcpy(lease->file, from->file, sizeof(lease->file));
	memcpy(lease->bootfile, from->bootfile, sizeof(lease->bootfile));
	if (from->config[0])
		memcpy(lease->config, from->config, sizeof(lease->config));
	if (from->has_prefix) {
		memcpy(lease->prefix, from->prefix, sizeof(lease->prefix));
		lease->has_prefix = true;
	}
}
