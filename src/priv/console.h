/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_CONSOLE_H
#define PRIV_CONSOLE_H

#include <termios.h>

#include "format/screen.h"
#include "format/spec.h"

/* The terminal that somebody may sit at: what the jailed process may not find
 * out or change any more, and what must be as it was when the run ends. */

struct console {
	struct terminal terminal; /* for the jailed process */
	struct termios saved;     /* how it was, if somebody may be there */
};

/* Looks at descriptors 0 and `out`.  Somebody may be there if both are
 * terminals, we may read from it, and `spec` says neither --menu=no nor --quiet
 * nor --runas=.  One without a size, as libxl's pty, has 24 rows of 80 columns;
 * one whose TERM is not set, empty or "dumb" knows no sequences. */
void console_open(struct console *c, const struct spec *spec, int out);

/* Makes the terminal hand over each key at once, without showing it, if
 * somebody may be there.  Where ^C ends programs it still does. */
void console_listen(struct console *c);

/* Makes it what it was, whoever changed it; may be called in any case. */
void console_restore(const struct console *c);

#endif
