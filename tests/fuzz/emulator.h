/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_EMULATOR_H
#define TESTS_EMULATOR_H

/* A terminal that knows what format/screen sends, and nothing else. */
#include "format/screen.h"
#include "fuzz.h"

struct emulator {
	unsigned rows, columns; /* of the terminal */
	unsigned row, column;   /* from 1 */
	unsigned attributes;
	struct screen_cell cell[SCREEN_ROWS][SCREEN_COLUMNS];
};

static inline void emulator_clear(struct emulator *e)
{
	for (unsigned y = 0; y < SCREEN_ROWS; y++)
		for (unsigned x = 0; x < SCREEN_COLUMNS; x++)
			e->cell[y][x] = (struct screen_cell){ ' ', 0 };
}

static inline void emulator_move(struct emulator *e, const uint32_t *number,
				 size_t n)
{
	fuzz_check(n == 2 && number[0] >= 1 && number[0] <= e->rows &&
		   number[1] >= 1 && number[1] < e->columns);
	e->row = number[0];
	e->column = number[1];
}

static inline void emulator_attributes(struct emulator *e,
				       const uint32_t *number, size_t n)
{
	fuzz_check(n && !number[0]);
	e->attributes = 0;
	for (size_t i = 1; i < n; i++) {
		fuzz_check(number[i] == 1 || number[i] == 2 || number[i] == 7);
		e->attributes |= number[i] == 7 ? SCREEN_REVERSE : number[i];
	}
}

/* Obeys what follows ESC. */
static inline void emulator_obey(struct emulator *e, struct span *in)
{
	uint32_t number[4];
	uint8_t c = 0;
	size_t n = 0;

	fuzz_check(span_get_u8(in, &c) && c == '[');
	do
		fuzz_check(n < 4 && span_get_number(in, 999, &number[n++]) &&
			   span_get_u8(in, &c));
	while (c == ';');
	if (c == 'H') {
		emulator_move(e, number, n);
	} else if (c == 'm') {
		emulator_attributes(e, number, n);
	} else {
		fuzz_check(c == 'J' && n == 1 && number[0] == 2 &&
			   !e->attributes);
		emulator_clear(e);
	}
}

/* Takes output.  The last column is out of bounds, since behind it terminals
 * disagree. */
static inline void emulator_feed(struct emulator *e, struct span in)
{
	uint8_t c;

	while (span_get_u8(&in, &c)) {
		if (c == 0x1b) {
			emulator_obey(e, &in);
			continue;
		}
		fuzz_check(c >= 0x20 && c <= 0x7e);
		fuzz_check(e->row >= 1 && e->row <= e->rows &&
			   e->column < e->columns);
		e->cell[e->row - 1][e->column - 1] = (struct screen_cell){
			c,
			(uint8_t)e->attributes,
		};
		e->column++;
	}
}

#endif
