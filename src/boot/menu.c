/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/menu.h"

#include "base/guard.h"
#include "boot/help.h"
#include "format/passwd.h"

#define PASSWORD_BYTES 128

static struct menu menu;

static const struct bootcfg_menu *current(const struct menu *m)
{
	return &m->cfg->menu[m->view.menu];
}

void menu_put_countdown(const struct menu *m, struct text *line)
{
	static const char ceiling[] = "Boots in # second{,s} without a key...";
	unsigned seconds = tty_seconds(m->t);

	if (!seconds)
		return;
	menuview_put_countdown(line,
			       m->t->at_ceiling && !m->t->typed ?
				       span_of(ceiling) :
				       menuview_message(current(m),
							MESSAGE_AUTOBOOT),
			       seconds);
}

int menu_type(struct menu *m, struct span prompt, struct text *line, bool stars,
	      bool *entered)
{
	struct lineedit e = lineedit_over(line);
	int key, rc;

	do
		rc = m->list ? tty_edit(m->t, prompt, &e, stars, &key) :
			       menuscreen_type(m, prompt, &e, stars, &key);
	while (!rc && key != KEY_ENTER && key != KEY_ESC &&
	       key != KEY_CTRL('C'));
	*entered = !rc && key == KEY_ENTER;
	if (m->list)
		tty_line(m->t, SPAN_LIT(""));
	return rc;
}

/* Returns what asks for a password.  One that nobody can match is said to be so,
 * since a person would take it for a mistype. */
static struct span password_prompt(const struct menu *m, const struct span *own)
{
	const struct span master = current(m)->master_passwd;

	if ((own && passwd_known(*own)) || (master.p && passwd_known(master)))
		return menuview_message(current(m), MESSAGE_PASSPROMPT);
	return SPAN_LIT("Password (in a form not supported)");
}

/* Asks for a password unless none is set: the menu's master password or, where
 * `own` is not NULL, the entry's.  The compiler must not drop the wiping of
 * what nobody reads any more. */
static GUARDED int unlock(struct menu *m, const struct span *own, bool *open)
{
	const struct span master = current(m)->master_passwd;
	char buf[PASSWORD_BYTES];
	struct text typed = TEXT(buf);
	int rc;

	*open = own ? !own->p : !master.p;
	if (*open)
		return 0;
	rc = menu_type(m, password_prompt(m, own), &typed, true, open);
	if (*open)
		*open = typed.n &&
			((master.p &&
			  passwd_matches(master, text_span(&typed))) ||
			 (own && passwd_matches(*own, text_span(&typed))));
	for (size_t i = 0; i < sizeof(buf); i++)
		((volatile char *)buf)[i] = 0;
	return rc;
}

static void show(struct menu *m, uint16_t number)
{
	menuview_open(&m->view, m->cfg, number);
	if (m->bar[number] != BOOTCFG_NONE)
		menuview_select(&m->view, m->bar[number]);
}

static void go_to(struct menu *m, uint16_t number)
{
	m->bar[m->view.menu] = menuview_chosen(&m->view);
	show(m, number);
}

static int answered(struct menu *m, enum answer_kind kind)
{
	m->answer->kind = kind;
	m->answer->entry = menuview_chosen(&m->view);
	return MENU_ANSWERED;
}

/* Returns the help file of an F-key; empty for one without and for other keys. */
static struct span fkey_file(const struct menu *m, int key)
{
	return key >= KEY_F1 && key <= KEY_F12 ?
		       current(m)->fkey[key - KEY_F1] :
		       (struct span){ 0 };
}

/* Shows a help file, and those whose F-keys end it. */
static int show_help(struct menu *m, struct span file)
{
	int key = KEY_NONE, rc = 0;

	while (!rc && file.n) {
		if (!m->list)
			tty_put(m->t, SPAN_LIT("\033[0m\033[2J\033[H"));
		screen_forget(&m->screen);
		rc = help_show(m->t, file, &key);
		file = fkey_file(m, key);
	}
	return rc;
}

