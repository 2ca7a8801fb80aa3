/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/menu.h"

static void show(struct menu *m, const struct menuview_status *status)
{
	static char buf[SCREEN_PIECE];
	struct text piece = TEXT(buf);
	bool more;

	menuview_draw(&m->view, &m->screen, status);
	do {
		more = screen_draw(&m->screen, &piece);
		tty_put(m->t, text_span(&piece));
		text_reset(&piece);
	} while (more);
}

int menuscreen_type(struct menu *m, struct span prompt, struct lineedit *e,
		    bool stars, int *key)
{
	const struct menuview_status status = {
		.edit = e,
		.prompt = prompt,
		.stars = stars,
	};
	int rc;

	do {
		show(m, &status);
		rc = tty_key(m->t, MS_NEVER, key);
		if (*key == KEY_CTRL('L'))
			screen_forget(&m->screen);
	} while (!rc && lineedit_key(e, *key));
	return rc;
}

/* Draws, and waits for a key until the countdown has another second. */
static int next_key(struct menu *m, int *key)
{
	static char buf[256];
	struct text countdown = TEXT(buf);
	bool typed = m->t->typed;
	struct menuview_status status;
	int rc;

	countdown.clip = true;
	menu_put_countdown(m, &countdown);
	status = (struct menuview_status){ .countdown = text_span(&countdown) };
	show(m, &status);
	rc = tty_key(m->t, tty_seconds(m->t) ? clock_now() + 1000 : MS_NEVER,
		     key);
	/* Who has come just now has not seen what was drawn before. */
	if (!typed && m->t->typed)
		screen_forget(&m->screen);
	return rc;
}

static int take_hotkey(struct menu *m, int key)
{
	uint16_t hot = menuview_hotkey(&m->view, key);

	if (hot == BOOTCFG_NONE)
		return 0;
	menuview_select(&m->view, hot);
	return m->cfg->entry[hot].immediate ? menu_take(m) : 0;
}

static int take_key(struct menu *m, int key)
{
	if (menuview_move(&m->view, key, menuview_rows(&m->view, &m->screen)))
		return 0;
	switch (key) {
	case KEY_ENTER:
		return menu_take(m);
	case KEY_TAB:
		return menu_edit(m);
	case KEY_ESC:
	case KEY_CTRL('C'):
		return menu_leave(m);
	case KEY_CTRL('L'):
		screen_forget(&m->screen);
		return 0;
	default:
		return key < KEY_F1 ? take_hotkey(m, key) : menu_fkey(m, key);
	}
}

/* Goes below all that is drawn, where the log goes on. */
static void leave(struct menu *m)
{
	const struct menuview_status nothing = { .edit = NULL };
	static char buf[32];
	struct text t = TEXT(buf);

	show(m, &nothing);
	text_printf(&t, "\033[%u;1H\r\n", m->screen.rows);
	tty_put(m->t, text_span(&t));
}

int menuscreen_run(struct menu *m)
{
	const struct terminal *terminal = m->t->boot->terminal;
	int key = KEY_NONE, rc;

	screen_open(&m->screen, terminal->rows, terminal->columns);
	do {
		rc = next_key(m, &key);
		if (!rc && key != KEY_NONE)
			rc = take_key(m, key);
	} while (!rc);
	leave(m);
	return rc;
}
