/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/choose.h"

#include "base/err.h"
#include "format/module.h"

/* Steps that nobody asks for before they are taken for a circle. */
#define HOPS 64

/* What a step of the decision returns besides 0, CHOOSE_FILES and errors: which
 * comes next. */
enum step { RUN_LINE = CHOOSE_FILES + 1, RUN_CHOICE, ASK_MENU, ASK_PROMPT };

struct decision {
	const struct bootcfg *cfg;
	const struct asker *asker;
	struct choice *choice;
	struct text *why;
	int hops;
	uint16_t menu; /* of ASK_MENU */
	bool in_menu;  /* a menu was asked, before any prompt */
	/* Of RUN_LINE. */
	struct span line;
	uint16_t entry; /* whose label it names, or NONE */
	const char *because;
	int typed; /* not 0: where somebody typed it */
};

/* Adds the labels there are, so that the admin sees them. */
static int no_entry(struct decision *d)
{
	const char *separator = "; it has ";

	for (uint16_t i = 0; i < d->cfg->entries; i++) {
		if (d->cfg->entry[i].action != ACTION_BOOT ||
		    !d->cfg->entry[i].label.n)
			continue;
		if (d->why->n > d->why->cap / 2) {
			text_puts(d->why, "...");
			break;
		}
		text_printf(d->why, "%s%.*s", separator,
			    SPAN_ARG(d->cfg->entry[i].label));
		separator = ", ";
	}
	return -E_NO_ENTRY;
}

static int ask_menu_next(struct decision *d, uint16_t menu)
{
	d->menu = menu;
	return ASK_MENU;
}

/* Runs a command as typed at PXELINUX' prompt: the label of entry `i`, or if
 * that is NONE the name of a kernel or module; each perhaps with arguments. */
static int run_line_next(struct decision *d, uint16_t i, struct span line,
			 const char *because)
{
	d->line = line;
	d->entry = i;
	d->because = because;
	d->typed = 0;
	return RUN_LINE;
}

/* The same for a command that somebody typed, when asked by `step`. */
static int run_typed_next(struct decision *d, struct span line, enum step step)
{
	run_line_next(d, bootcfg_find(d->cfg, line), line, "it was typed");
	d->typed = (int)step;
	return RUN_LINE;
}

/* Puts entry `i` into the choice, or goes where it leads. */
static int take_entry(struct decision *d, uint16_t i, struct span extra,
		      const char *because)
{
	const struct bootcfg_entry *e = &d->cfg->entry[i];
	struct choice *c = d->choice;

	if (bootcfg_leads_on(e))
		return ask_menu_next(d, e->target);
	if (e->action != ACTION_BOOT) {
		text_printf(d->why, "the entry \"%.*s\" cannot be booted",
			    SPAN_ARG(e->label));
		return no_entry(d);
	}
	c->entry = i;
	c->label = e->label;
	c->kind = e->kind;
	c->kernel = e->kernel;
	c->append = e->append;
	c->initrd = e->initrd;
	c->sysappend = e->sysappend;
	c->extra = extra;
	c->because = because;
	return RUN_CHOICE;
}

static int run_line(struct decision *d)
{
	const struct bootcfg *cfg = d->cfg;
	struct span rest = d->line, word;
	struct choice *c = d->choice;
	const bool typed = LWPXE_MENU && d->typed;

	c->line = d->line;
	word = span_get_word(&rest);
	if (typed && !cfg->allowoptions)
		rest.n = 0;
	if (d->entry != BOOTCFG_NONE)
		return take_entry(d, d->entry, rest, d->because);
	if (typed && (!word.n || !cfg->implicit))
		return d->typed;
	if (!word.n ||
	    (!cfg->implicit && module_of(KIND_KERNEL, word) != MODULE_MENU)) {
		text_printf(d->why,
			    "there is no label \"%.*s\", which would "
			    "boot because %s",
			    SPAN_ARG(word), d->because);
		return no_entry(d);
	}
	c->entry = BOOTCFG_NONE;
	c->kind = KIND_KERNEL;
	c->kernel = word;
	c->append = rest;
	if (!cfg->allowoptions)
		c->append.n = 0;
	c->initrd = c->extra = c->label = (struct span){ 0 };
	c->sysappend = cfg->sysappend;
	c->because = d->because;
	return RUN_CHOICE;
}

