/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/fetch.h"

#include "base/err.h"

/* libxl's log keeps every redrawn line, so not too often. */
#define PROGRESS_MS 500

static const struct scheme *find_scheme(const struct url *u, struct text *why)
{
	const struct scheme *s;

	for (size_t i = 0; schemes[i]; i++) {
		s = schemes[i];
		if (!span_eq(span_of(u->scheme), span_of(s->name)))
			continue;
		if (s->start)
			return s;
		text_printf(why, "%s %s", s->name, s->missing);
		return NULL;
	}
	text_printf(why, "\"%s\" is no protocol that lwpxeboot knows",
		    u->scheme);
	return NULL;
}

bool fetch_supports(const struct url *u, struct text *why)
{
	return find_scheme(u, why);
}

void fetch_finish(struct fetch *f, int rc)
{
	if (f->done)
		return;
	f->done = true;
	f->rc = rc;
}

void fetch_schedule(struct fetch *f, ms_t when)
{
	f->timer = when;
	f->wake = ms_min(when, f->progress_at);
}

static int run(struct loop *loop, const struct scheme *s, struct fetch *f)
{
	int rc;

	for (;;) {
		rc = loop_until(loop, &f->done, &f->wake);
		if (rc != -E_TIMEOUT)
			return rc;
		if (clock_now() >= f->timer)
			s->tick(f);
		if (clock_now() >= f->progress_at) {
			f->progress_at = clock_now() + PROGRESS_MS;
			f->progress(f);
		}
		fetch_schedule(f, f->timer);
	}
}

int fetch_run(struct loop *loop, struct fetch *f)
{
	const struct scheme *s = find_scheme(f->url, f->why);
	int rc;

	if (!s)
		return -E_UNSUPPORTED;
	f->done = f->answered = f->has_size = false;
	f->rc = 0;
	f->size = 0;
	f->base = f->sink->n;
	f->started = clock_now();
	f->progress_at = f->started + PROGRESS_MS;
	fetch_schedule(f, MS_NEVER);
	rc = s->start(f);
	if (!rc)
		rc = run(loop, s, f);
	s->stop(f);
	if (!rc)
		rc = f->rc;
	return rc ? rc : sink_flush(f->sink);
}
