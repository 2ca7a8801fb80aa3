/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/bootsource.h"

static void add_ip(struct bootsource *b, uint32_t ip, const char *from)
{
	if (!ip4_is_host(ip) || b->servers == BOOTSOURCE_SERVERS)
		return;
	for (size_t i = 0; i < b->servers; i++)
		if (b->server[i].ip == ip)
			return;
	b->server[b->servers++] = (struct bootserver){ .ip = ip,
						       .from = from };
}

static void add_name(struct bootsource *b, const char *name, const char *from)
{
	uint32_t ip;

	if (ip4_parse(span_of(name), &ip)) {
		add_ip(b, ip, from);
		return;
	}
	if (!name[0] || b->servers == BOOTSOURCE_SERVERS)
		return;
	for (size_t i = 0; i < b->servers; i++)
		if (b->server[i].name && span_eq_nocase(span_of(name),
						span_of(b->server[i].name)))
			return;
	b->server[b->servers++] = (struct bootserver){ .name = name,
						       .from = from };
}

/* Folds like PXELINUX does before it compares. */
static bool is_name_byte(uint8_t c)
{
	c |= 0x20;
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' ||
	       c == '-';
}

static void put_prefix(struct bootsource *b, struct span prefix)
{
	struct text t = TEXT(b->prefix);

	if (!url_is_absolute(prefix))
		text_puts(&t, "::");
	text_put(&t, prefix);
}

void bootsource_from_lease(struct bootsource *b, const struct dhcpmsg *m)
{
	struct span file = span_of(dhcpmsg_bootfile(m));

	*b = (struct bootsource){ .config = m->config };
	if (m->siaddr != m->server_id)
		add_ip(b, m->siaddr, "next-server");
	add_name(b, m->tftp_name, "option 66");
	add_name(b, m->sname, "the server name field");
	add_ip(b, m->tftp_server, "option 150");
	add_ip(b, m->siaddr, "next-server");
	add_ip(b, m->server_id, "the DHCP server itself");
	if (m->has_prefix) {
		put_prefix(b, span_of(m->prefix));
		return;
	}
	while (file.n && is_name_byte(file.p[file.n - 1]))
		file.n--;
	put_prefix(b, file);
}
