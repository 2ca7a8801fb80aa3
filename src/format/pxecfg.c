/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/pxecfg.h"

#include "base/err.h"

/* The words that a line may begin with.  A line that begins with none of them
 * is ignored, which is also the only reason why "#" starts a comment. */
enum directive {
	LABEL, DEFAULT, UI, APPEND, INITRD, IPAPPEND, SYSAPPEND, INCLUDE,
	ONTIMEOUT, PROMPT, IMPLICIT, TEXT, MENU,
	KINDS, /* from here on: KINDS + enum bootcfg_kind */
};

static const char directives[][10] = {
	"label", "default", "ui", "append", "initrd", "ipappend", "sysappend",
	"include", "ontimeout", "prompt", "implicit", "text", "menu",
	"kernel", "linux", "localboot", "boot", "bss", "pxe", "fdimage",
	"comboot", "com32", "config",
};

/* The words behind MENU. */
enum menu_directive {
	BEGIN, END, MENU_DEFAULT, HIDE, DISABLE, DISABLED, SEPARATOR, GOTO,
	EXIT, QUIT, HELP, START, SHIFTKEY, MENU_INCLUDE,
};

static const char menu_directives[][10] = {
	"begin", "end", "default", "hide", "disable", "disabled", "separator",
	"goto", "exit", "quit", "help", "start", "shiftkey", "include",
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Returns which of `n` words the line begins with, `n` if none, and takes the
 * word and the blanks around it off the line. */
static size_t take_word(struct span *line, const char (*words)[10], size_t n)
{
	struct span word;
	size_t i = 0;

	span_get_word(line, &word);
	while (i < n && !span_eq_nocase(word, span_of(words[i])))
		i++;
	return i;
}

/* Returns the file that is being read. */
static struct pxecfg_file *top(struct pxecfg *c)
{
	return &c->stack[c->depth - 1];
}

static void keep_error(struct pxecfg *c, int rc)
{
	if (rc && !c->rc)
		c->rc = rc;
}

/* Returns what the byte is worth as a digit, 36 if it is none. */
static uint32_t digit_of(uint8_t c)
{
	uint32_t digit = (uint32_t)c - '0', letter = ((uint32_t)c | 0x20) - 'a';

	return digit < 10 ? digit : letter < 26 ? letter + 10 : 36;
}

/* Numbers are read like C's strtoul: as far as they go, and 0 where none is. */
static uint32_t number_of(struct span s, uint32_t base)
{
	bool negative = s.n && s.p[0] == '-';
	uint32_t digit, v = 0;

	if (negative || (s.n && s.p[0] == '+')) {
		s.p++;
		s.n--;
	}
	if (base == 0) {
		base = 10;
		if (s.n && s.p[0] == '0') {
			base = 8;
			if (s.n > 1 && (s.p[1] | 0x20) == 'x') {
				base = 16;
				s.p += 2;
				s.n -= 2;
			}
		}
	}
	for (size_t i = 0; i < s.n; i++) {
		digit = digit_of(s.p[i]);
		if (digit >= base)
			break;
		v = v * base + digit;
	}
	return negative ? 0 - v : v;
}

/* Enters the open label, if there is one, into the menu being read. */
static void close_label(struct pxecfg *c)
{
	if (!c->in_label)
		return;
	c->in_label = false;
	if (!c->own_append)
		c->label.append = c->append;
	if (span_eq(c->label.append, SPAN_LIT("-")))
		c->label.append.n = 0;
	keep_error(c, bootcfg_add(c->cfg, c->label.menu, &c->label));
}

static void open_label(struct pxecfg *c, struct span label)
{
	close_label(c);
	c->in_label = true;
	c->own_append = false;
	c->label = (struct bootcfg_entry){
		.label = label,
		.sysappend = c->cfg->sysappend,
		.menu = c->menu,
		.file = top(c)->name,
		.line = top(c)->line,
	};
	span_get_word(&label, &c->label.kernel);
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

/* Asks for a file; pxecfg_read() hands the name out before the next line. */
static void take_include(struct pxecfg *c, struct span rest)
{
	struct span name;

	span_get_word(&rest, &name);
	c->include_tag = rest;
	if (name.n)
		c->include = name;
}

static void begin_menu(struct pxecfg *c, struct span tag)
{
	struct bootcfg_entry at = { .file = top(c)->name,
				    .line = top(c)->line };

	close_label(c);
	keep_error(c, bootcfg_add_menu(c->cfg, c->menu, tag, &at, &c->menu));
}

/* A stray END is harmless: Cobbler writes one. */
static void end_menu(struct pxecfg *c)
{
	close_label(c);
	if (c->cfg->menu[c->menu].parent != BOOTCFG_NONE)
		c->menu = c->cfg->menu[c->menu].parent;
}

static void set_menu_default(struct pxecfg *c)
{
	const struct bootcfg_menu *m = &c->cfg->menu[c->menu];

	if (c->in_label)
		c->label.menu_default = true;
	else if (m->parent != BOOTCFG_NONE)
		c->cfg->menu[m->parent].default_entry = m->parent_entry;
}

/* A disabled label stays so, whatever else is said about it. */
static void set_action(struct pxecfg *c, enum bootcfg_action action)
{
	if (c->label.action != ACTION_DISABLED)
		c->label.action = action;
}

static void set_goto(struct pxecfg *c, enum bootcfg_action action,
		     struct span tag, uint16_t target)
{
	set_action(c, action);
	c->label.target = target;
	c->label.target_tag = tag;
}

static void take_separator(struct pxecfg *c)
{
	open_label(c, (struct span){ 0 });
	set_action(c, ACTION_DISABLED);
	close_label(c);
}

static void take_menu(struct pxecfg *c, struct span rest)
{
	uint16_t parent = c->cfg->menu[c->menu].parent;
	size_t word = take_word(&rest, menu_directives,
				COUNT(menu_directives));

	switch ((enum menu_directive)word) {
	case BEGIN:
		begin_menu(c, rest);
		break;
	case END:
		end_menu(c);
		break;
	case MENU_DEFAULT:
		set_menu_default(c);
		break;
	case HIDE:
		c->label.menu = BOOTCFG_NONE;
		break;
	case DISABLE:
	case DISABLED:
		set_action(c, ACTION_DISABLED);
		break;
	case SEPARATOR:
		take_separator(c);
		break;
	case GOTO:
		set_goto(c, ACTION_GOTO, rest, BOOTCFG_NONE);
		break;
	case EXIT:
		if (parent != BOOTCFG_NONE)
			set_goto(c, ACTION_EXIT, rest, parent);
		break;
	case QUIT:
		set_action(c, ACTION_QUIT);
		break;
	case HELP:
		set_action(c, ACTION_HELP);
		break;
	case START:
		c->cfg->start_menu = c->menu;
		break;
	case SHIFTKEY:
		c->cfg->shiftkey = true;
		break;
	case MENU_INCLUDE:
		take_include(c, rest);
		break;
	}
}

static void take_kind(struct pxecfg *c, enum bootcfg_kind kind,
		      struct span rest)
{
	if (!c->in_label)
		return;
	c->label.kernel = rest;
	c->label.kind = kind;
}

/* Runs the directive that the line begins with; false if there is none. */
static bool take_directive(struct pxecfg *c, struct span rest)
{
	size_t word = take_word(&rest, directives, COUNT(directives));

	if (word == COUNT(directives))
		return false;
	switch ((enum directive)word) {
	case LABEL:
		open_label(c, rest);
		break;
	case DEFAULT:
		take_default(c, rest);
		break;
	case UI:
		c->cfg->command = rest;
		c->cfg->has_command = c->cfg->has_ui = true;
		break;
	case APPEND:
		take_append(c, rest);
		break;
	case INITRD:
		c->label.initrd = rest; /* ignored if there is no label */
		break;
	case IPAPPEND:
	case SYSAPPEND:
		*(c->in_label ? &c->label.sysappend : &c->cfg->sysappend) =
			number_of(rest, 0);
		break;
	case INCLUDE:
		take_include(c, rest);
		break;
	case ONTIMEOUT:
		c->cfg->ontimeout = c->cfg->menu[c->menu].ontimeout = rest;
		break;
	case PROMPT:
		c->cfg->prompt = number_of(rest, 10);
		break;
	case IMPLICIT:
		c->cfg->implicit = number_of(rest, 10);
		break;
	case TEXT:
		top(c)->in_text = true;
		break;
	case MENU:
		take_menu(c, rest);
		break;
	case KINDS:
	default:
		take_kind(c, (enum bootcfg_kind)(word - KINDS), rest);
	}
	return true;
}

/* Takes the next line of the file; false at its end.  A line ends at LF; CR or
 * NUL in it end what is read of it. */
static bool get_line(struct pxecfg *c, struct span *line)
{
	struct pxecfg_file *f = top(c);
	struct span rest = { (const uint8_t *)c->text + f->at,
			     f->end - f->at };

	if (!rest.n)
		return false;
	span_get_until(&rest, '\n', line);
	f->at = f->end - rest.n;
	f->line++;
	rest = *line;
	span_get_until(&rest, '\r', line);
	*line = span_cut_nul(*line);
	return true;
}

static int too_much(struct pxecfg *c, const char *what, struct text *why)
{
	text_printf(why, "%.*s line %u: %s", SPAN_ARG(c->file_name[top(c)->name]),
		    top(c)->line, what);
	return -E_CONFIG;
}

static int check_limits(struct pxecfg *c, struct text *why)
{
	return !c->rc ? 0 :
	       too_much(c, "more labels or menus than this build holds "
			"(LWPXE_CONFIG_LABELS, LWPXE_CONFIG_MENUS)", why);
}

static int take_line(struct pxecfg *c, struct span line, struct text *why)
{
	const struct span whole = span_trim_end(span_skip_blanks(line));
	size_t n = line.n;
	struct span word;

	if (top(c)->in_text) {
		span_get_word(&line, &word);
		top(c)->in_text = !span_eq_nocase(word, SPAN_LIT("endtext"));
		return 0;
	}
	if (!take_directive(c, line)) {
		span_get_word(&line, &word);
		if (c->ignored && word.n && word.p[0] != '#')
			c->ignored(c->ignored_arg,
				   c->file_name[top(c)->name], top(c)->line,
				   whole);
		return 0;
	}
	if (n > PXECFG_LINE_MAX)
		return too_much(c, "the line is longer than the 4095 bytes "
				"that PXELINUX reads", why);
	return check_limits(c, why);
}

void pxecfg_init(struct pxecfg *c, struct bootcfg *cfg)
{
	bootcfg_init(cfg);
	c->cfg = cfg;
	c->used = 0;
	c->files = 0;
	c->depth = 0;
	c->in_label = false;
	c->append = c->include = c->include_tag = (struct span){ 0 };
	c->menu = 0;
	c->rc = 0;
	c->ignored = NULL;
}

struct text pxecfg_room(struct pxecfg *c)
{
	return text_over(c->text + c->used, sizeof(c->text) - c->used);
}

int pxecfg_open(struct pxecfg *c, struct span name, size_t n,
		struct text *why)
{
	struct pxecfg_file f = { .name = c->files, .at = c->used };
	struct text copy;

	f.end = f.at + n;
	c->used += n;
	copy = pxecfg_room(c);
	copy.clip = true;
	text_put(&copy, name);
	if (c->files == LWPXE_CONFIG_FILES || c->depth == LWPXE_CONFIG_DEPTH) {
		text_printf(why, "%.*s is one INCLUDE too many: this build "
			    "reads %u files, nested %u deep", SPAN_ARG(name),
			    LWPXE_CONFIG_FILES, LWPXE_CONFIG_DEPTH);
		return -E_CONFIG;
	}
	if (c->include_tag.n && c->depth) {
		begin_menu(c, c->include_tag);
		f.ends_menu = true;
	}
	c->file_name[c->files++] = text_span(&copy);
	c->used += copy.n;
	c->stack[c->depth++] = f;
	return 0;
}

/* An INCLUDE may end inside a label, which then goes on behind it; the end of
 * the first file, or of a submenu's, ends the label too. */
static int close_file(struct pxecfg *c, struct text *why)
{
	int rc;

	if (top(c)->ends_menu)
		end_menu(c);
	else if (c->depth == 1)
		close_label(c);
	rc = check_limits(c, why);
	c->depth--;
	return rc;
}

int pxecfg_read(struct pxecfg *c, struct span *name, struct text *why)
{
	struct span line;
	int rc;

	c->include = (struct span){ 0 };
	while (c->depth) {
		rc = get_line(c, &line) ? take_line(c, line, why) :
		     close_file(c, why);
		if (rc)
			return rc;
		*name = c->include;
		if (name->n)
			return PXECFG_INCLUDE;
	}
	bootcfg_finish(c->cfg);
	return PXECFG_END;
}

struct span pxecfg_file_name(const struct pxecfg *c, uint16_t file)
{
	return c->file_name[file];
}
