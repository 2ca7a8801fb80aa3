/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/choose.h"

#include "base/err.h"

/* Steps from menu to menu before they are taken for a circle. */
#define HOPS 16

/* What a step of the decision returns besides 0 and errors: ask a menu. */
#define ASK_MENU 1

struct decision {
	const struct bootcfg *cfg;
	struct choice *choice;
	uint16_t menu;         /* to be asked next */
	struct text *why;
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

/* Returns true if the command's first word is the menu program, by any path
 * and with or without the extension that PXELINUX would find by trying. */
static bool is_menu_program(struct span command)
{
	static const char names[][13] = {
		"menu.c32", "vesamenu.c32", "menu", "vesamenu",
	};
	struct span word, last;

	span_get_word(&command, &word);
	while (span_get_until(&word, '/', &last))
		;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_eq_nocase(last, span_of(names[i])))
			return true;
	return false;
}

static int ask_menu(struct decision *d, uint16_t menu)
{
	d->menu = menu;
	return ASK_MENU;
}

/* Goes where entry `i` leads. */
static int take_entry(struct decision *d, uint16_t i, struct span extra,
		      const char *because)
{
	const struct bootcfg_entry *e = &d->cfg->entry[i];

	if (bootcfg_leads_on(e))
		return ask_menu(d, e->target);
	if (e->action != ACTION_BOOT) {
		text_printf(d->why, "the entry \"%.*s\" cannot be booted",
			    SPAN_ARG(e->label));
		return no_entry(d);
	}
	if (is_menu_program(e->kernel) && !e->append.n)
		return ask_menu(d, d->cfg->start_menu);
	*d->choice = (struct choice){
		.entry = i, .kind = e->kind, .kernel = e->kernel,
		.append = e->append, .initrd = e->initrd, .extra = extra,
		.sysappend = e->sysappend, .because = because,
	};
	return 0;
}

/* Runs a command as typed at PXELINUX' prompt: the label of entry `i`, or if
 * that is NONE the menu program or a kernel's name; each perhaps with
 * arguments. */
static int run_command(struct decision *d, uint16_t i, struct span command,
		       const char *because)
{
	struct span rest = command, word;

	span_get_word(&rest, &word);
	if (i != BOOTCFG_NONE)
		return take_entry(d, i, rest, because);
	if (is_menu_program(command) && !rest.n)
		return ask_menu(d, d->cfg->start_menu);
	if (!word.n || !d->cfg->implicit) {
		text_printf(d->why, "there is no label \"%.*s\", which would "
			    "boot because %s", SPAN_ARG(word), because);
		return no_entry(d);
	}
	*d->choice = (struct choice){
		.entry = BOOTCFG_NONE, .kernel = word, .append = rest,
		.sysappend = d->cfg->sysappend, .because = because,
	};
	return 0;
}

static bool boots_or_leads_on(const struct bootcfg_entry *e)
{
	return e->action == ACTION_BOOT || bootcfg_leads_on(e);
}

/* Returns the first entry of the menu, or the first one of use. */
static uint16_t first_entry(const struct bootcfg *cfg, uint16_t menu,
			    bool of_use)
{
	for (uint16_t i = 0; i < cfg->entries; i++)
		if (cfg->entry[i].menu == menu &&
		    (!of_use || boots_or_leads_on(&cfg->entry[i])))
			return i;
	return BOOTCFG_NONE;
}

static int run_menu(struct decision *d)
{
	const struct bootcfg_menu *m = &d->cfg->menu[d->menu];
	const char *because = "it is the menu's default";
	uint16_t i = m->default_entry;

	if (m->ontimeout.n && !d->cfg->shiftkey)
		return run_command(d, bootcfg_find_in_menu(d->cfg,
							   m->ontimeout),
				   m->ontimeout, "it is the ONTIMEOUT");
	if (i == BOOTCFG_NONE) {
		because = "it is the menu's first";
		i = first_entry(d->cfg, d->menu, false);
	}
	if (i != BOOTCFG_NONE && !boots_or_leads_on(&d->cfg->entry[i])) {
		because = "it is the menu's first that can boot";
		i = first_entry(d->cfg, d->menu, true);
	}
	if (i != BOOTCFG_NONE)
		return take_entry(d, i, (struct span){ 0 }, because);
	text_puts(d->why, "the menu has nothing to boot");
	return no_entry(d);
}

/* Returns the n-th entry that can boot, counted from 0. */
static uint16_t nth_entry(const struct bootcfg *cfg, uint32_t n)
{
	for (uint16_t i = 0; i < cfg->entries; i++)
		if (cfg->entry[i].action == ACTION_BOOT && !n--)
			return i;
	return BOOTCFG_NONE;
}

/* Finds what --label= asks for. */
static int run_label(struct decision *d, struct span label)
{
	static const char because[] = "--label= asks for it";
	struct span digits = label;
	uint32_t number;
	uint16_t i;

	for (i = 0; i < d->cfg->entries; i++)
		if (span_eq(span_trim_end(d->cfg->entry[i].label), label))
			return take_entry(d, i, (struct span){ 0 }, because);
	i = bootcfg_find(d->cfg, label);
	if (i == BOOTCFG_NONE && span_get_number(&digits, UINT16_MAX, &number) &&
	    !digits.n)
		i = nth_entry(d->cfg, number);
	if (i != BOOTCFG_NONE)
		return take_entry(d, i, (struct span){ 0 }, because);
	text_printf(d->why, "there is no label \"%.*s\", for which --label= "
		    "asks", SPAN_ARG(label));
	return no_entry(d);
}

/* What PXELINUX does once it has read its configuration. */
static int run_start(struct decision *d)
{
	const struct bootcfg *cfg = d->cfg;

	if (cfg->ontimeout.n && (!cfg->has_command ||
				 (cfg->prompt && !cfg->has_ui)))
		return run_command(d, bootcfg_find(cfg, cfg->ontimeout),
				   cfg->ontimeout, "it is the ONTIMEOUT");
	if (cfg->has_command)
		return run_command(d, bootcfg_find(cfg, cfg->command),
				   cfg->command, cfg->has_ui ?
				   "it is the UI" : "it is the DEFAULT");
	text_puts(d->why, "the configuration says neither DEFAULT nor UI, so "
		  "nothing boots by itself");
	return no_entry(d);
}

int choose_entry(const struct bootcfg *cfg, const char *label,
		 struct choice *choice, struct text *why)
{
	struct decision d = { .cfg = cfg, .choice = choice, .why = why };
	int rc;

	rc = label ? run_label(&d, span_of(label)) : run_start(&d);
	for (int i = 0; rc == ASK_MENU && i < HOPS; i++)
		rc = run_menu(&d);
	if (rc != ASK_MENU)
		return rc;
	text_puts(why, "the menus lead in a circle");
	return no_entry(&d);
}
