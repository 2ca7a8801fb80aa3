/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/dhcpmsg.h"

#include "format/dhcpopt.h"

#define COOKIE 0x63825363u     /* RFC 2131 section 3 */
#define BROADCAST_FLAG 0x8000u
#define BOOTREQUEST 1
#define BOOTREPLY 2
#define ETHERNET 1

/* RFC 2131 section 2: the fixed fields before sname, file and the cookie. */
#define SNAME_SIZE 64
#define FILE_SIZE 128
#define CHADDR_SIZE 16

/* We are the boot ROM, so we can ask for the options that PXELINUX needs from
 * a server and that real ROMs forget: 66, 150 and 208 to 211. */
static const uint8_t request_list[] = {
	1, 3, 6, 12, 15, 17, 26, 28, 42, 43, 51, 54, 58, 59, 60, 66, 67, 97,
	119, 121, 128, 129, 130, 131, 132, 133, 134, 135, 150, 175, 208, 209,
	210, 211,
};

/* Servers choose what to offer by this: BIOS clients (architecture 0) are sent
 * to PXELINUX and its configuration, everybody else to GRUB. */
static const char vendor_class[] = "PXEClient:Arch:00000:UNDI:002001";
static const uint8_t arch_bios[] = { 0, 0 };
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
	text_put_be16(t, BROADCAST_FLAG);
	put_zeros(t, 4 * 4); /* ciaddr, yiaddr, siaddr, giaddr */
	text_put(t, (struct span){ q->mac.b, sizeof(q->mac.b) });
	put_zeros(t, CHADDR_SIZE - sizeof(q->mac.b) + SNAME_SIZE + FILE_SIZE);
}

void dhcpmsg_put(struct text *t, const struct dhcpmsg_query *q)
{
	const uint8_t type = (uint8_t)q->type;

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
	put_option(t, DHCPOPT_CLASS, SPAN_LIT(vendor_class));
	put_option(t, DHCPOPT_ARCH,
		   (struct span){ arch_bios, sizeof(arch_bios) });
	put_option(t, DHCPOPT_NII,
		   (struct span){ undi_2_1, sizeof(undi_2_1) });
	if (q->uuid.known) {
		text_put_u8(t, DHCPOPT_UUID);
		text_put_u8(t, 1 + sizeof(q->uuid.b));
		text_put_u8(t, 0); /* the only type there is: RFC 4578 2.3 */
		text_put(t, (struct span){ q->uuid.b, sizeof(q->uuid.b) });
	}
	text_put_u8(t, DHCPOPT_END);
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
	char joined[DHCPMSG_MAX];
	struct text value = TEXT(joined);
	bool found = dhcpopt_get(a, code, &value);

	m->too_long |= value.overflow;
	copy_string(m, field, DHCPMSG_STRING, text_span(&value));
	return found;
}

static void parse_options(struct dhcpmsg *m, const struct dhcpopt_areas *a)
{
	dhcpopt_get_u8(a, DHCPOPT_TYPE, &m->type);
	dhcpopt_get_be32(a, DHCPOPT_SERVER, &m->server_id);
	dhcpopt_get_be32(a, DHCPOPT_MASK, &m->mask);
	dhcpopt_get_be32(a, DHCPOPT_LEASE, &m->lease);
	dhcpopt_get_be16(a, DHCPOPT_MTU, &m->mtu);
	m->router = dhcpopt_get_ip4(a, DHCPOPT_ROUTER);
	m->dns = dhcpopt_get_ip4(a, DHCPOPT_DNS);
	m->tftp_server = dhcpopt_get_ip4(a, DHCPOPT_TFTP_SERVERS);
	copy_option(m, a, DHCPOPT_MESSAGE, m->message);
	copy_option(m, a, DHCPOPT_DOMAIN, m->domain);
	copy_option(m, a, DHCPOPT_TFTP_NAME, m->tftp_name);
	copy_option(m, a, DHCPOPT_BOOTFILE, m->bootfile);
	copy_option(m, a, DHCPOPT_CONFIG, m->config);
	m->has_prefix = copy_option(m, a, DHCPOPT_PREFIX, m->prefix);
}

bool dhcpmsg_parse(struct span p, struct dhcpmsg *m)
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
	       m->tftp_server;
}
