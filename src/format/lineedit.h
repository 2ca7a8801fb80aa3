/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_LINEEDIT_H
#define FORMAT_LINEEDIT_H

#include <stdbool.h>

#include "base/text.h"

/* One line that somebody edits with a terminal's keys: arrows, Home, End, ^B ^F
 * ^A ^E, Backspace, Delete, ^D, ^U, ^W and ^K. */
struct lineedit {
	struct text *line; /* borrowed; `clip` is not set */
	size_t at;         /* where the cursor is, from 0 to line->n */
};

/* Starts behind what is in `line`. */
struct lineedit lineedit_over(struct text *line);

/* Applies a key.  Returns false for one that is none of an editor's; what does
 * not fit is dropped. */
bool lineedit_key(struct lineedit *e, int key);

/* Appends `s` behind the cursor, if all of it fits. */
void lineedit_insert(struct lineedit *e, struct span s);

/* Returns the part of the line that `columns` (at least 1) can show with the
 * cursor in it, and in *cursor its column, from 0. */
struct span lineedit_window(const struct lineedit *e, size_t columns,
			    size_t *cursor);

#endif
