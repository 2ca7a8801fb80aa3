/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/httpmsg.h"

#include <string.h>

#include "base/guard.h"

enum state {
	STATUS,
	FIELDS, /* lines of the head */
	LENGTH,
	CLOSE, /* content, counted or up to the end */
	SIZE,
	CHUNK,
	CHUNK_END,
	TRAILER, /* content in chunks */
	DONE,
	FAILED,
};

/* The fields that matter here. */
enum field {
	CONNECTION,
	CONTENT_LENGTH,
	CONTENT_RANGE,
	ETAG,
	LAST_MODIFIED,
	LOCATION,
	TRANSFER_ENCODING,
	UNKNOWN,
};

static const char *const names[] = {
	"Connection",    "Content-Length", "Content-Range",     "ETag",
	"Last-Modified", "Location",       "Transfer-Encoding",
};

/* Appends `s`; what RFC 3986 does not let into a URL becomes a code of its
 * own, and codes that are there stay. */
static void put_escaped(struct text *t, const char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s > '~' || memchr("\"#<>\\^`{|}", *s, 10))
			text_printf(t, "%%%02x", (uint8_t)*s);
		else
			text_put_u8(t, (uint8_t)*s);
}

static GUARDED void put_base64(struct text *t, struct span s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
				     "nopqrstuvwxyz0123456789+/";
	uint8_t b[3];

	while (s.n) {
		size_t n = s.n < 3 ? s.n : 3;

		memset(b, 0, sizeof(b));
		for (size_t i = 0; i < n; i++)
			span_get_u8(&s, &b[i]);
		text_put_u8(t, (uint8_t)digits[b[0] >> 2]);
		text_put_u8(t, (uint8_t)digits[(b[0] << 4 | b[1] >> 4) & 63]);
		text_put_u8(
			t,
			n < 2 ? '=' :
				(uint8_t)digits[(b[1] << 2 | b[2] >> 6) & 63]);
		text_put_u8(t, n < 3 ? '=' : (uint8_t)digits[b[2] & 63]);
	}
}

GUARDED void httpmsg_put_request(struct text *t,
				 const struct httpmsg_request *r)
{
	const struct url *u = r->url;
	char credentials[URL_USER_SIZE + 1];
	struct text user = TEXT(credentials);

	text_puts(t, r->head ? "HEAD /" : "GET /");
	put_escaped(t, u->path);
	text_puts(t, " HTTP/1.1\r\nHost: ");
	put_escaped(t, u->host[0] ? u->host : r->host);
	if (u->port && u->port != HTTPMSG_PORT)
		text_printf(t, ":%u", u->port);
	/* What is stored as it comes must not come compressed for the way. */
	text_puts(t, "\r\nUser-Agent: lwpxeboot\r\n"
		     "Accept-Encoding: identity\r\n");
	if (u->user[0]) {
		text_puts(&user, u->user);
		if (span_find(text_span(&user), SPAN_LIT(":")) == SIZE_MAX)
			text_puts(&user, ":");
		text_puts(t, "Authorization: Basic ");
		put_base64(t, text_span(&user));
		text_puts(t, "\r\n");
	}
	if (r->from)
		text_printf(t, "Range: bytes=%ju-\r\nIf-Range: %s\r\n",
			    (uintmax_t)r->from, r->validator);
	text_puts(t, "\r\n");
}

static void start_line(struct httpmsg *m)
{
	m->line = TEXT(m->line_bytes);
	m->line.clip = true;
}

void httpmsg_start(struct httpmsg *m, bool head_only)
{
	*m = (struct httpmsg){ .head_only = head_only, .persistent = true };
	start_line(m);
}

/* Takes a number of at most as many digits as 64 bits surely hold; further
 * ones stay, where nobody wants them. */
static bool get_number(struct span *s, unsigned base, uint64_t *v)
{
	int left = base == 16 ? 16 : 19, most = left;
	struct span next = *s;
	uint8_t digit;

	*v = 0;
	for (; left && span_get_hex_digit(&next, &digit) && digit < base;
	     left--) {
		*v = *v * base + digit;
		*s = next;
	}
	return left < most;
}

