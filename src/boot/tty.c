/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/tty.h"

#include <errno.h>
#include <unistd.h>

#include "base/err.h"

/* What the child needs to leave the terminal tidy before the parent ends it. */
#define LAST_WORDS_MS 1000

void tty_open(struct tty *t, struct boot *b)
{
	*t = (struct tty){ .boot = b };
}

/* Sets the times that hold for all questions together. */
static void first_question(struct tty *t, uint32_t total)
{
	ms_t now = clock_now();

	t->asked = true;
	t->total = total ? now + total * (ms_t)100 : MS_NEVER;
	t->limit = now < t->boot->deadline ?
			   now + (t->boot->deadline - now) / 2 :
			   now;
	t->ceiling = ms_min(now + LWPXE_MENU_CEILING * (ms_t)1000, t->limit);
}

void tty_question(struct tty *t, uint32_t timeout, uint32_t total)
{
	if (!t->asked)
		first_question(t, total);
	t->at_ceiling = !timeout;
	t->until = t->typed ?
			   MS_NEVER :
		   t->at_ceiling ?
			   t->ceiling :
			   ms_min(clock_now() + timeout * (ms_t)100, t->limit);
}

unsigned tty_seconds(const struct tty *t)
{
	ms_t until = ms_min(t->until, t->total), now = clock_now();

	return until == MS_NEVER ? 0 :
	       until <= now      ? 1 :
				   (unsigned)((until - now + 999) / 1000);
}

/* syscalls: read */
static void read_keys(struct tty *t)
{
	ssize_t n = read(STDIN_FILENO, t->buf, sizeof(t->buf));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	t->gone = n <= 0;
	t->in = (struct span){ t->buf, n > 0 ? (size_t)n : 0 };
	t->rest = clock_now() + KEY_REST_MS;
}

/* Returns the next key among what has been read, or a lone Esc. */
static int take_key(struct tty *t)
{
	int key = key_next(&t->reader, &t->in);

	if (key == KEY_NONE && key_pending(&t->reader) &&
	    clock_now() >= t->rest)
		key = key_give_up(&t->reader);
	if (key == KEY_NONE)
		return key;
	t->typed = true;
	t->until = MS_NEVER;
	return key;
}

int tty_key(struct tty *t, ms_t wake, int *key)
{
	ms_t over, end, last = t->boot->deadline - LAST_WORDS_MS;
	int rc;

	for (;;) {
		*key = take_key(t);
		over = ms_min(t->until, t->total);
		if (*key != KEY_NONE)
			return 0;
		if (t->gone || clock_now() >= over)
			return TTY_OVER;
		if (clock_now() >= last)
			return -E_TIMEOUT;
		if (clock_now() >= wake)
			return 0;
		end = ms_min(ms_min(wake, over), last);
		if (key_pending(&t->reader))
			end = ms_min(end, t->rest);
		rc = loop_key(&t->boot->loop, STDIN_FILENO, end);
		if (!rc)
			read_keys(t);
		else if (rc != -E_TIMEOUT)
			return rc;
	}
}

static void put_shown(struct text *line, struct span s, bool stars)
{
	for (size_t i = 0; i < s.n; i++)
		text_put_u8(line, stars ? '*' : screen_byte(s.p[i]));
}

size_t tty_columns(const struct tty *t)
{
	unsigned columns = t->boot->terminal->columns;

	return columns > SCREEN_COLUMNS ? SCREEN_COLUMNS :
	       columns > 2              ? columns - 1 :
					  2;
}

/* syscalls: write */
void tty_put(const struct tty *t, struct span s)
{
	ssize_t r;

	while (s.n) {
		r = write(t->boot->terminal->out, s.p, s.n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return;
		s.p += r;
		s.n -= (size_t)r;
	}
}

void tty_line(struct tty *t, struct span s)
{
	static char buf[SCREEN_COLUMNS + 3];
	struct text line = TEXT(buf);

	if (s.n > tty_columns(t))
		s.n = tty_columns(t);
	put_shown(&line, s, false);
	text_puts(&line, "\r\n");
	tty_put(t, text_span(&line));
	t->drawn = 0;
}

/* Draws over what was drawn, then again up to the cursor. */
static void draw_edited(struct tty *t, struct span prompt,
			const struct lineedit *e, bool stars)
{
	size_t columns = tty_columns(t), cursor, drawn;
	static char buf[SCREEN_COLUMNS + 32];
	struct text line = TEXT(buf);
	struct span shown;

	if (prompt.n > columns / 2)
		prompt.n = columns / 2;
	shown = lineedit_window(e, columns - prompt.n, &cursor);
	text_puts(&line, "\r");
	put_shown(&line, prompt, false);
	put_shown(&line, shown, stars);
	for (drawn = shown.n; drawn < t->drawn; drawn++)
		text_puts(&line, " ");
	t->drawn = shown.n;
	tty_put(t, text_span(&line));
	text_reset(&line);
	text_puts(&line, "\r");
	put_shown(&line, prompt, false);
	shown.n = cursor;
	put_shown(&line, shown, stars);
	tty_put(t, text_span(&line));
}

int tty_edit(struct tty *t, struct span prompt, struct lineedit *e, bool stars,
	     int *key)
{
	int rc;

	do {
		draw_edited(t, prompt, e, stars);
		rc = tty_key(t, MS_NEVER, key);
	} while (!rc && lineedit_key(e, *key));
	return rc;
}
