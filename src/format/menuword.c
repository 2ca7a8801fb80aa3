/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/menuword.h"

#include "format/directive.h"
#include "format/word.h"

enum menuword {
	DEFAULT,
	HIDE,
	SHIFTKEY,
	ONERROR,
	INCLUDE,
	SEPARATOR,
	DISABLE,
	DISABLED,
	BEGIN,
	END,
	QUIT,
	GOTO,
	EXIT,
	START,
	HELP,
};

static const char menuwords[] =
	"default\0hide\0shiftkey\0onerror\0include\0"
	"separator\0disable\0disabled\0begin\0end\0quit\0"
	"goto\0exit\0start\0help\0";

/* Those about how a menu looks and what may be typed there. */
enum lookword {
	LABEL,
	TITLE,
	PASSWD,
	HIDDEN,
	IMMEDIATE,
	NOIMMEDIATE,
	MASTER,
	INDENT,
	MESSAGE, /* from here on: MESSAGE + enum bootcfg_message */
	IGNORED = MESSAGE + MESSAGES,
};

static const char lookwords[] =
	"label\0title\0passwd\0hidden\0immediate\0"
	"noimmediate\0master\0indent\0"
	/* Messages. */
	"autoboot\0tabmsg\0notabmsg\0passprompt\0"
	/* Ignored. */
	"background\0clear\0color\0colour\0msgcolor\0"
	"msgcolour\0resolution\0width\0margin\0passwordmargin\0"
	"rows\0tabmsgrow\0cmdlinerow\0endrow\0passwordrow\0"
	"timeoutrow\0helpmsgrow\0helpmsgendrow\0hshift\0vshift\0"
	"hiddenrow\0";

/* Returns `s` without its "^", which mark hot keys.  The copy goes behind the
 * text; where no room is left, they stay. */
static struct span strip_carets(struct pxecfg *c, struct span s)
{
	struct text copy = pxecfg_room(c);

	if (span_find(s, SPAN_LIT("^")) == SIZE_MAX)
		return s;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '^')
			text_put_u8(&copy, s.p[i]);
	if (copy.overflow)
		return s;
	c->used += copy.n;
	return text_span(&copy);
}

/* Returns the entry that leads to the menu being read, or NULL. */
static struct bootcfg_entry *parent_entry(struct pxecfg *c)
{
	uint16_t i = c->cfg->menu[c->menu].parent_entry;

	return i == BOOTCFG_NONE ? NULL : &c->cfg->entry[i];
}

/* Behind the head of a submenu, LABEL is about the submenu. */
static bool set_label(struct pxecfg *c, struct span rest)
{
	struct bootcfg_entry *parent = parent_entry(c);
	struct span *title = &c->cfg->menu[c->menu].title;

	if (c->in_label) {
		c->label.menu_label = rest;
	} else if (parent) {
		parent->menu_label = rest;
		if (!title->n)
			*title = strip_carets(c, rest);
	}
	return c->in_label || parent;
}

static void set_title(struct pxecfg *c, struct span rest)
{
	struct bootcfg_entry *parent = parent_entry(c);

	c->cfg->menu[c->menu].title = rest;
	if (parent && !parent->menu_label.n)
		parent->menu_label = rest;
}

static bool set_passwd(struct pxecfg *c, struct span rest)
{
	struct bootcfg_entry *e = c->in_label ? &c->label : parent_entry(c);

	if (e)
		e->passwd = rest;
	return e;
}

static bool set_master_passwd(struct pxecfg *c, struct span rest)
{
	struct span word;

	word = span_get_word(&rest);
	if (!span_eq_nocase(word, SPAN_LIT("passwd")))
		return false;
	c->cfg->menu[c->menu].master_passwd = rest;
	return true;
}

static bool set_default(struct pxecfg *c)
{
	const struct bootcfg_menu *m = &c->cfg->menu[c->menu];

	if (c->in_label)
		c->label.menu_default = true;
	else if (m->parent != BOOTCFG_NONE)
		c->cfg->menu[m->parent].default_entry = m->parent_entry;
	return c->in_label || m->parent != BOOTCFG_NONE;
}

