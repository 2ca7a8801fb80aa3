/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FUZZ_CHILD_SCRIPT_H
#define FUZZ_CHILD_SCRIPT_H

#include "peer.h"

/* A fuzzer's bytes as what happens to the child: each begins with a byte that
 * says what, see the table in script.c. */

/* Starts with the bytes that are left in `s`. */
void script_start(struct span s);

/* Lets the next things happen, up to one that the child has to wait for; `keys`
 * says whether it waits for somebody to type, too.  Returns false if the script
 * is over. */
bool script_run(bool keys);

/* Takes a part of the script that begins with its length, a byte. */
struct span script_part(void);

#endif
