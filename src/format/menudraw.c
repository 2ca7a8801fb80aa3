/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/menuview.h"

/* The widest box, borders included, and the space at its sides if there is
 * enough of it. */
#define BOX_MAX 100u
#define MARGIN 10u

/* Rows that are not entries, on a screen that has ENOUGH of them and on a
 * smaller one. */
#define ENOUGH_ROWS 20u
#define OTHER_ROWS 12u
#define OTHER_ROWS_SMALL 7u

/* What surrounds an entry: a border and a blank on each side. */
#define SIDES 4u

/* Entries that the box has room for even if there are fewer. */
#define BOX_ENTRIES 12u

#define FIRST_ENTRY_ROW 4u

static unsigned lesser(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned box_width(const struct screen *s)
{
	unsigned width = s->columns;

	if (width > 6 * MARGIN)
		width -= lesser(width - 6 * MARGIN, 2 * MARGIN - 1);
	return lesser(width, BOX_MAX);
}

static unsigned box_left(const struct screen *s)
{
	return 1 + (s->columns + 1 - box_width(s)) / 2;
}

unsigned menuview_rows(const struct menuview *v, const struct screen *s)
{
	unsigned other = s->rows >= ENOUGH_ROWS ? OTHER_ROWS : OTHER_ROWS_SMALL;
	unsigned wanted = v->n > BOX_ENTRIES ? v->n : BOX_ENTRIES;

	return lesser(s->rows - other, wanted);
}

/* Puts text into the middle of a row. */
static void put_centred(struct screen *s, unsigned row, unsigned attributes,
			struct span text)
{
	unsigned n = lesser((unsigned)text.n, s->columns);

	screen_put(s, row, 1 + (s->columns - n) / 2, attributes, text);
}

static void draw_border(struct screen *s, unsigned row)
{
	unsigned width = box_width(s), at = box_left(s);

	at = screen_fill(s, row, at, SCREEN_PLAIN, '+', 1);
	at = screen_fill(s, row, at, SCREEN_PLAIN, '-', width - 2);
	screen_fill(s, row, at, SCREEN_PLAIN, '+', 1);
}

static void draw_sides(struct screen *s, unsigned row, uint8_t right)
{
	unsigned left = box_left(s);

	screen_fill(s, row, left, SCREEN_PLAIN, '|', 1);
	screen_fill(s, row, left + box_width(s) - 1, SCREEN_PLAIN, right, 1);
}

/* Puts a label between columns `at` and `end`, its hot key bold.  As in
 * Syslinux no "^" is ever shown. */
static unsigned draw_label(struct screen *s, unsigned row, unsigned at,
			   unsigned end, unsigned attributes, struct span label)
{
	bool hot = false, had = false;
	uint8_t c;

	while (at < end && span_get_u8(&label, &c)) {
		if (c == '^') {
			hot = !had;
			had = true;
			continue;
		}
		at = screen_fill(s, row, at,
				 attributes | (hot ? SCREEN_BOLD : 0), c, 1);
		hot = false;
	}
	return at;
}

static void draw_entry(const struct menuview *v, struct screen *s, unsigned row,
		       unsigned i)
{
	const struct bootcfg_entry *e = &v->cfg->entry[v->entry[i]];
	unsigned at = box_left(s) + 1, end = at + box_width(s) - SIDES + 1;
	unsigned attributes = i == v->bar         ? SCREEN_REVERSE :
			      menuview_enabled(e) ? SCREEN_PLAIN :
						    SCREEN_FAINT;

	screen_fill(s, row, at, attributes, ' ', end + 1 - at);
	at = screen_fill(s, row, at + 1, attributes, ' ',
			 lesser(e->indent, end - at));
	if (e->action == ACTION_SUBMENU)
		screen_fill(s, row, end - 1, attributes, '>', 1);
	if (e->action == ACTION_EXIT)
		screen_fill(s, row, end - 1, attributes, '<', 1);
	if (e->action == ACTION_SUBMENU || e->action == ACTION_EXIT)
		end -= 2;
	draw_label(s, row, at, end, attributes, menuview_label(e));
}

/* Returns what the right border is in a row: part of a scroll bar if there are
 * entries beyond the box. */
static uint8_t scroll_mark(const struct menuview *v, unsigned rows,
			   unsigned row)
{
	unsigned length, from;

	if (v->n <= rows)
		return '|';
	length = rows * rows / v->n + 1;
	from = (rows - length) * v->top / (v->n - rows);
	return row >= from && row < from + length ? '#' : '|';
}

/* Brings the bar into sight; going up, with the headings above it. */
static void scroll(struct menuview *v, unsigned rows)
{
	if (v->bar >= v->top + rows)
		v->top = v->bar - rows + 1;
	if (v->bar >= v->top)
		return;
	v->top = v->bar;
	while (v->top && v->bar < v->top - 1 + rows &&
	       !menuview_enabled(&v->cfg->entry[v->entry[v->top - 1]]))
		v->top--;
}

static void draw_box(struct menuview *v, struct screen *s, unsigned rows)
{
	struct span title = menuview_title(v->cfg, v->menu);
	unsigned width = box_width(s) - SIDES, n = (unsigned)title.n, i, row;

	draw_border(s, 1);
	draw_sides(s, 2, '|');
	n = lesser(n, width);
	draw_label(s, 2, box_left(s) + 2 + (width - n) / 2,
		   box_left(s) + 2 + width, SCREEN_BOLD, title);
	draw_border(s, 3);
	scroll(v, rows);
	for (i = 0; i < rows; i++) {
		row = FIRST_ENTRY_ROW + i;
		draw_sides(s, row, scroll_mark(v, rows, i));
		if (v->top + i < v->n)
			draw_entry(v, s, row, v->top + i);
	}
	draw_border(s, FIRST_ENTRY_ROW + rows);
}

/* TEXT HELP: control characters but the line's end mean nothing. */
static void draw_help(const struct menuview *v, struct screen *s, unsigned row)
{
	uint16_t chosen = menuview_chosen(v);
	struct span line, text;
	unsigned column;
	uint8_t c;

	if (chosen == BOOTCFG_NONE)
		return;
	text = v->cfg->entry[chosen].help;
	for (; text.n && row <= s->rows; row++) {
		span_get_until(&text, '\n', &line);
		column = 1;
		while (span_get_u8(&line, &c))
			if (c >= 0x20)
				column = screen_fill(s, row, column,
						     SCREEN_PLAIN, c, 1);
	}
}

/* Puts the line being typed, with the cursor in it. */
static void draw_edit(struct screen *s, unsigned row, unsigned left,
		      unsigned end, const struct menuview_status *status)
{
	struct span shown;
	size_t cursor;

	if (left >= end)
		return;
	shown = lineedit_window(status->edit, end - left, &cursor);
	if (status->stars)
		screen_fill(s, row, left, SCREEN_PLAIN, '*', (unsigned)shown.n);
	else
		screen_put(s, row, left, SCREEN_PLAIN, shown);
	screen_move(s, row, left + (unsigned)cursor);
}

/* A box over the menu, with what is asked for in its upper border. */
static void draw_password(struct screen *s,
			  const struct menuview_status *status)
{
	unsigned left = box_left(s), width = box_width(s);
	unsigned row = s->rows / 2;

	draw_border(s, row - 1);
	screen_fill(s, row, left, SCREEN_PLAIN, ' ', width);
	draw_sides(s, row, '|');
	draw_border(s, row + 1);
	screen_put(s, row - 1, left + 2, SCREEN_BOLD,
		   (struct span){
			   status->prompt.p,
			   lesser((unsigned)status->prompt.n, width - SIDES) });
	draw_edit(s, row, left + 2, left + width - 2, status);
}

/* The row below the box: what Tab does, or the line that Tab edits. */
static void draw_command(const struct menuview *v, struct screen *s,
			 unsigned row, const struct menuview_status *status)
{
	const struct bootcfg_menu *m = &v->cfg->menu[v->menu];
	bool tab = m->allowoptions && !m->master_passwd.p;
	unsigned at;

	if (!status->edit || status->stars) {
		put_centred(s, row, SCREEN_PLAIN,
			    menuview_message(m, tab ? MESSAGE_TABMSG :
						      MESSAGE_NOTABMSG));
		return;
	}
	at = screen_put(s, row, 1, SCREEN_BOLD, status->prompt);
	draw_edit(s, row, at, s->columns + 1, status);
}

void menuview_draw(struct menuview *v, struct screen *s,
		   const struct menuview_status *status)
{
	unsigned rows = menuview_rows(v, s);
	unsigned gap = s->rows >= ENOUGH_ROWS ? 2 : 1;
	unsigned row = FIRST_ENTRY_ROW + rows + gap;

	screen_clear(s);
	draw_box(v, s, rows);
	draw_command(v, s, row, status);
	put_centred(s, row + gap, SCREEN_PLAIN, status->countdown);
	if (!status->edit)
		draw_help(v, s, row + 2 * gap);
	if (status->edit && status->stars)
		draw_password(s, status);
}
