/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/url.h"

#include "base/err.h"

/* Which of the three forms a name has: url_type() in urlparse.c looks at the
 * first colon only. */
enum form { SUFFIX, FULL, OLD_TFTP };

static enum form form_of(struct span s)
{
	struct span before;

	if (!span_get_until(&s, ':', &before))
		return SUFFIX;
	if (span_starts(s, SPAN_LIT("//")))
		return FULL;
	return span_starts(s, SPAN_LIT(":")) ? OLD_TFTP : SUFFIX;
}

bool url_is_absolute(struct span name)
{
	return form_of(name) != SUFFIX;
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Appends `s` with its percent codes resolved, up to the ";mode=" with which a
 * TFTP URL may end (RFC 3617).  A code that stands for NUL would end the name
 * inside the request, so it stays as it is. */
static void put_unescaped(struct text *t, struct span s)
{
	uint8_t c;
	int value;

	while (span_get_u8(&s, &c) && c != ';') {
		value = c == '%' && s.n >= 2 && hex_value(s.p[0]) >= 0 &&
			hex_value(s.p[1]) >= 0 ?
			hex_value(s.p[0]) << 4 | hex_value(s.p[1]) : 0;
		if (value) {
			c = (uint8_t)value;
			span_get(&s, 2, &(struct span){ 0 });
		}
		text_put_u8(t, c);
	}
}

/* Reads what stands between "://" and the path: [user[:password]@]host[:port];
 * a user has no meaning for the protocols here and is dropped. */
static bool parse_authority(struct span s, struct url *u, struct text *host)
{
	struct span part;

	while (span_get_until(&s, '@', &part))
		;
	if (span_get_until(&part, ':', &s)) {
		if (!span_get_number(&part, 65535, &u->port) || part.n)
			return false;
	}
	text_put(host, s);
	return true;
}

int url_resolve(struct url *u, struct span prefix, struct span name,
		struct text *why)
{
	struct text scheme = TEXT(u->scheme), host = TEXT(u->host);
	struct text path = TEXT(u->path);
	char joined[URL_HOST_SIZE + URL_PATH_SIZE];
	struct text whole = TEXT(joined);
	struct span s, word, part;
	bool port_ok = true;

	*u = (struct url){ .port = 0 };
	span_get_word(&name, &word);
	if (!url_is_absolute(word))
		text_put(&whole, prefix);
	text_put(&whole, word);
	s = text_span(&whole);
	if (form_of(s) == FULL) {
		span_get_until(&s, ':', &part);
		text_put(&scheme, part);
		span_get(&s, 2, &part);
		span_get_until(&s, '/', &part);
		port_ok = parse_authority(part, u, &host);
		span_get_until(&s, '#', &part);
		if (span_eq(text_span(&scheme), SPAN_LIT("tftp")))
			put_unescaped(&path, part);
		else
			text_put(&path, part);
	} else {
		text_puts(&scheme, "tftp");
		if (form_of(s) == OLD_TFTP) {
			span_get_until(&s, ':', &part);
			text_put(&host, part);
			span_get(&s, 1, &part);
		}
		text_put(&path, s);
	}
	if (port_ok && !whole.overflow && !scheme.overflow && !host.overflow &&
	    !path.overflow)
		return 0;
	text_printf(why, "%s in the name %.*s", !port_ok ?
		    "there is a bad port number" : "something is too long",
		    SPAN_ARG(word));
	return -E_UNSUPPORTED;
}
