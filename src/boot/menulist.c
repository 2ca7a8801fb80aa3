/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/menu.h"

/* Longer than any number or label that makes sense. */
#define CHOICE_BYTES 256

/* Puts entry number i of the view behind its number, which counts only what can
 * be chosen. */
static void put_entry(const struct menuview *v, unsigned i, unsigned number,
		      struct text *line)
{
	const struct bootcfg_entry *e = &v->cfg->entry[v->entry[i]];

	if (menuview_enabled(e))
		text_printf(line, "%3u  ", number);
	else
		text_puts(line, "     ");
	for (unsigned n = 0; n < e->indent; n++)
		text_puts(line, " ");
	menuview_put_label(line, menuview_label(e), SCREEN_COLUMNS);
	if (e->action == ACTION_SUBMENU)
		text_puts(line, " >");
	if (e->action == ACTION_EXIT)
		text_puts(line, " <");
}

static void list(struct menu *m)
{
	const struct menuview *v = &m->view;
	static char buf[SCREEN_COLUMNS + 1];
	struct text line = TEXT(buf);
	unsigned number = 0;

	line.clip = true;
	tty_line(m->t, SPAN_LIT(""));
	menuview_put_label(&line, menuview_title(m->cfg, v->menu),
			   SCREEN_COLUMNS);
	tty_line(m->t, text_span(&line));
	for (unsigned i = 0; i < v->n; i++) {
		line = TEXT(buf);
		line.clip = true;
		number += menuview_enabled(&m->cfg->entry[v->entry[i]]);
		put_entry(v, i, number, &line);
		tty_line(m->t, text_span(&line));
	}
	line = TEXT(buf);
	line.clip = true;
	menu_put_countdown(m, &line);
	if (line.n)
		tty_line(m->t, text_span(&line));
}

/* Finds the entry that has this number in the list. */
static uint16_t numbered(const struct menuview *v, uint32_t number)
{
	for (unsigned i = 0; i < v->n; i++)
		if (menuview_enabled(&v->cfg->entry[v->entry[i]]) && !--number)
			return v->entry[i];
	return BOOTCFG_NONE;
}

/* Finds what was typed: a number, a hot key, a label of this menu. */
static uint16_t find(const struct menuview *v, struct span choice)
{
	struct span digits = choice;
	uint32_t number;
	uint16_t found;

	if (span_get_number(&digits, LWPXE_CONFIG_LABELS, &number) && !digits.n)
		return number ? numbered(v, number) : BOOTCFG_NONE;
	if (choice.n == 1)
		return menuview_hotkey(v, choice.p[0]);
	found = bootcfg_find_in_menu(v->cfg, choice);
	return found != BOOTCFG_NONE && v->cfg->entry[found].menu == v->menu &&
			       menuview_enabled(&v->cfg->entry[found]) ?
		       found :
		       BOOTCFG_NONE;
}

/* Puts the bar on what was typed; nothing means where it is. */
static bool select_typed(struct menu *m, struct span choice)
{
	uint16_t found;

	choice = span_trim_end(span_skip_blanks(choice));
	if (!choice.n)
		return true;
	found = find(&m->view, choice);
	if (found != BOOTCFG_NONE)
		menuview_select(&m->view, found);
	else
		tty_line(m->t, SPAN_LIT("There is no such entry."));
	return found != BOOTCFG_NONE;
}

static int take_key(struct menu *m, int key, struct span choice)
{
	switch (key) {
	case KEY_ENTER:
		return select_typed(m, choice) ? menu_take(m) : 0;
	case KEY_TAB:
		return select_typed(m, choice) ? menu_edit(m) : 0;
	case KEY_ESC:
	case KEY_CTRL('C'):
		return menu_leave(m);
	default:
		return menu_fkey(m, key);
	}
}

/* Returns the number of the entry that Enter alone takes. */
static unsigned number_of_bar(const struct menuview *v)
{
	unsigned number = 0;

	for (unsigned i = 0; i <= v->bar; i++)
		number += menuview_enabled(&v->cfg->entry[v->entry[i]]);
	return number;
}

int menulist_run(struct menu *m)
{
	static char typed[CHOICE_BYTES], buf[32];
	struct text choice, prompt;
	struct lineedit e;
	int key = KEY_NONE, rc;

	do {
		list(m);
		choice = TEXT(typed);
		prompt = TEXT(buf);
		e = lineedit_over(&choice);
		text_printf(&prompt, "Number [%u]: ", number_of_bar(&m->view));
		rc = tty_edit(m->t, text_span(&prompt), &e, false, &key);
		tty_line(m->t, SPAN_LIT(""));
		if (!rc)
			rc = take_key(m, key, text_span(&choice));
	} while (!rc);
	return rc;
}
