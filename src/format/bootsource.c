/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/bootsource.h"

#include "base/guard.h"

static void add_ip(struct bootsource *b, uint32_t ip, const char *from)
{
	if (!ip4_is_host(ip) || b->servers == BOOTSOURCE_SERVERS)
		return;
	for (size_t i = 0; i < b->servers; i++)
		if (b->server[i].ip == ip)
			return;
	b->server[b->servers++] = (struct bootserver){ .ip = ip, .from = from };
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
		if (b->server[i].name &&
		    span_eq_nocase(span_of(name), span_of(b->server[i].name)))
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

/* Returns how much of an absolute name is "scheme://host" or "host::"; 0 of any
 * other name. */
static size_t authority_length(struct span name)
{
	struct span rest = name, part;

	if (!url_is_absolute(name))
		return 0;
	span_get_until(&rest, ':', &part);
	if (!span_starts(rest, SPAN_LIT("//")))
		return part.n + 2;
	span_get(&rest, 2, &part);
	span_get_until(&rest, '/', &part);
	return (size_t)(part.p + part.n - name.p);
}

static GUARDED void put_prefix(struct bootsource *b, struct span prefix)
{
	struct text t = TEXT(b->prefix), host = TEXT(b->host);
	static char reason[64];
	struct text why = TEXT(reason);
	struct url url;

	if (!url_is_absolute(prefix))
		text_puts(&t, "::");
	text_put(&t, prefix);
	if (prefix.n == authority_length(prefix) && t.p[t.n - 1] != ':')
		text_puts(&t, "/");
	if (!url_resolve(&url, text_span(&t), SPAN_LIT("x"), &why))
		text_puts(&host, url.host);
}

/* Makes the prefix: option 210, or what the boot file's name has of one. */
static void find_prefix(struct bootsource *b, const struct dhcpmsg *m)
{
	struct span file = span_of(dhcpmsg_bootfile(m));
	size_t kept = authority_length(file);

	if (m->has_prefix) {
		put_prefix(b, span_of(m->prefix));
		return;
	}
	while (file.n > kept && is_name_byte(file.p[file.n - 1]))
		file.n--;
	put_prefix(b, file);
}

/* Adds where the message itself says that the files are. */
static void add_servers(struct bootsource *b, const struct dhcpmsg *m)
{
	uint32_t speaker = m->proxy ? m->proxy : m->server_id;

	if (m->siaddr != speaker)
		add_ip(b, m->siaddr, "next-server");
	add_name(b, m->tftp_name, "option 66");
	add_name(b, m->sname, "the server name field");
	add_ip(b, m->tftp_server, "option 150");
	add_ip(b, m->siaddr, "next-server");
	add_ip(b, m->proxy, "the PXE server itself");
	add_ip(b, m->server_id, "the DHCP server itself");
}

void bootsource_from_lease(struct bootsource *b, const struct dhcpmsg *m)
{
	*b = (struct bootsource){ .config = m->config };
	find_prefix(b, m);
	if (b->host[0])
		add_name(b, b->host,
			 m->has_prefix ? "option 210" : "the boot file's URL");
	if (!b->servers)
		add_servers(b, m);
}

GUARDED void bootsource_set_location(struct bootsource *b, struct span location)
{
	struct text prefix = TEXT(b->prefix), host;
	static char reason[64];
	struct text why = TEXT(reason);
	struct url url;

	if (!url_is_absolute(location))
		text_puts(&prefix, "::");
	text_put(&prefix, location);
	if (prefix.p[prefix.n - 1] != '/' && prefix.p[prefix.n - 1] != ':')
		text_puts(&prefix, "/");
	if (url_resolve(&url, text_span(&prefix), SPAN_LIT("x"), &why) ||
	    !url.host[0])
		return;
	host = TEXT(b->host);
	text_puts(&host, url.host);
	b->servers = 0;
	add_name(b, b->host, "--location");
}
