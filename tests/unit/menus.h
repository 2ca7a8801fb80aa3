/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_MENUS_H
#define TESTS_UNIT_MENUS_H

#include "format/menuview.h"

/* Menus made by hand, for tests of how they look and move. */

static struct bootcfg cfg;
static struct menuview view;

/* Adds an entry to the menu and returns it. */
static inline struct bootcfg_entry *add(uint16_t menu, const char *label,
					const char *menu_label)
{
	const struct bootcfg_entry e = {
		.label = span_of(label),
		.menu_label = span_of(menu_label),
	};

	assert_int_equal(bootcfg_add(&cfg, menu, &e), 0);
	return &cfg.entry[cfg.entries - 1];
}

static inline void add_separator(uint16_t menu)
{
	struct bootcfg_entry *e = add(menu, "", "");

	e->separator = true;
	e->action = ACTION_DISABLED;
}

/* A menu of everything: entries 0 to 6, of which 0, 3 and 4 cannot be chosen,
 * and a submenu with one more. */
static inline void make_menus(void)
{
	static const struct bootcfg_entry here = { .line = 1 };
	struct bootcfg_entry *e;
	uint16_t sub;

	bootcfg_init(&cfg);
	cfg.menu[0].title = SPAN_LIT("All of it");
	cfg.menu[0].allowoptions = true;
	add(0, "heading", "A heading")->action = ACTION_DISABLED;
	e = add(0, "one", "The ^first");
	e->indent = 2;
	e->help = SPAN_LIT("This is the first.\n\033[2JAnd\x9b a second line.");
	add(0, "plain", "");
	add_separator(0);
	add(0, "off", "Switched o^ff")->action = ACTION_DISABLED;
	assert_int_equal(bootcfg_add_menu(&cfg, 0, SPAN_LIT("sub"), &here,
					  &sub),
			 0);
	cfg.entry[5].menu_label = SPAN_LIT("More ^entries");
	add(0, "seven", "^Seven ^eleven");
	e = add(sub, "back", "^Back");
	e->action = ACTION_EXIT;
	e->target = 0;
}

#endif