/* Takes bytes up to the end of a line, a bare LF too (RFC 9112 section 2.2).
 * Returns true if that is there. */
static bool get_line(struct httpmsg *m, struct span *s)
{
	struct span part;
	bool whole = span_get_until(s, '\n', &part);

	text_put(&m->line, part);
	m->taken += part.n + whole;
	if (whole && m->line.n && m->line.p[m->line.n - 1] == '\r' &&
	    !m->line.overflow)
		m->line.n--;
	return whole;
}

/* RFC 9112 section 4. */
static bool take_status(struct httpmsg *m, struct span s)
{
	struct text reason = TEXT(m->reason);
	struct span code;
	uint64_t v;

	if (!span_starts(s, SPAN_LIT("HTTP/1.")) || s.n < 12 || s.p[8] != ' ' ||
	    (s.n > 12 && s.p[12] != ' '))
		return false;
	m->old = s.p[7] == '0';
	code = (struct span){ s.p + 9, 3 };
	if (!get_number(&code, 10, &v) || code.n || v < 100)
		return false;
	m->status = (uint32_t)v;
	reason.clip = true;
	if (s.n > 13)
		text_put(&reason, (struct span){ s.p + 13, s.n - 13 });
	m->state = FIELDS;
	return true;
}

/* RFC 9110 section 14.4; what is none leaves has_range as it is. */
static void take_range(struct httpmsg *m, struct span s)
{
	struct span unit;

	if (!span_get_until(&s, ' ', &unit) ||
	    !span_eq_nocase(unit, SPAN_LIT("bytes")) ||
	    !get_number(&s, 10, &m->first) || !span_starts(s, SPAN_LIT("-")))
		return;
	span_get(&s, 1, &unit);
	if (!get_number(&s, 10, &m->last) || !span_starts(s, SPAN_LIT("/")))
		return;
	span_get(&s, 1, &unit);
	m->has_total = get_number(&s, 10, &m->total);
	m->has_range = m->first <= m->last &&
		       (m->has_total ? !s.n && m->last < m->total :
				       span_eq(s, SPAN_LIT("*")));
}

static bool take_length(struct httpmsg *m, struct span s)
{
	uint64_t v;

	if (!get_number(&s, 10, &v) || s.n || (m->has_length && v != m->length))
		return false;
	m->has_length = true;
	m->length = v;
	return true;
}

static void take_connection(struct httpmsg *m, struct span s)
{
	struct span option;

	while (s.n) {
		span_get_until(&s, ',', &option);
		option = span_skip_blanks(span_trim_end(option));
		if (span_eq_nocase(option, SPAN_LIT("close")))
			m->persistent = false;
	}
}

/* Keeps what tells this version of the file from others: RFC 9110 section
 * 8.8.  A weak ETag does not; the time does while there is no better. */
static void take_validator(struct httpmsg *m, struct span s, bool etag)
{
	struct text t;

	if (etag ? !span_starts(s, SPAN_LIT("\"")) : m->etag)
		return;
	t = TEXT(m->validator);
	text_put(&t, s);
	m->etag |= etag;
}

static bool take_value(struct httpmsg *m, unsigned field, struct span s)
{
	struct text location;

	switch (field) {
	case CONNECTION:
		take_connection(m, s);
		break;
	case CONTENT_LENGTH:
		return take_length(m, s);
	case CONTENT_RANGE:
		take_range(m, s);
		break;
	case ETAG:
	case LAST_MODIFIED:
		take_validator(m, s, field == ETAG);
		break;
	case LOCATION:
		location = TEXT(m->location);
		text_put(&location, s);
		break;
	default:
		m->chunked = span_eq_nocase(s, SPAN_LIT("chunked"));
		return m->chunked;
	}
	return true;
}

/* Control characters would part the line for somebody else. */
static bool has_control(struct span s)
{
	uint8_t c;

	while (span_get_u8(&s, &c))
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return true;
	return false;
}

/* Takes a line of the head.  One that begins with a blank continues the one
 * before, which is of no interest unless that one was. */