/* Joins two spans with a blank, in the choice's room. */
static struct span join(struct choice *c, struct span a, struct span b)
{
	struct text t = text_over(c->room + c->used, sizeof(c->room) - c->used);

	if (!a.n || !b.n)
		return a.n ? a : b;
	t.clip = true;
	text_put(&t, a);
	text_puts(&t, " ");
	text_put(&t, b);
	c->used += t.n;
	c->overflow |= t.overflow;
	return text_span(&t);
}

static int refuse(struct decision *d, struct span name, const char *what)
{
	const struct choice *c = d->choice;

	if (c->entry != BOOTCFG_NONE)
		text_printf(d->why, "the entry \"%.*s\" asks for ",
			    SPAN_ARG(d->cfg->entry[c->entry].label));
	text_printf(d->why, "%.*s, which is %s", SPAN_ARG(name), what);
	return -E_UNSUPPORTED;
}

/* Lets files decide: as many as `files` names for a menu, or one that is a
 * configuration, with the directory behind its name. */
static int read_files(struct decision *d, struct span files, bool for_menu)
{
	struct choice *c = d->choice;

	c->for_menu = for_menu;
	c->files = for_menu ? files : span_get_word(&files);
	c->directory.n = 0;
	if (!for_menu)
		c->directory = span_get_word(&files);
	return CHOOSE_FILES;
}

static int run_mboot(struct decision *d, struct span name, struct span args)
{
	struct choice *c = d->choice;

	if (!module_split_mboot(args, &c->kernel, &c->append, &c->initrd))
		return refuse(d, name,
			      "a loader for Xen and its Dom0; a guest can boot "
			      "it only as \"xen.gz --- kernel --- ramdisk\"");
	c->kind = KIND_LINUX;
	return 0;
}

/* linux.c32 is LINUX with the kernel's name in front of the arguments. */
static int run_linux(struct decision *d, struct span args)
{
	struct choice *c = d->choice;

	c->kernel = span_get_word(&args);
	if (span_eq(c->kernel, SPAN_LIT("-dhcpinfo")))
		c->kernel = span_get_word(&args);
	c->append = args;
	c->kind = KIND_LINUX;
	return 0;
}

/* Boots the disk, or what a Lua program of that name would. */
static int run_local(struct decision *d, struct span name, struct span args)
{
	if (module_of(d->choice->kind, name) == MODULE_LUA &&
	    span_find(args, SPAN_LIT("localboot")) == SIZE_MAX)
		return refuse(d, name,
			      "an interpreter of Lua; only a program "
			      "named localboot can be stood in for");
	d->choice->kind = KIND_LOCALBOOT;
	return 0;
}

/* Does what module `m` would, named `name`, with the arguments that are the
 * entry's and, in `all`, with those behind its label. */
static int run_module(struct decision *d, enum module m, struct span name,
		      struct span args, struct span all)
{
	switch (m) {
	case MODULE_LOCAL:
	case MODULE_LUA:
		return run_local(d, name, args);
	case MODULE_MENU:
		return all.n ? read_files(d, all, true) :
			       ask_menu_next(d, d->cfg->start_menu);
	case MODULE_CONFIG:
		return read_files(d, join(d->choice, name, all), false);
	case MODULE_CONFIG_C32:
		return read_files(d, all, false);
	case MODULE_LINUX:
		return run_linux(d, args);
	case MODULE_MBOOT:
		return run_mboot(d, name, args);
	case MODULE_IFCPU:
	case MODULE_IFCPU64:
		args = module_ifcpu_command(m, args);
		return run_line_next(d, bootcfg_find(d->cfg, args), args,
				     "it is for 64-bit processors");
	case MODULE_GFXBOOT:
		args = d->cfg->default_value;
		return run_line_next(d, bootcfg_find(d->cfg, args), args,
				     "it is the DEFAULT");
	case MODULE_NONE:
	case MODULE_REFUSED:
	default:
		return refuse(d, name, module_reason(m));
	}
}

