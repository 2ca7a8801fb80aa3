/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/httpmsg.h"

/* What came of reading a response. */
struct outcome {
	enum httpmsg_event last;
	bool has_head, ends;
	struct httpmsg head;    /* as it was at HTTPMSG_HEAD */
	const char *broken;
	size_t taken;           /* bytes of the input */
	size_t n;               /* bytes of content */
	uint64_t sum;           /* of the content */
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
	static struct httpmsg m;
	struct span piece, rest, data = { 0 };
	uint8_t *copy;

	*o = (struct outcome){ .last = HTTPMSG_MORE };
	httpmsg_start(&m, head_only);
	while (o->last == HTTPMSG_MORE && s.n) {
		span_get(&s, whole ? s.n : piece_size(s.n), &piece);
		copy = malloc(piece.n);
		memcpy(copy, piece.p, piece.n);
		rest = piece = (struct span){ copy, piece.n };
		while ((o->last = httpmsg_get(&m, &rest, &data)) ==
		       HTTPMSG_HEAD || o->last == HTTPMSG_DATA)
			take_event(o, &m, data, piece);
		fuzz_check(o->last != HTTPMSG_MORE || !rest.n);
		o->taken += piece.n - rest.n;
		free(copy);
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

/* A URL with these bytes everywhere makes a request of as many lines as it has
 * without them. */
static void check_request(struct span s)
{
	char *string = strndup(s.n ? (const char *)s.p : "", s.n);
	struct text user, host, path;
	struct url url = { .port = (uint32_t)s.n };
	struct httpmsg_request r = { .url = &url, .host = "h" };
	static char buf[4096];
	struct text t = TEXT(buf);
	size_t lines = 0;

	user = TEXT(url.user);
	host = TEXT(url.host);
	path = TEXT(url.path);
	user.clip = host.clip = path.clip = true;
	text_puts(&user, string);
	text_puts(&host, string);
	text_puts(&path, string);
	httpmsg_put_request(&t, &r);
	fuzz_check(!t.overflow);
	for (size_t i = 0; i < t.n; i++) {
		lines += buf[i] == '\n';
		fuzz_check((buf[i] == '\n') == (i && buf[i - 1] == '\r'));
	}
	fuzz_check(lines == (url.user[0] ? 6 : 5));
	fuzz_check(fuzz_control_bytes(text_span(&t)) == 2 * lines);
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
	fuzz_done();
	return 0;
}
