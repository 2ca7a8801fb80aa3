/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/key.h"
#include "format/lineedit.h"

#define COLUMNS 9

/* Reads the same bytes one at a time, and expects `key`. */
static void expect_key(struct key_reader *r, struct span *in, int key)
{
	struct span one;
	int got = KEY_NONE;

	while (got == KEY_NONE && in->n) {
		one = (struct span){ in->p, 1 };
		got = key_next(r, &one);
		if (!one.n) {
			in->p++;
			in->n--;
		}
	}
	fuzz_check(got == key);
}

static void check_edit(const struct lineedit *e)
{
	size_t cursor;
	struct span shown = lineedit_window(e, COLUMNS, &cursor);

	fuzz_check(e->at <= e->line->n && e->line->n < e->line->cap);
	fuzz_check(!e->line->p[e->line->n]);
	fuzz_check(shown.n <= COLUMNS && cursor < COLUMNS && cursor <= shown.n);
	fuzz_check(fuzz_inside(shown, text_span(e->line)));
}

/* The input is what somebody types into a line of 31 bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct fuzz_room room;
	struct span in = fuzz_copy(data, n), again = in;
	struct key_reader whole = { 0 }, pieces = { 0 };
	char *buf = (char *)fuzz_place(&room, 32);
	struct text line = text_over(buf, 32);
	struct lineedit e = lineedit_over(&line);
	int key;

	while ((key = key_next(&whole, &in)) != KEY_NONE) {
		fuzz_check(key > 0 && key <= KEY_F12 && key != '\n');
		expect_key(&pieces, &again, key);
		lineedit_key(&e, key);
		check_edit(&e);
	}
	fuzz_check(!in.n);
	expect_key(&pieces, &again, KEY_NONE);
	fuzz_check(key_pending(&whole) == key_pending(&pieces));
	key = key_give_up(&whole);
	fuzz_check(key == KEY_NONE || key == KEY_ESC);
	fuzz_check(!key_pending(&whole));
	return 0;
}
