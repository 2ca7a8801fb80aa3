/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_SCREEN_H
#define FORMAT_SCREEN_H

#include <stdbool.h>

#include "base/text.h"

/* A terminal's screen as cells, and the VT100 sequences that bring a terminal
 * up to date with them.
 *
 * Cells hold printable ASCII only, whatever is put there, and what does not fit
 * is cut; the last column stays empty, so that no terminal ever wraps. */

/* The most that is used of a larger terminal. */
#define SCREEN_ROWS 100
#define SCREEN_COLUMNS 320

/* What the longest piece of output takes, its NUL included. */
#define SCREEN_PIECE 4096

/* Attributes of a cell, added up. */
#define SCREEN_PLAIN 0u
#define SCREEN_BOLD 1u
#define SCREEN_FAINT 2u
#define SCREEN_REVERSE 4u

struct screen_cell {
	uint8_t c, attributes;
};

struct screen {
	unsigned rows, columns; /* to be used */
	unsigned row, column;   /* of the cursor, from 1 */
	bool known;             /* `shown` is what the terminal shows */
	unsigned next;          /* row to be looked at by screen_draw() */
	struct screen_cell cell[SCREEN_ROWS][SCREEN_COLUMNS];
	struct screen_cell shown[SCREEN_ROWS][SCREEN_COLUMNS];
};

/* A terminal to draw on. */
struct terminal {
	bool present; /* somebody may type there */
	bool dumb;    /* it knows no sequences */
	int out;      /* descriptor for what is drawn */
	unsigned rows, columns;
};

/* Starts with an empty screen of that size, on a terminal of which nothing is
 * known. */
void screen_open(struct screen *s, unsigned rows, unsigned columns);

/* Empties all cells. */
void screen_clear(struct screen *s);

/* Tells that something else has written to the terminal. */
void screen_forget(struct screen *s);

/* Returns what stands for byte `c` on a terminal: itself or '?'. */
uint8_t screen_byte(uint8_t c);

/* Puts text, or `n` times the byte `c`, into cells from `row` and `column` on,
 * counted from 1.  Returns the column behind. */
unsigned screen_put(struct screen *s, unsigned row, unsigned column,
		    unsigned attributes, struct span text);
unsigned screen_fill(struct screen *s, unsigned row, unsigned column,
		     unsigned attributes, uint8_t c, unsigned n);

/* Says where the cursor shall stand. */
void screen_move(struct screen *s, unsigned row, unsigned column);

/* Puts the next piece of what a terminal must be sent into an empty text of at
 * least SCREEN_PIECE.  Returns false behind the last one, which places the
 * cursor. */
bool screen_draw(struct screen *s, struct text *piece);

#endif
