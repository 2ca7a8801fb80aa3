/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_KEY_H
#define FORMAT_KEY_H

#include <stdbool.h>

#include "base/span.h"

/* What somebody types, from the bytes that a terminal makes of it.
 *
 * Known are the sequences of the VT100 family, of xterm and of the Linux
 * console; an unknown one is swallowed whole.  Bytes may come one at a time,
 * and from anybody. */

/* A key is its byte, 1 to 255, or one of these. */
enum key {
	KEY_NONE = 0,
	KEY_TAB = '\t',
	KEY_ENTER = '\r',
	KEY_ESC = 0x1b,
	KEY_BACKSPACE = 0x7f, /* ^H too */
	KEY_UP = 0x100,
	KEY_DOWN,
	KEY_RIGHT,
	KEY_LEFT,
	KEY_HOME,
	KEY_END,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_DELETE,
	KEY_F1,
	KEY_F12 = KEY_F1 + 11,
};

/* The byte of a letter typed with Ctrl. */
#define KEY_CTRL(letter) ((letter)&0x1f)

/* How long the rest of a sequence may take; a lone Esc is one without rest. */
#define KEY_REST_MS 150

/* A reader between two bytes; {0} at the start. */
struct key_reader {
	unsigned state;
	unsigned number; /* the sequence's first */
	bool later;      /* behind that number */
	bool enter;      /* the last byte was CR, whose LF is not another */
};

/* Takes bytes off *in up to the end of a key, and returns it; KEY_NONE if no
 * more are there. */
int key_next(struct key_reader *r, struct span *in);

/* Returns true in the middle of a sequence. */
bool key_pending(const struct key_reader *r);

/* Ends a sequence whose rest does not come: KEY_ESC for a lone Esc, else
 * KEY_NONE. */
int key_give_up(struct key_reader *r);

#endif