static bool take_field(struct httpmsg *m, struct span s)
{
	struct span name, value = s;
	unsigned field = 0;

	if (is_blank(s.p[0]))
		return m->ignored;
	if (!span_get_until(&value, ':', &name) || !name.n ||
	    is_blank(name.p[name.n - 1]))
		return false;
	while (field < UNKNOWN && !span_eq_nocase(name, span_of(names[field])))
		field++;
	m->ignored = field == UNKNOWN;
	if (m->ignored)
		return true;
	if (m->line.overflow || has_control(value) ||
	    (m->seen >> field & 1 && field > CONTENT_LENGTH))
		return false;
	m->seen |= 1u << field;
	return take_value(m, field, span_skip_blanks(span_trim_end(value)));
}

/* Where the content ends: RFC 9112 section 6.3. */
static bool end_head(struct httpmsg *m)
{
	const size_t taken = m->taken;

	if (m->status < 200 && m->status != 101) {
		httpmsg_start(m, m->head_only);
		m->taken = taken;
		return true;
	}
	/* Nobody asked for 101, another protocol. */
	if (m->status < 200 || (m->chunked && (m->has_length || m->old)) ||
	    (m->status == 206 && m->has_range && m->has_length &&
	     m->length != m->last - m->first + 1 && !m->head_only))
		return false;
	m->left = m->has_length ? m->length : UINT64_MAX;
	m->state = m->head_only || m->status == 204 || m->status == 304 ? DONE :
		   m->chunked                                           ? SIZE :
		   !m->has_length ? CLOSE :
		   m->left        ? LENGTH :
				    DONE;
	m->persistent &= !m->old && m->state != CLOSE;
	return true;
}

/* RFC 9112 section 7.1; extensions are none that we know. */
static bool take_size(struct httpmsg *m, struct span s)
{
	if (m->line.overflow || !get_number(&s, 16, &m->left) || has_control(s))
		return false;
	s = span_skip_blanks(s);
	m->taken = 0;
	m->state = m->left ? CHUNK : TRAILER;
	return !s.n || s.p[0] == ';';
}

/* Acts on a whole line.  Returns what is wrong with it. */
static const char *take_line(struct httpmsg *m)
{
	struct span s = text_span(&m->line);

	switch (m->state) {
	case STATUS:
		return take_status(m, s) ? NULL : "does not speak HTTP/1.1";
	case FIELDS:
		if (!s.n)
			return end_head(m) ? NULL :
					     "contradicts itself in its "
					     "answer's head";
		return take_field(m, s) ? NULL :
					  "sends a bad or repeated "
					  "field in its answer's head";
	case SIZE:
		return take_size(m, s) ? NULL : "sends a chunk without a size";
	case CHUNK_END:
		m->state = SIZE;
		return s.n ? "sends a chunk that is too long" : NULL;
	default: /* TRAILER: nothing there is of use */
		if (!s.n)
			m->state = DONE;
		return NULL;
	}
}

static enum httpmsg_event get_data(struct httpmsg *m, struct span *s,
				   struct span *data)
{
	size_t n = s->n;

	if (n > m->left)
		n = (size_t)m->left;
	if (!n)
		return HTTPMSG_MORE;
	span_get(s, n, data);
	m->left -= n;
	if (!m->left)
		m->state = m->chunked ? CHUNK_END : DONE;
	return HTTPMSG_DATA;
}

enum httpmsg_event httpmsg_get(struct httpmsg *m, struct span *s,
			       struct span *data)
{
	bool whole, head;

	while (m->state != DONE && m->state != FAILED) {
		if (m->state == LENGTH || m->state == CLOSE ||
		    m->state == CHUNK)
			return get_data(m, s, data);
		whole = get_line(m, s);
		head = m->state == FIELDS;
		m->broken = m->taken > HTTPMSG_HEAD_MAX ?
				    "sends a head without end" :
			    whole ? take_line(m) :
				    NULL;
		if (m->broken)
			m->state = FAILED;
		else if (!whole)
			return HTTPMSG_MORE;
		start_line(m);
		if (head && m->state > FIELDS && m->state != FAILED)
			return HTTPMSG_HEAD;
	}
	return m->state == DONE ? HTTPMSG_END : HTTPMSG_BROKEN;
}

bool httpmsg_ends(const struct httpmsg *m)
{
	return m->state == CLOSE || m->state == DONE;
}
