/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/lineedit.h"

#include <string.h>

#include "format/key.h"

struct lineedit lineedit_over(struct text *line)
{
	return (struct lineedit){ .line = line, .at = line->n };
}

/* Takes out the bytes from `from` up to `to`. */
static void cut(struct lineedit *e, size_t from, size_t to)
{
	struct text *t = e->line;

	memmove(t->p + from, t->p + to, t->n - to + 1);
	t->n -= to - from;
	e->at = from;
}

void lineedit_insert(struct lineedit *e, struct span s)
{
	struct text *t = e->line;

	if (!s.n || t->cap - t->n <= s.n)
		return;
	memmove(t->p + e->at + s.n, t->p + e->at, t->n - e->at + 1);
	memcpy(t->p + e->at, s.p, s.n);
	t->n += s.n;
	e->at += s.n;
}

/* Returns where the word before the cursor starts. */
static size_t word_start(const struct lineedit *e)
{
	size_t at = e->at;

	while (at && is_blank((uint8_t)e->line->p[at - 1]))
		at--;
	while (at && !is_blank((uint8_t)e->line->p[at - 1]))
		at--;
	return at;
}

static bool insert_key(struct lineedit *e, int key)
{
	const uint8_t c = (uint8_t)key;

	if (key < ' ' || key > 0xff)
		return false;
	lineedit_insert(e, (struct span){ &c, 1 });
	return true;
}

bool lineedit_key(struct lineedit *e, int key)
{
	const size_t n = e->line->n;

	switch (key) {
	case KEY_LEFT:
	case KEY_CTRL('B'):
		e->at -= e->at > 0;
		return true;
	case KEY_RIGHT:
	case KEY_CTRL('F'):
		e->at += e->at < n;
		return true;
	case KEY_HOME:
	case KEY_CTRL('A'):
		e->at = 0;
		return true;
	case KEY_END:
	case KEY_CTRL('E'):
		e->at = n;
		return true;
	case KEY_BACKSPACE:
		if (e->at)
			cut(e, e->at - 1, e->at);
		return true;
	case KEY_DELETE:
	case KEY_CTRL('D'):
		if (e->at < n)
			cut(e, e->at, e->at + 1);
		return true;
	case KEY_CTRL('U'):
		cut(e, 0, n);
		return true;
	case KEY_CTRL('K'):
		cut(e, e->at, n);
		return true;
	case KEY_CTRL('W'):
		cut(e, word_start(e), e->at);
		return true;
	default:
		return insert_key(e, key);
	}
}

struct span lineedit_window(const struct lineedit *e, size_t columns,
			    size_t *cursor)
{
	size_t from = e->at < columns ? 0 : e->at - columns + 1;
	size_t n = e->line->n - from;

	*cursor = e->at - from;
	return (struct span){ (uint8_t *)e->line->p + from,
			      n < columns ? n : columns };
}
