/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_httpd.h"

#include <stdlib.h>
#include <string.h>

#include "format/addr.h"
#include "sim_request.h"
#include "sim_tree.h"
#include "sim_world.h"

#define CHUNK 1000
#define DATE "Sat, 01 Jan 2000 00:00:0"

struct answer {
	const struct sim_httpd *d;
	const struct request *request;
	const struct sim_file *file; /* NULL: only `status` */
	unsigned status, version;
	size_t from; /* the first byte of the file that is sent */
	bool closes;
};

/* A file may be another each time that it is asked for. */
static void put_validator(struct text *t, const struct answer *a)
{
	switch (a->d->validator) {
	case TAG_WEAK:
		text_puts(t, "W/");
		/* fall through */
	case TAG_STRONG:
		text_printf(t, "\"%u-%zu\"", a->version, tree_size(a->file));
		break;
	case TAG_DATE:
		text_printf(t, DATE "%u GMT", a->version % 10);
		break;
	case TAG_NONE:
		break;
	}
}

/* Appends a field; an odd server writes what RFC 9112 section 5 allows. */
static void put_field(struct text *t, const struct answer *a, const char *name,
		      const char *value)
{
	if (!a->d->odd) {
		text_printf(t, "%s: %s\r\n", name, value);
		return;
	}
	for (; *name; name++)
		text_put_u8(t, (uint8_t)(*name == '-' ? '-' : *name ^ 32));
	text_printf(t, ":\t %s \t\n", value);
}

static void put_number_field(struct text *t, const struct answer *a,
			     const char *name, size_t value)
{
	char number[24];
	struct text n = TEXT(number);

	text_printf(&n, "%zu", value);
	put_field(t, a, name, number);
}

static size_t body_size(const struct answer *a)
{
	return a->file ? tree_size(a->file) - a->from : 0;
}

static void put_part(struct text *t, const struct answer *a)
{
	size_t size = tree_size(a->file);
	char range[80];
	struct text r = TEXT(range);

	text_printf(&r, "bytes %zu-%zu/%zu", a->from, size - 1, size);
	put_field(t, a, "Content-Range", range);
}

static void put_file_fields(struct text *t, const struct answer *a)
{
	char validator[80];
	struct text v = TEXT(validator);

	put_validator(&v, a);
	if (v.n)
		put_field(t, a,
			  a->d->validator == TAG_DATE ? "Last-Modified" :
							"ETag",
			  validator);
	if (a->d->length == LENGTH_CHUNKED && !a->request->head)
		put_field(t, a, "Transfer-Encoding", "chunked");
	else if (a->d->length != LENGTH_NONE)
		put_number_field(t, a, "Content-Length",
				 body_size(a) + (size_t)a->d->length_lie);
	if (a->status == 206)
		put_part(t, a);
}

