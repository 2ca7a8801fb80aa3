/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/pxecfg.h"

#include "base/err.h"
#include "format/directive.h"

/* Takes the next line of the file; false at its end.  A line ends at LF; CR or
 * NUL in it end what is read of it. */
static bool get_line(struct pxecfg *c, struct span *line)
{
	struct pxecfg_file *f = directive_file(c);
	struct span rest = { (const uint8_t *)c->text + f->at, f->end - f->at };

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

/* Behind the last file it is the last label that is too much. */
static int too_much(struct pxecfg *c, const char *what, struct text *why)
{
	uint16_t file = c->depth ? directive_file(c)->name : c->label.file;

	text_printf(why, "%.*s line %u: %s", SPAN_ARG(c->file_name[file]),
		    c->depth ? directive_file(c)->line : c->label.line, what);
	return -E_CONFIG;
}

static int check_limits(struct pxecfg *c, struct text *why)
{
	if (!c->rc)
		return 0;
	if (c->cfg->menus == LWPXE_CONFIG_MENUS &&
	    c->cfg->entries < LWPXE_CONFIG_LABELS)
		return too_much(c,
				"more menus than this build holds "
				"(LWPXE_CONFIG_MENUS)",
				why);
	return too_much(c,
			"more labels than this build holds "
			"(LWPXE_CONFIG_LABELS)",
			why);
}

/* Gives the open label the lines of a TEXT HELP, which end at `end`.  A second
 * one goes behind the first, in a copy of both, if there is room. */
static void add_help(struct pxecfg *c, size_t end)
{
	const struct pxecfg_file *f = directive_file(c);
	struct span lines = { (const uint8_t *)c->text + f->text_at,
			      end - f->text_at };
	struct text both = pxecfg_room(c);

	if (!BOOTCFG_LOOKS)
		return;
	if (!f->in_help || !c->label.help.n) {
		c->label.help = f->in_help ? lines : c->label.help;
		return;
	}
	text_put(&both, c->label.help);
	text_put(&both, lines);
	if (both.overflow)
		return;
	c->label.help = text_span(&both);
	c->used += both.n;
}

/* Takes a line, which began at `from`, between TEXT and ENDTEXT. */
static void take_text_line(struct pxecfg *c, struct span line, size_t from)
{
	struct span word;

	word = span_get_word(&line);
	if (!span_eq_nocase(word, SPAN_LIT("endtext")))
		return;
	add_help(c, from);
	directive_file(c)->in_text = false;
}

static void tell_ignored(struct pxecfg *c, struct span line)
{
	const struct pxecfg_file *f = directive_file(c);

	line = span_trim_end(span_skip_blanks(line));
	if (c->ignored && line.n && line.p[0] != '#')
		c->ignored(c->ignored_arg, c->file_name[f->name], f->line,
			   line);
}

static int take_line(struct pxecfg *c, struct span line, size_t from,
		     struct text *why)
{
	if (directive_file(c)->in_text) {
		take_text_line(c, line, from);
		return 0;
	}
	if (!directive_run(c, line)) {
		tell_ignored(c, line);
		return 0;
	}
	if (line.n > PXECFG_LINE_MAX)
		return too_much(c,
				"the line is longer than the 4095 bytes "
				"that PXELINUX reads",
				why);
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
	c->append = c->include = c->include_tag = c->queue = (struct span){ 0 };
	c->ignored = NULL;
	c->say = NULL;
	c->menu = 0;
	c->rc = 0;
}

void pxecfg_queue(struct pxecfg *c, struct span names)
{
	c->queue = names;
}

struct text pxecfg_room(struct pxecfg *c)
{
	return text_over(c->text + c->used, sizeof(c->text) - c->used);
}

int pxecfg_open(struct pxecfg *c, struct span name, size_t n, struct text *why)
{
	struct pxecfg_file f = { .name = c->files, .at = c->used };
	struct text copy;

	f.end = f.at + n;
	c->used += n;
	copy = pxecfg_room(c);
	copy.clip = true;
	text_put(&copy, name);
	if (c->depth == LWPXE_CONFIG_DEPTH) {
		text_printf(why,
			    "%.*s is one INCLUDE too deep: this build "
			    "nests %u (LWPXE_CONFIG_DEPTH)",
			    SPAN_ARG(name), LWPXE_CONFIG_DEPTH);
		return -E_CONFIG;
	}
	if (c->files == LWPXE_CONFIG_FILES) {
		text_printf(why,
			    "%.*s is one file too many: this build reads "
			    "%u (LWPXE_CONFIG_FILES)",
			    SPAN_ARG(name), LWPXE_CONFIG_FILES);
		return -E_CONFIG;
	}
	if (c->include_tag.n && c->depth) {
		directive_begin_menu(c, c->include_tag);
		f.ends_menu = true;
	}
	c->file_name[c->files++] = text_span(&copy);
	c->used += copy.n;
	c->stack[c->depth++] = f;
	return 0;
}

/* A file may end inside a label, which then goes on behind it; the end of a
 * submenu's file ends the label too. */
static int close_file(struct pxecfg *c, struct text *why)
{
	int rc;

	if (directive_file(c)->in_text)
		add_help(c, directive_file(c)->end);
	if (directive_file(c)->ends_menu)
		directive_end_menu(c);
	rc = check_limits(c, why);
	c->depth--;
	return rc;
}

/* Takes the next line, or what the end of the file means. */
static int step(struct pxecfg *c, struct text *why)
{
	size_t from = directive_file(c)->at;
	struct span line;

	return get_line(c, &line) ? take_line(c, line, from, why) :
				    close_file(c, why);
}

int pxecfg_read(struct pxecfg *c, struct span *name, struct text *why)
{
	int rc;

	c->include = (struct span){ 0 };
	while (c->depth) {
		rc = step(c, why);
		if (rc)
			return rc;
		*name = c->include;
		if (name->n)
			return PXECFG_INCLUDE;
	}
	*name = span_get_word(&c->queue);
	if (name->n)
		return PXECFG_INCLUDE;
	directive_close_label(c);
	rc = check_limits(c, why);
	if (rc)
		return rc;
	bootcfg_finish(c->cfg);
	return PXECFG_END;
}

struct span pxecfg_file_name(const struct pxecfg *c, uint16_t file)
{
	return c->file_name[file];
}
