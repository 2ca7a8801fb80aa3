/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/inject.h"

#include "base/guard.h"
#include "config.h"
#include "format/cpio.h"

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* Returns true if all bytes are letters, digits or among `others`. */
static bool has_only(struct span s, struct span others)
{
	uint8_t c;

	while (span_get_u8(&s, &c))
		if (!is_alnum(c) &&
		    span_find(others, (struct span){ &c, 1 }) == SIZE_MAX)
			return false;
	return true;
}

bool inject_is_path(struct span path)
{
	struct span name;
	bool more;

	if (path.n > INJECT_PATH)
		return false;
	do {
		more = span_get_until(&path, '/', &name);
		if (!name.n || !has_only(name, SPAN_LIT("._-+")) ||
		    span_eq(name, SPAN_LIT(".")) ||
		    span_eq(name, SPAN_LIT("..")))
			return false;
	} while (more);
	return true;
}

static void put_line(struct text *t, const char *key, struct span value)
{
	const bool is_right = value.n <= INJECT_VALUE &&
			      has_only(value, SPAN_LIT("-._~:/?&=%+@,"));

	text_printf(t, "LWPXEBOOT_%s='", key);
	if (is_right)
		text_put(t, value);
	text_puts(t, "'\n");
}

static GUARDED void put_address(struct text *t, const char *key, uint32_t ip)
{
	char buf[16];
	struct text value = TEXT(buf);

	if (ip)
		ip4_put(&value, ip);
	put_line(t, key, text_span(&value));
}

static GUARDED void put_guest(struct text *t, const struct spec *spec)
{
	char buf[40];
	struct text value = TEXT(buf);

	put_line(t, "NAME", span_of(spec->name));
	if (spec->uuid.known)
		uuid_put(&value, &spec->uuid);
	put_line(t, "UUID", text_span(&value));
	text_reset(&value);
	mac_put(&value, &spec->vif.mac, ':');
	put_line(t, "MAC", text_span(&value));
}

/* A URL without its password. */
static GUARDED void put_url(struct text *t, const char *key,
			    const struct url *u, uint32_t server)
{
	char buf[INJECT_VALUE + 2];
	struct text value = TEXT(buf);

	value.clip = true; /* one byte too long is too long */
	text_printf(&value, "%s://", u->scheme);
	if (u->host[0])
		text_puts(&value, u->host);
	else
		ip4_put(&value, server);
	if (u->port)
		text_printf(&value, ":%u", u->port);
	text_printf(&value, "/%s", u->path);
	put_line(t, key, text_span(&value));
}

void inject_put_lines(struct text *t, const struct inject *i)
{
	const struct dhcpmsg *m = i->lease;
	static char seconds[16];
	struct text value = TEXT(seconds);

	put_line(t, "VERSION", span_of(LWPXE_VERSION));
	put_guest(t, i->spec);
	put_address(t, "ADDRESS", m->yiaddr);
	put_address(t, "NETMASK", m->mask);
	put_address(t, "ROUTER", m->router);
	put_address(t, "DNS", m->dns);
	put_line(t, "DOMAIN", span_of(m->domain));
	text_printf(&value, "%u", m->lease);
	put_line(t, "LEASE", text_span(&value));
	put_address(t, "DHCP_SERVER", m->server_id);
	put_address(t, "BOOT_SERVER", i->server);
	put_line(t, "LABEL", i->label);
	put_url(t, "KERNEL", i->kernel, i->server);
}

void inject_put(struct text *t, const struct inject *i)
{
	static char lines[INJECT_LINES];
	struct text content = TEXT(lines);

	inject_put_lines(&content, i);
	cpio_put_file(t, i->spec->inject, text_span(&content));
}
