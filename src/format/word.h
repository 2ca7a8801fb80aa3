/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_WORD_H
#define FORMAT_WORD_H

#include "base/span.h"

/* The words and numbers that lines of a configuration are made of.
 *
 * Words to compare with are packed into one string, each with its NUL, and an
 * empty one at the end: "one\0two\0". */

/* Returns which of `words` the word is, or their number if it is none. */
size_t word_find(struct span word, const char *words);

/* Takes the first word off the line, with the blanks around it.  Returns which
 * of `words` it is, case-insensitively, or their number if it is none. */
size_t word_take(struct span *line, const char *words);

/* Returns true if `s` begins with one of `words`, whatever their letters' case
 * if `any_case`. */
bool word_begins(struct span s, const char *words, bool any_case);

/* Returns word number `i` of `words`; the empty one if there are fewer. */
const char *word_nth(const char *words, size_t i);

/* Reads a number as C's strtoul does: in the given base or, if that is 0, in
 * that of its prefix; as far as it goes, 0 where none is.  One that does not
 * fit is UINT32_MAX, a negative one wraps. */
uint32_t word_number(struct span s, uint32_t base);

#endif
