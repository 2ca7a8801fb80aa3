/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/progress.h"

#include <string.h>

#include "base/guard.h"
#include "base/log.h"
#include "format/progress.h"

/* Between two lines about a long download where lines cannot be redrawn. */
#define PLAIN_LINE_MS 10000

/* A mean of about so many of the last times. */
#define MEAN 4

static ms_t last_line;

/* How fast it is, over the last few times. */
static struct {
	ms_t at;
	uint64_t n;
	uint64_t rate; /* bytes a second; 0: not known yet */
} speed;

/* What was drawn last: libxl's log keeps every byte, so not twice. */
static char drawn[2 * PROGRESS_COLUMNS];

void progress_start(void)
{
	last_line = clock_now();
}

/* A file that has ended leaves the sum; then all begins anew. */
static uint64_t rate_of(uint64_t n, ms_t since)
{
	const ms_t now = clock_now(), step = now - speed.at;
	uint64_t rate;

	if (n < speed.n || !speed.rate || !step) {
		rate = n * 1000 / (now > since ? now - since : 1);
	} else {
		rate = (n - speed.n) * 1000 / step;
		rate = ((MEAN - 1) * speed.rate + rate) / MEAN;
	}
	speed.at = now;
	speed.n = n;
	speed.rate = rate;
	return rate;
}

static void show(struct span line)
{
	if (log_redraws()) {
		if (!span_eq(line, span_of(drawn)))
			log_progress("%.*s", SPAN_ARG(line));
		memcpy(drawn, line.p, line.n + 1);
		return;
	}
	if (clock_now() < last_line + PLAIN_LINE_MS)
		return;
	last_line = clock_now();
	log_info("%.*s", SPAN_ARG(line));
}

GUARDED void progress_show(struct download *const *running)
{
	struct progress_file file[LWPXE_TRANSFERS];
	static char line[sizeof(drawn)];
	struct text t = TEXT(line);
	ms_t since = MS_NEVER;
	unsigned files = 0;
	uint64_t n = 0;

	for (size_t i = 0; i < LWPXE_TRANSFERS; i++) {
		const struct download *d = running[i];

		if (!d || !d->what || d->fetch.probe)
			continue;
		file[files++] = (struct progress_file){
			.what = d->what,
			.name = d->name,
			.n = d->sink.n,
			.size = d->fetch.has_size ? d->fetch.size : 0,
		};
		n += d->sink.n;
		since = ms_min(since, d->fetch.started);
	}
	if (!files)
		return;
	t.clip = true;
	progress_put(&t, file, files, rate_of(n, since));
	show(text_span(&t));
}