/* Boots what the choice names, if it is a kernel. */
static int run_choice(struct decision *d)
{
	struct choice *c = d->choice;
	enum module m = module_of(c->kind, c->kernel);
	struct span name, args = c->kernel, all;

	if (m == MODULE_NONE)
		return 0;
	name = span_get_word(&args);
	args = join(c, args, c->append);
	all = join(c, args, c->extra);
	if (c->overflow)
		return refuse(d, name,
			      "a module with longer arguments than "
			      "the 4095 bytes that PXELINUX takes");
	return run_module(d, m, name, args, all);
}

/* Goes on as a menu does when its time is over. */
static int leave_menu(struct decision *d, uint16_t menu)
{
	const struct bootcfg_menu *m = &d->cfg->menu[menu];
	const char *because = "it is the menu's default";
	uint16_t i = m->default_entry;

	if (m->ontimeout.n && !d->cfg->shiftkey)
		return run_line_next(d,
				     bootcfg_find_in_menu(d->cfg, m->ontimeout),
				     m->ontimeout, "it is the ONTIMEOUT");
	if (i == BOOTCFG_NONE) {
		because = "it is the menu's first";
		i = bootcfg_first(d->cfg, menu, false);
	}
	if (i != BOOTCFG_NONE && !bootcfg_is_of_use(&d->cfg->entry[i])) {
		because = "it is the menu's first that can boot";
		i = bootcfg_first(d->cfg, menu, true);
	}
	if (i == BOOTCFG_NONE) {
		text_puts(d->why, "the menu has nothing to boot");
		return no_entry(d);
	}
	d->choice->line = d->cfg->entry[i].label;
	return take_entry(d, i, (struct span){ 0 }, because);
}

/* Takes the entry that somebody chose, perhaps with a line of their own. */
static int take_answer(struct decision *d, const struct answer *a)
{
	const struct bootcfg_entry *e = &d->cfg->entry[a->entry];
	struct choice *c = d->choice;
	struct span rest = a->text;
	int rc;

	if (e->action == ACTION_QUIT)
		return ASK_PROMPT;
	if (e->action == ACTION_DISABLED || e->action == ACTION_HELP)
		return ASK_MENU;
	c->line = e->label;
	rc = take_entry(d, a->entry, (struct span){ 0 }, "it was chosen");
	if (rc != RUN_CHOICE || a->kind != ANSWER_EDITED)
		return rc;
	c->line = a->text;
	c->kernel = span_get_word(&rest);
	c->append = rest;
	c->initrd = (struct span){ 0 };
	c->because = "it was typed";
	return rc;
}

static int ask_menu(struct decision *d)
{
	struct answer a = { .kind = ANSWER_TIMEOUT, .menu = d->menu };
	int rc = 0;

	d->in_menu = true;
	/* Nobody holds the shift key, without which there is no menu. */
	if (LWPXE_MENU && d->asker && !d->cfg->shiftkey)
		rc = d->asker->menu(d->asker->arg, d->cfg, d->menu, &a);
	if (rc)
		return rc;
	if (a.kind != ANSWER_TIMEOUT) {
		d->choice->asked = true;
		d->hops = 0;
	}
	d->choice->onerror = d->cfg->menu[a.menu].onerror;
	switch (a.kind) {
	case ANSWER_ENTRY:
	case ANSWER_EDITED:
		return take_answer(d, &a);
	case ANSWER_COMMAND:
		return run_typed_next(d, a.text, ASK_MENU);
	case ANSWER_PROMPT:
		return ASK_PROMPT;
	case ANSWER_TIMEOUT:
	default:
		return leave_menu(d, a.menu);
	}
}

/* Runs UI, else DEFAULT; files for a menu have neither, but the menu. */
static int run_default(struct decision *d)
{
	const struct bootcfg *cfg = d->cfg;
	const char *because = cfg->has_ui ? "it is the UI" :
					    "it is the DEFAULT";

	if (cfg->has_command)
		return run_line_next(d, bootcfg_find(cfg, cfg->command),
				     cfg->command, because);
	if (d->in_menu)
		return ask_menu_next(d, cfg->start_menu);
	text_puts(d->why, "the configuration says neither DEFAULT nor UI, so "
			  "nothing boots by itself");
	return no_entry(d);
}

