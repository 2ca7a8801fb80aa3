/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/screen.h"

#include <string.h>

static const struct screen_cell blank = { ' ', SCREEN_PLAIN };

static unsigned at_most(unsigned v, unsigned max)
{
	return v < max ? v : max;
}

void screen_open(struct screen *s, unsigned rows, unsigned columns)
{
	s->rows = at_most(rows, SCREEN_ROWS);
	s->columns = at_most(columns, SCREEN_COLUMNS + 1) - 1;
	screen_clear(s);
	screen_forget(s);
}

static void clear(struct screen_cell cells[][SCREEN_COLUMNS], unsigned rows)
{
	for (unsigned y = 0; y < rows; y++)
		for (unsigned x = 0; x < SCREEN_COLUMNS; x++)
			cells[y][x] = blank;
}

void screen_clear(struct screen *s)
{
	clear(s->cell, s->rows);
	screen_move(s, s->rows, 1);
}

void screen_forget(struct screen *s)
{
	s->known = false;
	s->next = 0;
}

uint8_t screen_byte(uint8_t c)
{
	return c >= 0x20 && c <= 0x7e ? c : '?';
}

static void put(struct screen *s, unsigned row, unsigned column,
		unsigned attributes, uint8_t c)
{
	if (row < 1 || row > s->rows || column < 1 || column > s->columns)
		return;
	s->cell[row - 1][column - 1] = (struct screen_cell){
		screen_byte(c),
		(uint8_t)attributes,
	};
}

unsigned screen_put(struct screen *s, unsigned row, unsigned column,
		    unsigned attributes, struct span text)
{
	for (size_t i = 0; i < text.n && column <= s->columns; i++)
		put(s, row, column++, attributes, text.p[i]);
	return column;
}

unsigned screen_fill(struct screen *s, unsigned row, unsigned column,
		     unsigned attributes, uint8_t c, unsigned n)
{
	while (n-- && column <= s->columns)
		put(s, row, column++, attributes, c);
	return column;
}

void screen_move(struct screen *s, unsigned row, unsigned column)
{
	s->row = at_most(row, s->rows);
	s->column = at_most(column, s->columns);
}

static bool same(struct screen_cell a, struct screen_cell b)
{
	return a.c == b.c && a.attributes == b.attributes;
}

static void put_attributes(struct text *t, unsigned attributes)
{
	text_puts(t, "\033[0");
	if (attributes & SCREEN_BOLD)
		text_puts(t, ";1");
	if (attributes & SCREEN_FAINT)
		text_puts(t, ";2");
	if (attributes & SCREEN_REVERSE)
		text_puts(t, ";7");
	text_puts(t, "m");
}

static void put_move(struct text *t, unsigned row, unsigned column)
{
	text_printf(t, "\033[%u;%uH", row, column);
}

/* Puts what differs in row number `y`, from the first such cell to the last. */
static void put_row(const struct screen *s, unsigned y, struct text *t)
{
	const struct screen_cell *want = s->cell[y], *is = s->shown[y];
	unsigned from = 0, to = s->columns, attributes = SCREEN_PLAIN;

	while (from < to && same(want[from], is[from]))
		from++;
	if (from == to)
		return;
	while (same(want[to - 1], is[to - 1]))
		to--;
	put_move(t, y + 1, from + 1);
	for (unsigned x = from; x < to; x++) {
		if (want[x].attributes != attributes)
			put_attributes(t, want[x].attributes);
		attributes = want[x].attributes;
		text_put_u8(t, want[x].c);
	}
	if (attributes != SCREEN_PLAIN)
		put_attributes(t, SCREEN_PLAIN);
}

bool screen_draw(struct screen *s, struct text *piece)
{
	if (!s->known) {
		text_puts(piece, "\033[0m\033[2J");
		clear(s->shown, s->rows);
		s->known = true;
		return true;
	}
	while (s->next < s->rows) {
		put_row(s, s->next, piece);
		memcpy(s->shown[s->next], s->cell[s->next], sizeof(s->cell[0]));
		s->next++;
		if (piece->n)
			return true;
	}
	put_move(piece, s->row, s->column);
	s->next = 0;
	return false;
}