static void put_head(struct text *t, const struct answer *a,
		     const char *location)
{
	if (a->d->odd)
		text_puts(t, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
	text_printf(t, "HTTP/1.%u %u %s\r\n", a->d->old ? 0 : 1, a->status,
		    a->status == 200 ? "OK" : "as it is");
	put_field(t, a, "Server", a->d->odd ? "x\r\n\tcontinued: x" : "sim");
	if (a->closes)
		put_field(t, a, "Connection", a->d->odd ? "x, ClosE" : "close");
	if (location)
		put_field(t, a, "Location", location);
	if (a->file)
		put_file_fields(t, a);
	else
		put_field(t, a, "Content-Length",
			  a->request->head ? "99" : "6");
	text_puts(t, a->d->odd ? "\n" : "\r\n");
	if (!a->file && !a->request->head)
		text_puts(t, "words\n");
}

static void put_piece(struct text *t, const struct answer *a, size_t at,
		      size_t n)
{
	tree_read(a->file, a->from + at, (uint8_t *)t->p + t->n, n);
	t->n += n;
}

static void put_body(struct text *t, const struct answer *a)
{
	const size_t chunk = a->d->chunk ? a->d->chunk : CHUNK;
	const size_t size = body_size(a);
	size_t n;

	if (a->d->length != LENGTH_CHUNKED) {
		put_piece(t, a, 0, size);
		return;
	}
	for (size_t at = 0; at < size; at += n) {
		n = size - at < chunk ? size - at : chunk;
		text_printf(t, "%x%s\r\n", (unsigned)n,
			    a->d->odd ? " ;x=\"y\"" : "");
		put_piece(t, a, at, n);
		text_puts(t, "\r\n");
	}
	text_puts(t, a->d->odd ? "000\r\nX-Trailer: x\r\n\r\n" : "0\r\n\r\n");
}

/* Does to an answer that begins at byte `at` what shall be done to some. */
static void break_it(struct tcp_conn *c, size_t at)
{
	const struct sim_httpd *d = &c->h->config->httpd;
	const size_t end = at + d->breaks_at;

	c->split = at + d->split;
	if (!d->breaks || end >= c->out_n || c->h->broken >= d->breaks_n)
		return;
	c->h->broken++;
	if (d->breaks == BREAK_STALL || d->breaks == BREAK_SILENCE) {
		c->stop_at = end;
		c->stop_until = d->breaks == BREAK_STALL ?
					world_now() + d->stalls :
					UINT64_MAX;
		return;
	}
	c->out_n = end;
	c->end = d->breaks == BREAK_FIN ? TCP_ENDS : TCP_CUTS;
}

static void send_answer(struct tcp_conn *c, struct answer *a,
			const char *location)
{
	const struct sim_httpd *d = a->d;
	const size_t at = c->out_n, size = body_size(a);
	const size_t room = 4096 + size +
			    (size / (d->chunk ? d->chunk : CHUNK) + 1) * 32;
	char *all = malloc(room);
	struct text t;

	if (!all)
		sim_break("no memory");
	a->closes = d->closes;
	t = text_over(all, room);
	put_head(&t, a, location);
	if (a->file && !a->request->head)
		put_body(&t, a);
	if (t.overflow)
		sim_break("the simulated answer is too large");
	tcp_put(c, text_span(&t));
	free(all);
	c->answers++;
	if (a->closes || d->old || c->answers == d->keeps ||
	    (a->file && d->length == LENGTH_NONE && !a->request->head))
		c->end = TCP_ENDS;
	if (a->file && !a->request->head)
		break_it(c, at);
}

/* Takes off the number of redirects that a path has behind it: "@2/". */
static unsigned take_hops(struct span *path)
{
	struct span s = *path, mark;
	uint32_t n;

	if (!span_starts(s, SPAN_LIT("@")))
		return 0;
	span_get(&s, 1, &mark);
	if (!span_get_number(&s, 1000000, &n) || !span_get(&s, 1, &mark))
		sim_break("it follows a redirect to %.*s", SPAN_ARG(*path));
	*path = s;
	return n;
}

/* Decides about the part: RFC 9110 section 13.1.5 and 14.2. */
static void choose_part(struct answer *a)
{
	const struct request *r = a->request;
	char validator[80];
	struct text v = TEXT(validator);

	put_validator(&v, a);
	if (!r->ranged || a->d->no_ranges || a->d->validator == TAG_WEAK ||
	    !span_eq(r->validator, text_span(&v)))
		return;
	a->status = 206;
	a->from = (size_t)r->from + a->d->wrong_ranges;
	if (a->from < tree_size(a->file))
		return;
	a->status = 416;
	a->file = NULL;
}

static void answer(struct tcp_conn *c, const struct request *r)
{
	const struct sim_httpd *d = &c->h->config->httpd;
	struct answer a = { .d = d, .request = r, .status = 200 };
	char location[1024];
	struct text l = TEXT(location);
	struct span path = r->path;
	const unsigned hops = take_hops(&path);

	a.file = tree_find(path);
	a.version = d->changes ? c->h->files : 0;
	if (!a.file) {
		a.status = 404;
	} else if (r->head && d->no_head) {
		a.status = 405;
	} else if (c->h->unwell < d->unwell) {
		c->h->unwell++;
		a.status = 503;
	} else if (hops < d->hops) {
		a.status = hops % 2 ? 302 : 307;
		if (hops + 1 == d->hops && d->moved_to)
			text_printf(&l, "%s/%.*s", d->moved_to, SPAN_ARG(path));
		else
			text_printf(&l, "/@%u/%.*s", hops + 1, SPAN_ARG(path));
	} else if (d->status) {
		a.status = d->status;
	} else {
		c->h->files++;
		choose_part(&a);
	}
	if (a.status != 200 && a.status != 206)
		a.file = NULL;
	send_answer(c, &a, l.n ? location : NULL);
}

/* Answers what is whole; nobody asks again before there is an answer. */
static void serve(void *arg, struct span none, bool flag)
{
	struct tcp_conn *c = arg;
	struct span s = { (uint8_t *)c->in, c->in_n };
	struct request r;

	(void)none, (void)flag;
	if (!c->h || !request_get(&s, c->h->config->ip, &r))
		return;
	if (s.n)
		sim_break("it sent %zu bytes behind a request", s.n);
	if (!c->end && c->most < c->out_n)
		sim_break("it asks again before it has its answer");
	c->in_n = 0;
	if (!c->end)
		answer(c, &r);
	if (flag)
		tcp_push(c);
}

void httpd_take(struct tcp_conn *c)
{
	const us_t thinks = c->h->config->httpd.thinks;

	if (thinks)
		world_after(thinks, serve, c, (struct span){ 0 }, true);
	else
		serve(c, (struct span){ 0 }, false);
}
