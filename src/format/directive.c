/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/directive.h"

#include "format/menuword.h"
#include "format/word.h"

/* The words that a line may begin with.  A line that begins with none of them
 * is ignored, which is also the only reason why "#" starts a comment. */
enum directive {
	LABEL,
	DEFAULT,
	UI,
	APPEND,
	INITRD,
	IPAPPEND,
	SYSAPPEND,
	INCLUDE,
	TIMEOUT,
	TOTALTIMEOUT,
	ONTIMEOUT,
	ONERROR,
	PROMPT,
	IMPLICIT,
	ALLOWOPTIONS,
	NOESCAPE,
	NOCOMPLETE,
	PXERETRY,
	SAY,
	DISPLAY,
	TEXT,
	MENU,
	KINDS, /* from here on: KINDS + enum bootcfg_kind */
	IGNORED = KINDS + KIND_CONFIG + 1,
};

static const char directives[] =
	"label\0default\0ui\0append\0initrd\0ipappend\0"
	"sysappend\0include\0timeout\0totaltimeout\0ontimeout\0"
	"onerror\0prompt\0implicit\0allowoptions\0noescape\0"
	"nocomplete\0pxeretry\0say\0display\0text\0menu\0"
	/* Kinds of kernels. */
	"kernel\0linux\0localboot\0boot\0bss\0pxe\0"
	"fdimage\0comboot\0com32\0config\0";

struct pxecfg_file *directive_file(struct pxecfg *c)
{
	return &c->stack[c->depth - 1];
}

static void keep_error(struct pxecfg *c, int rc)
{
	if (rc && !c->rc)
		c->rc = rc;
}

void directive_close_label(struct pxecfg *c)
{
	struct bootcfg_entry *e = &c->label;

	if (!c->in_label)
		return;
	c->in_label = false;
	if (!c->own_append)
		e->append = c->append;
	if (span_eq(e->append, SPAN_LIT("-")))
		e->append.n = 0;
	if (e->action == ACTION_DISABLED)
		e->passwd = (struct span){ 0 };
	e->immediate = c->immediate ? c->immediate > 0 :
				      c->cfg->menu[c->menu].immediate;
	keep_error(c, bootcfg_add(c->cfg, e->menu, e));
}

void directive_open_label(struct pxecfg *c, struct span label)
{
	directive_close_label(c);
	c->in_label = true;
	c->own_append = false;
	c->immediate = 0;
	c->label = (struct bootcfg_entry){
		.label = label,
		.sysappend = c->cfg->sysappend,
		.menu = c->menu,
		.file = directive_file(c)->name,
		.line = directive_file(c)->line,
	};
	c->label.kernel = span_get_word(&label);
}

void directive_begin_menu(struct pxecfg *c, struct span tag)
{
	struct bootcfg_entry at = { .file = directive_file(c)->name,
				    .line = directive_file(c)->line };

	directive_close_label(c);
	keep_error(c, bootcfg_add_menu(c->cfg, c->menu, tag, &at, &c->menu));
}

/* A stray END is harmless: Cobbler writes one. */
void directive_end_menu(struct pxecfg *c)
{
	directive_close_label(c);
	if (c->cfg->menu[c->menu].parent != BOOTCFG_NONE)
		c->menu = c->cfg->menu[c->menu].parent;
}

void directive_include(struct pxecfg *c, struct span rest)
{
	struct span name;

	name = span_get_word(&rest);
	c->include_tag = rest;
	if (name.n)
		c->include = name;
}

static void take_default(struct pxecfg *c, struct span rest)
{
	c->cfg->default_value = rest;
	if (!c->cfg->has_ui)
		c->cfg->command = rest;
	c->cfg->has_command = true;
}

static void take_append(struct pxecfg *c, struct span rest)
{
	if (c->in_label) {
		c->label.append = rest;
		c->own_append = true;
	} else {
		c->append = rest;
	}
}