static void set_immediate(struct pxecfg *c, bool immediate)
{
	if (c->in_label)
		c->immediate = immediate ? 1 : -1;
	else
		c->cfg->menu[c->menu].immediate = immediate;
}

/* A disabled label stays so, whatever else is said about it. */
static bool set_action(struct pxecfg *c, enum bootcfg_action action)
{
	if (c->label.action != ACTION_DISABLED)
		c->label.action = action;
	return c->in_label;
}

static bool set_goto(struct pxecfg *c, enum bootcfg_action action,
		     struct span tag, uint16_t target)
{
	c->label.target = target;
	c->label.target_tag = tag;
	return set_action(c, action);
}

static bool set_exit(struct pxecfg *c, struct span tag)
{
	uint16_t parent = c->cfg->menu[c->menu].parent;

	return parent != BOOTCFG_NONE && set_goto(c, ACTION_EXIT, tag, parent);
}

static bool set_help(struct pxecfg *c, struct span rest)
{
	struct span file;

	file = span_get_word(&rest);
	if (c->in_label)
		c->label.kernel = file;
	return set_action(c, ACTION_HELP);
}

static void take_separator(struct pxecfg *c)
{
	directive_open_label(c, (struct span){ 0 });
	c->label.separator = true;
	set_action(c, ACTION_DISABLED);
	directive_close_label(c);
}

static void set_indent(struct pxecfg *c, struct span rest)
{
	uint32_t n = word_number(rest, 10);

	c->label.indent = n < 80 ? (uint8_t)n : 0;
}

/* Runs those that say what a label does; false for all others. */
static bool take_action(struct pxecfg *c, enum menuword word, struct span rest)
{
	switch (word) {
	case HIDE:
		c->label.menu = BOOTCFG_NONE;
		return c->in_label;
	case DISABLE:
	case DISABLED:
		return set_action(c, ACTION_DISABLED);
	case QUIT:
		return set_action(c, ACTION_QUIT);
	case GOTO:
		return set_goto(c, ACTION_GOTO, rest, BOOTCFG_NONE);
	case EXIT:
		return set_exit(c, rest);
	case HELP:
		return set_help(c, rest);
	case DEFAULT:
		return set_default(c);
	default:
		return false;
	}
}

/* Runs those that are about a menu, or all; false for all others. */
static bool take_setting(struct pxecfg *c, enum menuword word, struct span rest)
{
	struct bootcfg_menu *m = &c->cfg->menu[c->menu];

	switch (word) {
	case SHIFTKEY:
		return c->cfg->shiftkey = true;
	case ONERROR:
		c->cfg->onerror = m->onerror = rest;
		return true;
	case INCLUDE:
		directive_include(c, rest);
		return true;
	case SEPARATOR:
		take_separator(c);
		return true;
	case BEGIN:
		directive_begin_menu(c, rest);
		return true;
	case END:
		directive_end_menu(c);
		return true;
	case START:
		c->cfg->start_menu = c->menu;
		return true;
	default:
		return false;
	}
}

static bool take_look(struct pxecfg *c, size_t word, struct span rest)
{
	switch (word) {
	case LABEL:
		return set_label(c, rest);
	case TITLE:
		set_title(c, rest);
		return true;
	case PASSWD:
		return set_passwd(c, rest);
	case HIDDEN:
		return c->cfg->hidden = true;
	case IMMEDIATE:
	case NOIMMEDIATE:
		set_immediate(c, word == IMMEDIATE);
		return true;
	case MASTER:
		return set_master_passwd(c, rest);
	case INDENT:
		set_indent(c, rest);
		return c->in_label;
	default:
		if (word < IGNORED)
			c->cfg->menu[c->menu].message[word - MESSAGE] = rest;
		return *word_nth(lookwords, word);
	}
}

bool menuword_run(struct pxecfg *c, struct span rest)
{
	struct span look = rest;
	size_t word = word_take(&rest, menuwords);

	if (BOOTCFG_LOOKS && word > HELP) {
		word = word_take(&look, lookwords);
		return take_look(c, word, look);
	}
	return take_action(c, (enum menuword)word, rest) ||
	       take_setting(c, (enum menuword)word, rest);
}
