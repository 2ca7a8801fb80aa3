/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIAR_H
#define LIAR_H

#include <stdbool.h>

/* Makes the system call `name`, of those that the jail must not allow, which is
 * then the end.  Returns false if it knows no such call. */
bool liar_call(const char *name);

#endif
