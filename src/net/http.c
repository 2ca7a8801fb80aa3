/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/err.h"
#include "format/addr.h"
#include "format/httpmsg.h"
#include "net/fetch.h"
#include "net/httpconn.h"
#include "net/resolve.h"
#include "port/netif.h"

/* The HTTP client: GET and HEAD of RFC 9110, on connections that are kept for
 * the next file.  lwIP's callbacks only take what has come; asking again, be it
 * somewhere else or for the rest of a file, is left to the next tick, so that
 * no connection is closed inside its own callback. */

/* Without progress for so long, a server counts as dead.  lwIP tries to connect
 * for half of it, so it is told to once more. */
#define SILENCE_MS 10000

/* Between attempts to go on that have led to nothing. */
#define PAUSE_MS 500

#define REDIRECTS 5
#define REQUEST_MAX 2048

/* What a redirect is among the outcomes of an answer. */
#define MOVED 1

enum step {
	LOOKUP, /* of a redirect's host */
	ASK,    /* at the next tick */
	CONNECT,
	REPLY, /* the head is awaited */
	CONTENT,
	REST, /* content that is not the file's */
};

static struct http {
	struct fetch *f;    /* NULL: there is none */
	struct httpconn *c; /* NULL: none yet, or no more */
	enum step step;
	struct url url;   /* where redirects have led to */
	uint32_t server;  /* and its address, host order */
	uintptr_t ticket; /* of LOOKUP */
	struct httpmsg in;
	bool complete;  /* `in` is */
	bool reused;    /* of c: it has served a file before */
	bool fresh;     /* such a one was closed: take no other */
	bool silent;    /* nothing has come since the request */
	bool plain;     /* HEAD is not allowed here */
	bool restarted; /* once from the start, being unable to resume */
	int outcome;    /* of the answer, after REST */
	unsigned redirects;
	uint64_t from; /* the first byte that was asked for */
	char validator[sizeof(((struct httpmsg *)0)->validator)];
	ms_t heard; /* when something went on */
} transfers[FETCH_SLOTS];

static uint16_t port_of(const struct http *x)
{
	return (uint16_t)(x->url.port ? x->url.port : HTTPMSG_PORT);
}

/* Gives the connection back, if there is one: to be used again, or else not. */
static void leave(struct http *x)
{
	if (x->c && !x->complete)
		httpconn_abort(x->c);
	else if (x->c && !x->in.persistent)
		httpconn_close(x->c);
	else if (x->c)
		httpconn_keep(x->c);
	x->c = NULL;
}

/* ---- the ends */

static __attribute__((format(printf, 3, 4))) void fail(struct http *x, int rc,
						       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vprintf(x->f->why, fmt, ap);
	va_end(ap);
	fetch_finish(x->f, rc);
}

static void ask_at(struct http *x, ms_t when)
{
	x->step = ASK;
	fetch_schedule(x->f, when);
}

/* Drops what has come, once.  Returns false the next time. */
static bool restart(struct http *x)
{
	if (x->restarted)
		return false;
	x->restarted = true;
	sink_rewind(x->f->sink);
	return true;
}

/* Asks for the rest of the file, or if its versions cannot be told apart, for
 * all of it.  Returns false if that would lead nowhere. */
static bool resume(struct http *x)
{
	const struct sink *k = x->f->sink;
	ms_t now = clock_now();

	if (!k->n || now - x->heard >= SILENCE_MS ||
	    (!x->validator[0] && !restart(x)))
		return false;
	ask_at(x, k->n == x->from && x->from ? now + PAUSE_MS : now);
	return true;
}

static void end_file(struct http *x)
{
	const struct fetch *f = x->f;

	if (!f->probe && f->has_size && f->size != f->sink->n) {
		if (!resume(x))
			fail(x, -E_PROTOCOL,
			     "the server announced %ju bytes and sent %ju",
			     (uintmax_t)f->size, (uintmax_t)f->sink->n);
		return;
	}
	fetch_finish(x->f, 0);
}

static void take_address(uintptr_t ticket, uint32_t ip)
{
	struct http *x;

	for (size_t i = 0; i < FETCH_SLOTS; i++) {
		x = &transfers[i];
		if (!x->f || x->step != LOOKUP || x->ticket != ticket)
			continue;
		x->server = ip;
		if (ip)
			ask_at(x, clock_now());
		else
			fail(x, -E_RESOLVE,
			     "the server redirects to %s, which has no address",
			     x->url.host);
	}
}

