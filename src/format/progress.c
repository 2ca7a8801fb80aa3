/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/progress.h"

#include "base/guard.h"

/* More than this is no forecast. */
#define LEFT_MAX_S 360000

static unsigned percent(uint64_t n, uint64_t size)
{
	return n < size ? (unsigned)(n * 100 / size) : 100;
}

/* Returns the columns that the log shows a byte in. */
static size_t width(uint8_t c)
{
	return c < 0x20 || c > 0x7e ? 4 : 1;
}

/* Returns the end of the name that fits, without the password of a URL: half of
 * one would show, and the log's stars for it may be longer. */
static struct span end_of(struct span name, size_t columns)
{
	struct span rest = name, part;
	size_t n;

	while (span_get_until(&rest, '@', &part))
		name = rest;
	for (n = 0; n < name.n; n++) {
		if (width(name.p[name.n - n - 1]) > columns)
			break;
		columns -= width(name.p[name.n - n - 1]);
	}
	if (n < name.n)
		name.p += name.n - n;
	name.n = n;
	return name;
}

static void put_left(struct text *t, uint64_t s)
{
	if (s >= 3600)
		text_printf(t, ", %u:%02u:%02u left", (unsigned)(s / 3600),
			    (unsigned)(s / 60 % 60), (unsigned)(s % 60));
	else
		text_printf(t, ", %u:%02u left", (unsigned)(s / 60),
			    (unsigned)(s % 60));
}

/* Appends how much, how fast and how long. */
static void put_sum(struct text *t, uint64_t n, uint64_t size, uint64_t rate)
{
	const uint64_t rest = n < size ? size - n : 0;

	text_put_size(t, n);
	if (size) {
		text_puts(t, " of ");
		text_put_size(t, size);
		text_printf(t, " (%u%%)", percent(n, size));
	}
	text_puts(t, ", ");
	text_put_size(t, rate);
	text_puts(t, "/s");
	if (rest && rate && rest / rate < LEFT_MAX_S)
		put_left(t, (rest + rate - 1) / rate);
}

/* Appends what several are, and how far each is. */
static void put_each(struct text *t, const struct progress_file *f,
		     unsigned files)
{
	text_printf(t, "%u files (", files);
	for (unsigned i = 0; i < files && t->n < 20; i++) {
		text_puts(t, i ? ", " : "");
		if (f[i].size)
			text_printf(t, "%u%%", percent(f[i].n, f[i].size));
		else
			text_puts(t, "?");
	}
	text_puts(t, "): ");
}

GUARDED void progress_put(struct text *t, const struct progress_file *file,
			  unsigned files, uint64_t rate)
{
	uint64_t n = 0, size = 0;
	char numbers[64];
	struct text sum = TEXT(numbers);
	bool known = true;
	size_t used;

	for (unsigned i = 0; i < files; i++) {
		n += file[i].n;
		size += file[i].size;
		known &= file[i].size > 0;
	}
	put_sum(&sum, n, known ? size : 0, rate);
	used = sum.n + sizeof("kernel   : ") - 1;
	if (files > 1)
		put_each(t, file, files);
	else
		text_printf(t, "%-8s %.*s: ", file->what,
			    SPAN_ARG(end_of(file->name,
					    used < PROGRESS_COLUMNS ?
						    PROGRESS_COLUMNS - used :
						    0)));
	text_put(t, text_span(&sum));
}
