/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_MENUVIEW_H
#define FORMAT_MENUVIEW_H

#include "format/bootcfg.h"
#include "format/lineedit.h"
#include "format/screen.h"

/* A menu as somebody sees it: which entry the bar is on, what keys do to it,
 * and how it looks on a screen or as a list.  The look is that of Syslinux'
 * menu.c32 (draw_menu() and run_menu() in com32/menu/menumain.c), with the rows
 * and columns that the terminal has instead of MENU ROWS and its like. */

/* The smallest screen with a menu on it; a list does on smaller ones. */
#define MENUVIEW_MIN_ROWS 10
#define MENUVIEW_MIN_COLUMNS 20

struct menuview {
	const struct bootcfg *cfg; /* borrowed */
	uint16_t menu;
	uint16_t entry[LWPXE_CONFIG_LABELS]; /* of the menu, in order */
	unsigned n;
	unsigned bar; /* index in entry[] */
	unsigned top; /* the first one visible */
};

/* What stands below the entries. */
struct menuview_status {
	struct span countdown;
	const struct lineedit *edit; /* the line being typed; NULL = none */
	struct span prompt;          /* in front of that line */
	bool stars;                  /* that line is secret */
};

/* Looks at `menu`, with the bar on its default. */
void menuview_open(struct menuview *v, const struct bootcfg *cfg,
		   uint16_t menu);

/* Returns the entry under the bar; BOOTCFG_NONE if none can be chosen. */
uint16_t menuview_chosen(const struct menuview *v);

/* Puts the bar on entry number `entry` of the configuration. */
void menuview_select(struct menuview *v, uint16_t entry);

/* Moves the bar as a key wants it: arrows, pages of `rows` entries, Home, End,
 * and Syslinux' other keys for these.  Returns false for another key. */
bool menuview_move(struct menuview *v, int key, unsigned rows);

/* Returns the entry whose hot key this is, or BOOTCFG_NONE. */
uint16_t menuview_hotkey(const struct menuview *v, int key);

/* Returns true if the entry can be chosen. */
bool menuview_enabled(const struct bootcfg_entry *e);

/* Returns what an entry or a menu is called, the "^" before hot keys in it. */
struct span menuview_label(const struct bootcfg_entry *e);
struct span menuview_title(const struct bootcfg *cfg, uint16_t menu);

/* Puts a label without its "^", in printable form, at most `max` bytes. */
void menuview_put_label(struct text *t, struct span label, size_t max);

/* Returns a text of the menu: its author's, or the usual one. */
struct span menuview_message(const struct bootcfg_menu *m,
			     enum bootcfg_message which);

/* Puts the countdown's text, with `seconds` for "#" and the right form of
 * "{singular,plural}" or "{singular,dual,plural}", in printable form. */
void menuview_put_countdown(struct text *t, struct span text, unsigned seconds);

/* Returns how many entries a screen has room for. */
unsigned menuview_rows(const struct menuview *v, const struct screen *s);

/* Fills the screen's cells with the menu. */
void menuview_draw(struct menuview *v, struct screen *s,
		   const struct menuview_status *status);

#endif