static void redirect(struct http *x)
{
	static uintptr_t tickets;
	struct fetch *f = x->f;
	int rc;

	if (x->redirects++ == REDIRECTS) {
		fail(x, -E_SERVER, "the server redirects more than %u times",
		     REDIRECTS);
		return;
	}
	rc = url_redirect(&x->url, span_of(x->in.location), f->why);
	if (!rc && !span_eq_nocase(span_of(x->url.scheme), SPAN_LIT("http"))) {
		fail(x, -E_UNSUPPORTED,
		     "the server redirects to %s://%s, and %s is not supported",
		     x->url.scheme, x->url.host, x->url.scheme);
		return;
	}
	x->heard = clock_now();
	x->step = LOOKUP;
	x->ticket = ++tickets;
	if (!rc && x->url.host[0])
		rc = resolve_begin(x->url.host, take_address, x->ticket,
				   f->why);
	else if (!rc)
		take_address(x->ticket, f->server);
	if (rc)
		fetch_finish(f, rc);
}

/* The answer that is no file is over. */
static void settle(struct http *x)
{
	if (x->outcome == MOVED)
		redirect(x);
	else
		fetch_finish(x->f, x->outcome);
}

/* ---- what comes */

/* Takes the size of the whole file, behind which others may have been placed
 * already.  Returns false if it cannot be. */
static bool take_size(struct http *x, uint64_t size)
{
	struct fetch *f = x->f;

	if (f->has_size && f->size != size)
		fail(x, -E_PROTOCOL,
		     "the file changed its size during the download");
	else if (fetch_learn_size(f, size))
		fetch_finish(f, -E_TOO_BIG);
	return !f->done;
}

static void take_whole(struct http *x)
{
	const struct httpmsg *m = &x->in;
	struct fetch *f = x->f;

	if (x->from && !restart(x)) {
		fail(x, -E_NO_ANSWER,
		     "the server cuts the download again and again");
		return;
	}
	memcpy(x->validator, m->validator, sizeof(x->validator));
	if (m->has_length && !take_size(x, m->length))
		return;
	x->step = CONTENT;
	if (f->probe && !m->head_only)
		fetch_finish(f, 0);
}

static void take_part(struct http *x)
{
	const struct httpmsg *m = &x->in;

	x->step = CONTENT;
	if (!x->from || !m->has_range || m->first != x->from ||
	    (m->validator[0] && strcmp(m->validator, x->validator)))
		fail(x, -E_PROTOCOL,
		     "the server sends another part of the "
		     "file than was asked for");
	else if (m->has_total)
		take_size(x, m->total);
}

static bool is_redirect(const struct httpmsg *m)
{
	return m->location[0] && ((m->status >= 301 && m->status <= 303) ||
				  m->status == 307 || m->status == 308);
}

static void take_head(struct http *x)
{
	const struct httpmsg *m = &x->in;
	struct fetch *f = x->f;

	if (!x->from) /* else only more of the file is progress */
		x->heard = clock_now();
	if (m->status == 200 || m->status == 204) {
		take_whole(x);
		return;
	}
	if (m->status == 206) {
		take_part(x);
		return;
	}
	x->step = REST;
	if (is_redirect(m)) {
		x->outcome = MOVED;
	} else if (m->head_only && (m->status == 405 || m->status == 501)) {
		x->plain = true;
		ask_at(x, clock_now());
	} else {
		text_printf(f->why, "HTTP status %u %s", m->status, m->reason);
		x->outcome = m->status == 404 || m->status == 410 ?
				     -E_NOT_FOUND :
				     -E_SERVER;
	}
}

static void take_data(struct http *x, struct span data)
{
	int rc;

	if (x->step == REST)
		return;
	x->heard = clock_now();
	rc = fetch_put(x->f, data);
	if (rc)
		fetch_finish(x->f, rc);
}

void http_receive(struct http *x, struct span s)
{
	struct span data = { 0 };

	x->silent = false;
	x->f->answered = true;
	while (!x->f->done && x->step >= REPLY) {
		switch (httpmsg_get(&x->in, &s, &data)) {
		case HTTPMSG_MORE:
			return;
		case HTTPMSG_HEAD:
			take_head(x);
			break;
		case HTTPMSG_DATA:
			take_data(x, data);
			break;
		case HTTPMSG_END:
			x->complete = true;
			if (x->step == REST)
				settle(x);
			else
				end_file(x);
			break;
		case HTTPMSG_BROKEN:
			fail(x, -E_PROTOCOL, "the server %s", x->in.broken);
			return;
		}
	}
	if (s.n) /* nobody asked for that */
		x->in.persistent = false;
}

/* A connection that has served before may have been closed just when it was
 * asked again (RFC 9112 section 9.3.1).  Returns true if that may be. */
static bool retry(struct http *x)
{
	if (!x->reused || !x->silent)
		return false;
	x->fresh = true;
	x->heard = clock_now();
	ask_at(x, x->heard);
	return true;
}