int menu_take(struct menu *m)
{
	uint16_t chosen = menuview_chosen(&m->view);
	const struct bootcfg_entry *e;
	bool open;
	int rc;

	if (chosen == BOOTCFG_NONE)
		return 0;
	e = &m->cfg->entry[chosen];
	rc = unlock(m, &e->passwd, &open);
	if (rc || !open)
		return rc;
	switch (e->action) {
	case ACTION_BOOT:
		return answered(m, ANSWER_ENTRY);
	case ACTION_QUIT:
		return answered(m, ANSWER_PROMPT);
	case ACTION_HELP:
		return show_help(m, e->kernel);
	default:
		go_to(m, e->target);
		return 0;
	}
}

/* Puts what an entry passes to a kernel: all that can be edited of it. */
static void put_command(struct text *t, const struct bootcfg_entry *e)
{
	text_put(t, e->kernel);
	if (e->initrd.n) {
		text_puts(t, " initrd=");
		text_put(t, e->initrd);
	}
	if (e->append.n) {
		text_puts(t, " ");
		text_put(t, e->append);
	}
}

int menu_edit(struct menu *m)
{
	uint16_t chosen = menuview_chosen(&m->view);
	struct text line = TEXT(m->edited);
	bool open;
	int rc;

	if (chosen == BOOTCFG_NONE || !current(m)->allowoptions ||
	    m->cfg->entry[chosen].action != ACTION_BOOT)
		return 0;
	rc = unlock(m, NULL, &open);
	if (rc || !open)
		return rc;
	put_command(&line, &m->cfg->entry[chosen]);
	rc = menu_type(m, SPAN_LIT("> "), &line, false, &open);
	m->answer->text = text_span(&line);
	return rc || !open ? rc : answered(m, ANSWER_EDITED);
}

int menu_leave(struct menu *m)
{
	bool open;
	int rc;

	if (current(m)->parent != BOOTCFG_NONE) {
		go_to(m, current(m)->parent);
		return 0;
	}
	if (!current(m)->allowoptions || m->cfg->noescape)
		return 0;
	rc = unlock(m, NULL, &open);
	return rc || !open ? rc : answered(m, ANSWER_PROMPT);
}

int menu_fkey(struct menu *m, int key)
{
	return show_help(m, fkey_file(m, key));
}

/* MENU HIDDEN: one line with the countdown, until a key.  Without a countdown
 * there is nothing to see. */
static int wait_hidden(struct menu *m)
{
	static char buf[SCREEN_COLUMNS + 2];
	struct text line;
	size_t n = 0;
	int key, rc;

	do {
		line = TEXT(buf);
		line.clip = true;
		text_puts(&line, "\r");
		line.cap = tty_columns(m->t) + 2;
		menu_put_countdown(m, &line);
		tty_put(m->t, text_span(&line));
		for (; n > line.n; n--)
			tty_put(m->t, SPAN_LIT(" "));
		n = line.n;
		rc = tty_key(m->t, clock_now() + 1000, &key);
	} while (!rc && key == KEY_NONE);
	tty_line(m->t, SPAN_LIT(""));
	return rc;
}

int menu_ask(void *arg, const struct bootcfg *cfg, uint16_t number,
	     struct answer *answer)
{
	struct menu *m = &menu;
	const struct terminal *terminal;
	int rc = 0;

	m->t = arg;
	m->cfg = cfg;
	m->answer = answer;
	terminal = m->t->boot->terminal;
	m->list = terminal->dumb || terminal->rows < MENUVIEW_MIN_ROWS ||
		  terminal->columns < MENUVIEW_MIN_COLUMNS;
	for (size_t i = 0; i < LWPXE_CONFIG_MENUS; i++)
		m->bar[i] = BOOTCFG_NONE;
	show(m, number);
	tty_question(m->t, current(m)->timeout, cfg->totaltimeout);
	*answer = (struct answer){ .kind = ANSWER_TIMEOUT, .menu = number };
	if (!m->view.n || (cfg->shiftkey && !m->t->typed))
		return 0;
	if (cfg->hidden && !m->t->typed)
		rc = wait_hidden(m);
	if (!rc)
		rc = m->list ? menulist_run(m) : menuscreen_run(m);
	answer->menu = m->view.menu;
	return rc < 0 ? rc : 0;
}
