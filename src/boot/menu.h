/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_MENU_H
#define BOOT_MENU_H

#include "boot/tty.h"
#include "format/cmdline.h"
#include "format/menuview.h"

/* Menus as menu.c32 shows them (run_menu() in com32/menu/menumain.c): on the
 * whole screen; or as a list of numbers, on a terminal that is dumb or too
 * small. */

/* What a step of a menu returns besides 0 to go on, TTY_OVER and errors. */
#define MENU_ANSWERED 2

/* A menu being shown. */
struct menu {
	struct tty *t;
	const struct bootcfg *cfg;
	struct answer *answer;
	struct menuview view;
	struct screen screen;
	bool list;
	uint16_t bar[LWPXE_CONFIG_MENUS]; /* where it was left, by menu */
	char edited[3 * CMDLINE_MAX];     /* kernel and command line */
};

/* The `menu` of boot/choose.h, with a struct tty as `arg`. */
int menu_ask(void *arg, const struct bootcfg *cfg, uint16_t number,
	     struct answer *answer);

/* Steps, all returning 0, MENU_ANSWERED or as tty_key().  Take the entry under
 * the bar, once its password is known; edit its command line; go back to the
 * menu above, or to the prompt; show the help file of an F-key, if `key` is one
 * that has one. */
int menu_take(struct menu *m);
int menu_edit(struct menu *m);
int menu_leave(struct menu *m);
int menu_fkey(struct menu *m, int key);

/* Puts the countdown into the empty `line`: nothing if there is none. */
void menu_put_countdown(const struct menu *m, struct text *line);

/* Lets somebody type into *line, as stars if that is secret.  Returns as a
 * step, and whether Enter ended it in *entered. */
int menu_type(struct menu *m, struct span prompt, struct text *line, bool stars,
	      bool *entered);

/* Runs the menu, on a list or on a screen, until it has an answer. */
int menulist_run(struct menu *m);
int menuscreen_run(struct menu *m);

/* Lets somebody type on the screen, as menu_type() does. */
int menuscreen_type(struct menu *m, struct span prompt, struct lineedit *e,
		    bool stars, int *key);

#endif
