/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/fetch.h"

#include "base/err.h"
#include "format/word.h"

/* libxl's log keeps every redrawn line, so not too often: 300 bytes a second. */
#define PROGRESS_MS 250

static struct fetch *active[FETCH_SLOTS];
static unsigned last_slot, running;
static uint8_t batch[FETCH_SLOTS][SINK_BATCH];

static bool news;        /* for who waits */
static ms_t wake;        /* the earliest of all timers and of the next */
static ms_t progress_at; /* progress() */

static const struct scheme *find_scheme(const struct url *u, struct text *why)
{
	const struct span name = span_of(u->scheme);
	struct span sentence, word;

	for (size_t i = 0; schemes[i]; i++)
		if (span_eq(name, span_of(schemes[i]->name)))
			return schemes[i];
	for (size_t i = 0; (sentence = span_of(word_nth(schemes_missing, i))).n;
	     i++) {
		word = sentence;
		if (!span_eq(span_get_word(&word), name))
			continue;
		text_put(why, sentence);
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
	f->done = news = true;
	f->rc = rc;
}

int fetch_learn_size(struct fetch *f, uint64_t size)
{
	if (size > f->sink->limit)
		return -E_TOO_BIG;
	f->has_size = news = true;
	f->size = size;
	return 0;
}

int fetch_put(struct fetch *f, struct span s)
{
	if (!f->has_size || s.n <= f->size - f->sink->n)
		return sink_put(f->sink, s);
	text_printf(f->why, "the server announced %ju bytes and sent more",
		    (uintmax_t)f->size);
	return -E_PROTOCOL;
}

void fetch_schedule(struct fetch *f, ms_t when)
{
	f->timer = when;
	wake = ms_min(wake, when);
}

/* Takes the slot that has been free for longest. */
static void take_slot(struct fetch *f)
{
	do
		last_slot = (last_slot + 1) % FETCH_SLOTS;
	while (active[last_slot]);
	active[last_slot] = f;
	if (!running++)
		progress_at = clock_now() + PROGRESS_MS;
	f->slot = last_slot;
	f->sink->batch = batch[last_slot];
}

void fetch_start(struct fetch *f)
{
	int rc;

	f->done = f->answered = f->has_size = false;
	f->rc = 0;
	f->size = 0;
	f->started = clock_now();
	f->timer = MS_NEVER;
	f->scheme = find_scheme(f->url, f->why);
	if (!f->scheme) {
		fetch_finish(f, -E_UNSUPPORTED);
		return;
	}
	take_slot(f);
	rc = f->scheme->start(f);
	if (rc)
		fetch_finish(f, rc);
}

/* Gives everybody whose time has come a turn, and looks for the next. */
static void run_timers(void (*progress)(void))
{
	struct fetch *f;

	if (clock_now() >= progress_at) {
		progress_at = clock_now() + PROGRESS_MS;
		if (progress)
			progress();
	}
	for (unsigned i = 0; i < FETCH_SLOTS; i++) {
		f = active[i];
		if (f && !f->done && clock_now() >= f->timer)
			f->scheme->tick(f);
	}
	wake = progress_at;
	for (unsigned i = 0; i < FETCH_SLOTS; i++)
		if (active[i] && !active[i]->done)
			wake = ms_min(wake, active[i]->timer);
}

int fetch_wait(struct loop *loop, void (*progress)(void))
{
	int rc = 0;

	while (!news && rc != -E_INTERRUPTED) {
		rc = loop_until(loop, &news, &wake);
		if (rc == -E_TIMEOUT)
			run_timers(progress);
	}
	news = false;
	return rc == -E_INTERRUPTED ? rc : 0;
}

int fetch_stop(struct fetch *f)
{
	int rc;

	if (!f->scheme)
		return f->rc;
	f->scheme->stop(f);
	f->scheme = NULL;
	active[f->slot] = NULL;
	running--;
	rc = f->rc ? f->rc : sink_flush(f->sink);
	f->sink->batch = NULL;
	return rc;
}

void fetch_leave(void)
{
	for (size_t i = 0; schemes[i]; i++)
		if (schemes[i]->leave)
			schemes[i]->leave();
}
