/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_TTY_H
#define BOOT_TTY_H

#include "boot/boot.h"
#include "format/key.h"
#include "format/lineedit.h"

/* Somebody at a terminal, who may never type.
 *
 * What is written there goes past the log, and is made printable here or by
 * format/screen.  A question lasts as long as its timeout says; where that is for
 * ever, and nobody has typed yet, until LWPXE_MENU_CEILING seconds after the
 * first question, and never longer than half of the run.  A key ends all that
 * but TOTALTIMEOUT and the run's own end. */

/* What is returned when a question's time is over. */
#define TTY_OVER 1

struct tty {
	struct boot *boot; /* borrowed */
	struct key_reader reader;
	uint8_t buf[64];
	struct span in; /* bytes typed and not yet looked at */
	ms_t rest;      /* when a sequence's rest is given up */
	bool typed;     /* somebody is there */
	bool gone;      /* the terminal is no more */
	bool asked;     /* the three times below are set */
	ms_t total, ceiling, limit;
	ms_t until;      /* of this question */
	bool at_ceiling; /* no timeout of the file's */
	size_t drawn;    /* columns that an edited line takes */
};

/* Starts on the terminal of *b. */
void tty_open(struct tty *t, struct boot *b);

/* Starts a question: `timeout` and the TOTALTIMEOUT `total` are in tenths of a
 * second, 0 for none. */
void tty_question(struct tty *t, uint32_t timeout, uint32_t total);

/* Returns the seconds until the question is over, rounded up; 0 if it has no
 * end. */
unsigned tty_seconds(const struct tty *t);

/* Waits for a key.  Returns 0 with the key, which is KEY_NONE at the time
 * `wake`; TTY_OVER; or, to end the boot, -E_INTERRUPTED, or -E_TIMEOUT shortly
 * before the run's own end. */
int tty_key(struct tty *t, ms_t wake, int *key);

/* Returns the columns that a line may have, so that no terminal wraps it. */
size_t tty_columns(const struct tty *t);

/* Lets somebody edit *e behind `prompt`, on the line that the cursor is on.
 * Returns 0 with the first key that is no editor's; or as tty_key().  Needs
 * nothing of the terminal but a carriage return. */
int tty_edit(struct tty *t, struct span prompt, struct lineedit *e, bool stars,
	     int *key);

/* Writes bytes as they are. */
void tty_put(const struct tty *t, struct span s);

/* Writes a line in printable form, cut at the terminal's width. */
void tty_line(struct tty *t, struct span s);

#endif