static int ask_prompt(struct decision *d)
{
	const struct bootcfg *cfg = d->cfg;
	struct answer a = { .kind = ANSWER_TIMEOUT };
	int rc = 0;

	if (cfg->noescape)
		return run_default(d);
	if (LWPXE_MENU && d->asker)
		rc = d->asker->prompt(d->asker->arg, cfg, &a);
	if (rc)
		return rc;
	d->choice->onerror = (struct span){ 0 };
	if (a.kind == ANSWER_TIMEOUT && cfg->ontimeout.n)
		return run_line_next(d, bootcfg_find(cfg, cfg->ontimeout),
				     cfg->ontimeout, "it is the ONTIMEOUT");
	if (a.kind == ANSWER_TIMEOUT)
		return run_default(d);
	d->choice->asked = true;
	d->hops = 0;
	a.text = span_trim_end(span_skip_blanks(a.text));
	return a.text.n ? run_typed_next(d, a.text, ASK_PROMPT) :
			  run_default(d);
}

/* Finds what --label= asks for. */
static int run_label(struct decision *d, struct span label)
{
	static const char because[] = "--label= asks for it";
	struct span digits = label;
	uint32_t number;
	uint16_t i;

	d->choice->line = label;
	for (i = 0; i < d->cfg->entries; i++)
		if (span_eq(span_trim_end(d->cfg->entry[i].label), label))
			return take_entry(d, i, (struct span){ 0 }, because);
	i = bootcfg_find(d->cfg, label);
	if (i == BOOTCFG_NONE &&
	    span_get_number(&digits, UINT16_MAX, &number) && !digits.n)
		i = bootcfg_nth(d->cfg, number);
	if (i != BOOTCFG_NONE)
		return take_entry(d, i, (struct span){ 0 }, because);
	text_printf(d->why,
		    "there is no label \"%.*s\", for which --label= asks",
		    SPAN_ARG(label));
	return no_entry(d);
}

/* Takes one step after the other, from the first to the end. */
static int decide(struct decision *d, int step)
{
	while (d->hops++ <= HOPS) {
		switch (step) {
		case RUN_LINE:
			step = run_line(d);
			break;
		case RUN_CHOICE:
			step = run_choice(d);
			break;
		case ASK_MENU:
			step = ask_menu(d);
			break;
		case ASK_PROMPT:
			step = ask_prompt(d);
			break;
		default:
			return step;
		}
	}
	text_puts(d->why, "the menus lead in a circle");
	return no_entry(d);
}

/* Begins to decide, with an empty choice but for `used` bytes of its room. */
static struct decision start(const struct bootcfg *cfg,
			     const struct asker *asker, struct choice *c,
			     size_t used, struct text *why)
{
	c->line = c->onerror = c->files = (struct span){ 0 };
	c->asked = c->overflow = false;
	c->used = used;
	return (struct decision){
		.cfg = cfg, .asker = asker, .choice = c, .why = why
	};
}

int choose_entry(const struct bootcfg *cfg, const struct asker *asker,
		 const char *label, struct choice *choice, struct text *why)
{
	struct decision d = start(cfg, asker, choice, 0, why);
	bool at_once = cfg->has_command && (!cfg->prompt || cfg->has_ui);

	return decide(&d, label   ? run_label(&d, span_of(label)) :
			  at_once ? run_default(&d) :
				    ASK_PROMPT);
}

int choose_in_menu(const struct bootcfg *cfg, const struct asker *asker,
		   struct choice *choice, struct text *why)
{
	struct decision d = start(cfg, asker, choice, 0, why);

	return decide(&d, ask_menu_next(&d, cfg->start_menu));
}

int choose_onerror(const struct bootcfg *cfg, const struct asker *asker,
		   struct choice *choice, struct text *why)
{
	struct span line = choice->onerror;
	struct decision d;

	if (!line.n && cfg->onerror.n)
		line = join(choice, cfg->onerror, choice->line);
	if (!line.n)
		return -E_NO_ENTRY;
	if (choice->overflow) {
		text_puts(why, "ONERROR and the failed line are longer than "
			       "the 4095 bytes that PXELINUX takes");
		return -E_NO_ENTRY;
	}
	d = start(cfg, asker, choice, choice->used, why);
	return decide(&d, run_line_next(&d, bootcfg_find(cfg, line), line,
					"it is the ONERROR"));
}

int choose_again(const struct bootcfg *cfg, const struct asker *asker,
		 struct choice *choice, struct text *why)
{
	struct decision d = start(cfg, asker, choice, 0, why);

	return decide(&d, ASK_PROMPT);
}