/* Only TEXT HELP is of use; the lines of any TEXT are none to be run. */
static void take_text(struct pxecfg *c, struct span rest)
{
	struct pxecfg_file *f = directive_file(c);
	struct span word;

	word = span_get_word(&rest);
	f->in_text = true;
	f->in_help = c->in_label && span_eq_nocase(word, SPAN_LIT("help"));
	f->text_at = f->at;
}

static bool take_kind(struct pxecfg *c, enum bootcfg_kind kind,
		      struct span rest)
{
	if (!c->in_label)
		return false;
	c->label.kernel = rest;
	c->label.kind = kind;
	return true;
}

/* PXELINUX writes all that is behind SAY and one byte more. */
static void say(struct pxecfg *c, struct span line)
{
	struct span dropped;

	line = span_skip_blanks(line);
	span_get(&line, 3, &dropped);
	span_get(&line, 1, &dropped);
	if (c->say)
		c->say(line);
}

/* F1 to F12 name help files; F0 is F10. */
static bool take_fkey(struct pxecfg *c, struct span rest)
{
	struct span word, name;
	uint32_t number;
	uint8_t f;

	word = span_get_word(&rest);
	name = span_get_word(&rest);
	if (!span_get_u8(&word, &f) || (f | 0x20) != 'f' ||
	    !span_get_number(&word, BOOTCFG_FKEYS, &number) || word.n)
		return false;
	number = number ? number - 1 : 9;
	c->cfg->fkey[number] = c->cfg->menu[c->menu].fkey[number] = name;
	return true;
}

/* Runs those that hold a number or a flag; false for all others. */
static bool take_setting(struct pxecfg *c, enum directive word,
			 struct span rest)
{
	struct bootcfg *cfg = c->cfg;
	struct bootcfg_menu *m = &cfg->menu[c->menu];
	uint32_t n = word_number(rest, 10);

	switch (word) {
	case TIMEOUT:
		cfg->timeout = m->timeout = n;
		break;
	case TOTALTIMEOUT:
		cfg->totaltimeout = n;
		break;
	case PROMPT:
		cfg->prompt = n;
		break;
	case IMPLICIT:
		cfg->implicit = n;
		break;
	case ALLOWOPTIONS:
		cfg->allowoptions = m->allowoptions = n;
		break;
	case NOESCAPE:
		cfg->noescape = n;
		break;
	case NOCOMPLETE:
		cfg->nocomplete = n;
		break;
	case PXERETRY:
		cfg->pxeretry = n;
		break;
	case IPAPPEND:
	case SYSAPPEND:
		*(c->in_label ? &c->label.sysappend :
				&cfg->sysappend) = word_number(rest, 0);
		break;
	default:
		return false;
	}
	return true;
}

/* Runs those that hold a name or a command. */
static bool take_value(struct pxecfg *c, enum directive word, struct span rest)
{
	struct bootcfg *cfg = c->cfg;

	switch (word) {
	case LABEL:
		directive_open_label(c, rest);
		break;
	case DEFAULT:
		take_default(c, rest);
		break;
	case UI:
		cfg->command = rest;
		cfg->has_command = cfg->has_ui = true;
		break;
	case APPEND:
		take_append(c, rest);
		break;
	case INITRD:
		c->label.initrd = rest;
		return c->in_label;
	case INCLUDE:
		directive_include(c, rest);
		break;
	case ONTIMEOUT:
		cfg->ontimeout = cfg->menu[c->menu].ontimeout = rest;
		break;
	case ONERROR:
		cfg->onerror = rest;
		break;
	case DISPLAY:
		cfg->display = span_get_word(&rest);
		break;
	case TEXT:
		take_text(c, rest);
		break;
	case MENU:
		return menuword_run(c, rest);
	default:
		return take_kind(c, (enum bootcfg_kind)(word - KINDS), rest);
	}
	return true;
}

bool directive_run(struct pxecfg *c, struct span line)
{
	struct span rest = line;
	size_t word = word_take(&rest, directives);

	if (word >= IGNORED)
		return BOOTCFG_LOOKS && take_fkey(c, line);
	if (word == SAY)
		say(c, line);
	return word == SAY || take_setting(c, (enum directive)word, rest) ||
	       take_value(c, (enum directive)word, rest);
}
