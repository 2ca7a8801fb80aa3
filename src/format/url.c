/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/url.h"

#include <string.h>

#include "base/err.h"
#include "base/guard.h"

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

/* Appends `s` with its percent codes resolved.  A code that stands for NUL
 * would end the name inside the request, so it stays as it is. */
static void put_unescaped(struct text *t, struct span s)
{
	struct span code;
	uint8_t c, value;

	while (span_get_u8(&s, &c)) {
		code = s;
		if (c == '%' && span_get_hex_byte(&code, &value) && value) {
			c = value;
			s = code;
		}
		text_put_u8(t, c);
	}
}

/* Reads what stands between "://" and the path: [user[:password]@]host[:port].
 * A user ends at the last '@', since passwords contain them. */
static bool parse_authority(struct span s, struct url *u, struct text *user,
			    struct text *host)
{
	struct span whole = s, part;

	while (span_get_until(&s, '@', &part))
		;
	if (part.n < whole.n)
		put_unescaped(user,
			      (struct span){ whole.p, whole.n - part.n - 1 });
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
	struct text path = TEXT(u->path), user = TEXT(u->user);
	static char joined[URL_HOST_SIZE + URL_PATH_SIZE];
	struct text whole = TEXT(joined);
	struct span s, word, part;
	bool port_ok = true;

	*u = (struct url){ .port = 0 };
	word = span_get_word(&name);
	if (!url_is_absolute(word))
		text_put(&whole, prefix);
	text_put(&whole, word);
	s = text_span(&whole);
	if (form_of(s) == FULL) {
		span_get_until(&s, ':', &part);
		text_put(&scheme, part);
		span_get(&s, 2, &part);
		span_get_until(&s, '/', &part);
		port_ok = parse_authority(part, u, &user, &host);
		span_get_until(&s, '#', &part);
		if (span_eq(text_span(&scheme), SPAN_LIT("tftp"))) {
			/* ";mode=" may stand behind: RFC 3617. */
			span_get_until(&part, ';', &s);
			put_unescaped(&path, s);
		} else {
			text_put(&path, part);
		}
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
	    !path.overflow && !user.overflow)
		return 0;
	text_printf(why, "%s in the name %.*s",
		    !port_ok ? "there is a bad port number" :
			       "something is too long",
		    SPAN_ARG(word));
	return -E_UNSUPPORTED;
}

/* Returns true if `s` begins with a scheme; RFC 3986 section 3.1. */
static bool has_scheme(struct span s)
{
	struct span scheme;
	uint8_t c;

	if (!span_get_until(&s, ':', &scheme))
		return false;
	while (span_get_u8(&scheme, &c))
		if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z') &&
		    !memchr("0123456789+-.", c, 13))
			return false;
	return true;
}

/* Appends the start of the URL that a relative reference goes behind. */
static void put_base(struct text *t, const struct url *u, struct span to)
{
	struct span path = span_of(u->path), part;
	size_t keep = 0;

	text_printf(t, "%s:", u->scheme);
	if (span_starts(to, SPAN_LIT("//")))
		return;
	text_printf(t, "//%s", u->host);
	if (u->port)
		text_printf(t, ":%u", u->port);
	if (span_starts(to, SPAN_LIT("/")))
		return;
	span_get_until(&path, '?', &part);
	for (size_t i = 0; i < part.n; i++)
		if (part.p[i] == '/' || span_starts(to, SPAN_LIT("?")))
			keep = i + 1;
	text_printf(t, "/%.*s", (int)keep, (const char *)part.p);
}

GUARDED int url_redirect(struct url *u, struct span to, struct text *why)
{
	const struct url from = *u;
	static char whole[URL_HOST_SIZE + URL_PATH_SIZE];
	struct text t = TEXT(whole);
	const struct span word = span_get_word(&to);
	int rc;

	if (!has_scheme(word))
		put_base(&t, &from, word);
	text_put(&t, word);
	if (t.overflow || form_of(text_span(&t)) != FULL) {
		text_printf(why, "it redirects to a place that %s",
			    t.overflow ? "is too long" : "has no server");
		return -E_UNSUPPORTED;
	}
	rc = url_resolve(u, (struct span){ 0 }, text_span(&t), why);
	if (!rc && !u->user[0] && u->port == from.port &&
	    span_eq_nocase(span_of(u->host), span_of(from.host)))
		memcpy(u->user, from.user, sizeof(u->user));
	return rc;
}
