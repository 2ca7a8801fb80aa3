/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/httpmsg.h"

/* What came of reading a response. */
struct outcome {
	enum httpmsg_event last;
	bool has_head, ends;
	struct httpmsg head; /* as it was at HTTPMSG_HEAD */
	const char *broken;
	size_t taken; /* bytes of the input */
	size_t n;     /* bytes of content */
	uint64_t sum; /* of the content */
};

static uint32_t number; /* for the places where the bytes are cut */

static size_t piece_size(size_t left)
{
	size_t n;

	number = number * 1664525 + 1013904223;
	n = 1 + (number >> 16) % (number >> 31 ? 3 : 64);
	return n < left ? n : left;
}

static void take_event(struct outcome *o, const struct httpmsg *m,
		       struct span data, struct span piece)
{
	if (o->last == HTTPMSG_HEAD) {
		fuzz_check(!o->has_head && !o->n);
		o->has_head = true;
		o->head = *m;
		return;
	}
	fuzz_check(o->has_head && data.n && fuzz_inside(data, piece));
	for (size_t i = 0; i < data.n; i++)
		o->sum = o->sum * 31 + data.p[i];
	o->n += data.n;
}

/* Reads `s`, whole or in pieces of which each has a copy of its own. */
static void read_all(struct outcome *o, struct span s, bool head_only,
		     bool whole)
{
	static struct fuzz_room room;
	static struct httpmsg m;
	struct span piece, rest, data = { 0 };
	uint8_t *copy;

	*o = (struct outcome){ .last = HTTPMSG_MORE };
	httpmsg_start(&m, head_only);
	while (o->last == HTTPMSG_MORE && s.n) {
		span_get(&s, whole ? s.n : piece_size(s.n), &piece);
		copy = fuzz_place(&room, piece.n);
		memcpy(copy, piece.p, piece.n);
		rest = piece = (struct span){ copy, piece.n };
		while ((o->last = httpmsg_get(&m, &rest, &data)) ==
			       HTTPMSG_HEAD ||
		       o->last == HTTPMSG_DATA)
			take_event(o, &m, data, piece);
		fuzz_check(o->last != HTTPMSG_MORE || !rest.n);
		o->taken += piece.n - rest.n;
	}
	o->broken = m.broken;
	o->ends = httpmsg_ends(&m);
	fuzz_check((o->last == HTTPMSG_BROKEN) == (m.broken != NULL));
}

static void check_head(const struct outcome *o, bool head_only)
{
	const struct httpmsg *m = &o->head;
	bool empty = head_only || m->status == 204 || m->status == 304;

	fuzz_check(m->status >= 200 && m->status <= 999);
	fuzz_check(!fuzz_control_bytes(span_of(m->validator)) ||
		   strchr(m->validator, '\t'));
	fuzz_check(memchr(m->location, 0, sizeof(m->location)) != NULL);
	fuzz_check(!strpbrk(m->location, "\r\n"));
	fuzz_check(!strpbrk(m->validator, "\r\n"));
	fuzz_check(!empty || !o->n);
	if (m->has_length && !empty) {
		fuzz_check(o->n <= m->length);
		fuzz_check((o->last == HTTPMSG_END) == (o->n == m->length));
	}
	if (m->has_range)
		fuzz_check(m->first <= m->last &&
			   (!m->has_total || m->last < m->total));
}

static void put_request(struct text *t, const void *r)
{
	httpmsg_put_request(t, r);
}

static void take(struct span *s, const char *expected)
{
	struct span front;

	fuzz_check(span_get(s, strlen(expected), &front) &&
		   span_eq(front, span_of(expected)));
}

/* Reads what stands up to a blank back, without its percent codes. */
static void take_path(struct span *s, const char *path)
{
	uint8_t c;

	take(s, "/");
	for (; *path; path++) {
		fuzz_check(span_get_u8(s, &c) && c > ' ' && c < 0x7f);
		if (c == '%' && *path != '%')
			fuzz_check(span_get_hex_byte(s, &c));
		fuzz_check(c == (uint8_t)*path);
	}
	take(s, " HTTP/1.1\r\n");
}

/* Reads Basic's base64 back (RFC 4648 section 4): a name and a password, with a
 * colon between them. */
static void take_user(struct span *s, const char *user)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl"
				     "mnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	unsigned held = 0;
	const char *digit, *whole = strchr(user, ':') ? "" : ":";
	struct span line;

	take(s, "Authorization: Basic ");
	fuzz_check(span_get_until(s, '\r', &line) && line.n % 4 == 0);
	take(s, "\n");
	for (size_t i = 0; i < line.n && line.p[i] != '='; i++) {
		digit = strchr(digits, line.p[i]);
		fuzz_check(digit && *digit);
		bits = bits << 6 | (uint32_t)(digit - digits);
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		fuzz_check((uint8_t)(bits >> held) ==
			   (uint8_t)(*user ? *user++ : *whole++));
	}
	fuzz_check(!*user && !*whole);
}

static size_t count_lines(struct span s)
{
	size_t lines = 0;

	for (size_t i = 0; i < s.n; i++) {
		lines += s.p[i] == '\n';
		fuzz_check((s.p[i] == '\n') == (i && s.p[i - 1] == '\r'));
	}
	fuzz_check(fuzz_control_bytes(s) == 2 * lines);
	return lines;
}

/* A URL with these bytes everywhere makes a request of as many lines as it has
 * without them, which says what was meant. */
static void check_request(struct span s)
{
	char *string = strndup(s.n ? (const char *)s.p : "", s.n);
	struct text user, host, path;
	struct url url = { .port = (uint32_t)s.n };
	struct httpmsg_request r = { .url = &url,
				     .host = "h",
				     .head = s.n & 1 };
	static char buf[4096];
	struct text t = TEXT(buf);
	struct span rest;

	user = TEXT(url.user);
	host = TEXT(url.host);
	path = TEXT(url.path);
	user.clip = host.clip = path.clip = true;
	text_puts(&user, string);
	text_puts(&host, string);
	text_puts(&path, string);
	r.from = s.n > 9 ? s.n : 0;
	r.validator = r.from ? "\"v\"" : NULL;
	httpmsg_put_request(&t, &r);
	fuzz_check(!t.overflow);
	fuzz_check(count_lines(text_span(&t)) ==
		   5u + !!url.user[0] + (r.from ? 2 : 0));
	rest = text_span(&t);
	take(&rest, r.head ? "HEAD " : "GET ");
	take_path(&rest, url.path);
	while (url.user[0] && rest.n &&
	       !span_starts(rest, SPAN_LIT("Authorization")))
		span_get_until(&rest, '\n', &(struct span){ 0 });
	if (url.user[0])
		take_user(&rest, url.user);
	fuzz_sweep(put_request, &r);
	free(string);
}

/* The input is a byte, which says how the rest, a response, is cut. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct outcome whole, pieces;
	struct span s = fuzz_copy(data, n);
	uint8_t how = 0;

	span_get_u8(&s, &how);
	number = how;
	read_all(&whole, s, how & 1, true);
	read_all(&pieces, s, how & 1, false);
	fuzz_check(whole.last == pieces.last && whole.ends == pieces.ends);
	fuzz_check(whole.broken == pieces.broken);
	fuzz_check(whole.taken == pieces.taken);
	fuzz_check(whole.n == pieces.n && whole.sum == pieces.sum);
	fuzz_check(whole.has_head == pieces.has_head);
	fuzz_check(!memcmp(&whole.head, &pieces.head, sizeof(whole.head)));
	if (whole.has_head)
		check_head(&whole, how & 1);
	check_request(s);
	return 0;
}