void http_lost(struct http *x, enum httpconn_end how)
{
	const struct fetch *f = x->f;

	x->c = NULL;
	if (f->done || x->step < CONNECT || retry(x))
		return;
	if (x->step == REST) {
		settle(x);
	} else if (x->step == CONTENT && how == HTTPCONN_CLOSED &&
		   httpmsg_ends(&x->in)) {
		end_file(x);
	} else if (resume(x)) {
		return;
	} else if (x->step == CONNECT && how == HTTPCONN_SILENT) {
		ask_at(x, clock_now());
	} else if (x->step == CONNECT) {
		fail(x, -E_NO_ANSWER, "nothing listens on TCP port %u of %s",
		     port_of(x), IP4_SHOW(x->server));
	} else if (x->step == REPLY) {
		fail(x, -E_NO_ANSWER,
		     "%s closed the connection without an answer",
		     IP4_SHOW(x->server));
	} else {
		fail(x, how == HTTPCONN_CLOSED ? -E_PROTOCOL : -E_NO_ANSWER,
		     "the server closed the connection after %ju bytes%s",
		     (uintmax_t)f->sink->n, f->has_size ? ", too soon" : "");
	}
}

/* ---- what goes out */

/* lwIP has no room for a connection or a request, or the server's window is too
 * small to cut one into so many segments: some room may be there soon, and
 * another connection has another window. */
static void wait_for_room(struct http *x)
{
	const ms_t now = clock_now();

	if (now + PAUSE_MS - x->heard < SILENCE_MS)
		ask_at(x, now + PAUSE_MS);
	else
		fail(x, -E_NO_ANSWER,
		     "no request can be sent to TCP port %u of %s", port_of(x),
		     IP4_SHOW(x->server));
}

static void send_request(struct http *x)
{
	const struct fetch *f = x->f;
	char request[REQUEST_MAX], address[16];
	struct text t = TEXT(request), host = TEXT(address);
	const struct httpmsg_request r = {
		.head = f->probe && !x->plain,
		.url = &x->url,
		.host = address,
		.from = x->from,
		.validator = x->validator,
	};

	text_puts(&host, IP4_SHOW(x->server));
	httpmsg_put_request(&t, &r);
	httpmsg_start(&x->in, r.head);
	if (t.overflow) {
		fail(x, -E_UNSUPPORTED, "the name is too long for HTTP");
		return;
	}
	if (!httpconn_send(x->c, text_span(&t))) {
		wait_for_room(x);
		return;
	}
	x->silent = true;
	x->step = REPLY;
	if (!x->from)
		x->heard = clock_now();
	fetch_schedule(x->f, x->heard + SILENCE_MS);
}

void http_connected(struct http *x)
{
	send_request(x);
}

static void ask(struct http *x)
{
	leave(x);
	x->from = x->f->sink->n;
	x->complete = false;
	x->step = CONNECT;
	fetch_schedule(x->f, x->heard + SILENCE_MS);
	x->c = httpconn_take(x, x->server, port_of(x), x->fresh, &x->reused);
	if (!x->c)
		wait_for_room(x);
	else if (x->reused)
		send_request(x);
}

static int http_start(struct fetch *f)
{
	struct http *x = &transfers[f->slot];

	*x = (struct http){ .f = f, .url = *f->url, .server = f->server };
	x->heard = clock_now();
	ask(x);
	return 0;
}

/* Nobody has said no but, maybe, some router's ICMP. */
static void fail_to_connect(struct http *x)
{
	struct icmp_refusal refusal = {
		.to = x->server,
		.protocol = ICMP_TCP,
		.to_port = port_of(x),
	};

	if (netif_refused(&refusal))
		icmp_explain(x->f->why, &refusal);
	else
		text_printf(x->f->why, "no answer from TCP port %u of %s",
			    port_of(x), IP4_SHOW(x->server));
	fetch_finish(x->f, -E_NO_ANSWER);
}

static void give_up(struct http *x)
{
	const struct fetch *f = x->f;

	if (retry(x))
		return;
	if (x->step == REST)
		settle(x);
	else if (f->sink->n)
		fail(x, -E_NO_ANSWER, "the server fell silent after %ju bytes",
		     (uintmax_t)f->sink->n);
	else if (x->step == CONNECT)
		fail_to_connect(x);
	else
		fail(x, -E_NO_ANSWER, "no answer to an HTTP request for %u s",
		     SILENCE_MS / 1000);
}

static void http_tick(struct fetch *f)
{
	struct http *x = &transfers[f->slot];

	if (x->step == ASK)
		ask(x);
	else if (clock_now() - x->heard >= SILENCE_MS)
		give_up(x);
	else
		fetch_schedule(f, x->heard + SILENCE_MS);
}

static void http_stop(struct fetch *f)
{
	struct http *x = &transfers[f->slot];

	leave(x);
	x->f = NULL;
}

const struct scheme scheme_http = {
	.name = "http",
	.start = http_start,
	.tick = http_tick,
	.stop = http_stop,
	.leave = httpconn_leave,
};
