/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/key.h"

/* Where the reader is: on the ground; behind ESC; behind ESC [ (ECMA-48's CSI),
 * ESC O (its SS3) or the Linux console's ESC [ [. */
enum state { GROUND, ESCAPE, CSI, SS3, LINUX };

/* More than any key's number; a longer one is no key. */
#define NUMBER_MAX 999

/* Finds the key of a sequence that ends in a letter. */
static int letter_key(uint8_t c)
{
	static const char letters[] = "ABCDHFPQRS";
	static const uint16_t keys[] = {
		KEY_UP,  KEY_DOWN, KEY_RIGHT,  KEY_LEFT,   KEY_HOME,
		KEY_END, KEY_F1,   KEY_F1 + 1, KEY_F1 + 2, KEY_F1 + 3,
	};

	for (size_t i = 0; letters[i]; i++)
		if ((uint8_t)letters[i] == c)
			return keys[i];
	return KEY_NONE;
}

/* Finds the key of ESC [ number ~.  Between groups of F-keys the VT220's
 * numbers leave gaps. */
static int number_key(unsigned n)
{
	static const uint16_t low[] = {
		KEY_NONE,    KEY_HOME,      KEY_NONE, KEY_DELETE, KEY_END,
		KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME, KEY_END,
	};
	static const uint8_t f[] = { 11, 12, 13, 14, 15, 17,
				     18, 19, 20, 21, 23, 24 };

	if (n < sizeof(low) / sizeof(*low))
		return low[n];
	for (size_t i = 0; i < sizeof(f); i++)
		if (f[i] == n)
			return KEY_F1 + (int)i;
	return KEY_NONE;
}

static int begin(struct key_reader *r, unsigned state)
{
	r->state = state;
	r->number = 0;
	r->later = false;
	return KEY_NONE;
}

static int ground(struct key_reader *r, uint8_t c)
{
	bool enter = r->enter;

	r->enter = c == '\r';
	if (c == 0x1b)
		return begin(r, ESCAPE);
	if (c == '\n')
		return enter ? KEY_NONE : KEY_ENTER;
	return c == '\b' ? KEY_BACKSPACE : c;
}

/* Numbers and what else stands between CSI and the letter that ends it; of the
 * numbers behind the first, modifier keys, nothing is wanted. */
static int csi(struct key_reader *r, uint8_t c)
{
	if (c >= '0' && c <= '9') {
		if (!r->later)
			r->number = r->number * 10 + (unsigned)(c - '0');
		if (r->number > NUMBER_MAX)
			r->number = NUMBER_MAX;
		return KEY_NONE;
	}
	if (c < 0x40) {
		r->later = true;
		return KEY_NONE;
	}
	if (c == '[' && !r->number && !r->later)
		return begin(r, LINUX);
	r->state = GROUND;
	return c == '~' ? number_key(r->number) : letter_key(c);
}

/* The byte `c` goes on with a sequence. */
static int go_on(struct key_reader *r, uint8_t c)
{
	switch (r->state) {
	case ESCAPE:
		return begin(r, c == '[' ? CSI : SS3);
	case CSI:
		return csi(r, c);
	case SS3:
		r->state = GROUND;
		return letter_key(c);
	default:
		r->state = GROUND;
		return c >= 'A' && c <= 'E' ? KEY_F1 + c - 'A' : KEY_NONE;
	}
}

/* Returns true if `c` cannot belong to the sequence: behind a lone Esc, or a
 * control character in the middle. */
static bool breaks_off(const struct key_reader *r, uint8_t c)
{
	if (r->state == ESCAPE)
		return c != '[' && c != 'O';
	return c < 0x20 || c >= 0x7f;
}

int key_next(struct key_reader *r, struct span *in)
{
	uint8_t c;
	int key;

	while (in->n) {
		if (r->state != GROUND && breaks_off(r, in->p[0])) {
			key = key_give_up(r);
		} else {
			span_get_u8(in, &c);
			key = r->state == GROUND ? ground(r, c) : go_on(r, c);
		}
		if (key != KEY_NONE)
			return key;
	}
	return KEY_NONE;
}

bool key_pending(const struct key_reader *r)
{
	return r->state != GROUND;
}

int key_give_up(struct key_reader *r)
{
	int key = r->state == ESCAPE ? KEY_ESC : KEY_NONE;

	r->state = GROUND;
	r->enter = false;
	return key;
}
