/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_ANSWER_H
#define PRIV_ANSWER_H

#include "base/text.h"

/* The answer to --explain and --list-entries with --format=json: a file in
 * memory, which the jailed process fills and we print only once it has ended
 * well, so that there is one whole object or another, and never half of one. */

/* Opens it.  Returns its descriptor, or -E_INTERNAL with a sentence in
 * `why`. */
int answer_open(struct text *why);

/* Copies it to standard output.  Returns 0; -E_NOT_FOUND if it is empty;
 * -E_INTERNAL if it cannot be read; -E_OUTPUT. */
int answer_print(int fd);

/* Prints an object that holds nothing but why there is no answer: exit code
 * `code` and a sentence. */
void answer_print_error(int code, struct span message);

#endif
