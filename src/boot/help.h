/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_HELP_H
#define BOOT_HELP_H

#include "boot/tty.h"

/* Downloads the file that the first word of `name` names and shows it, a screen
 * at a time; or says why it cannot be had.  With `key`, waits for a key behind
 * the last screen too, and returns it there.  Returns as tty_key(). */
int help_show(struct tty *t, struct span name, int *key);

#endif
