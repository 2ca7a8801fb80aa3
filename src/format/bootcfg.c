/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/bootcfg.h"

#include "base/err.h"

void bootcfg_init(struct bootcfg *cfg)
{
	cfg->entries = 0;
	cfg->menus = 1;
	cfg->start_menu = 0;
	cfg->menu[0] = (struct bootcfg_menu){
		.tag = SPAN_LIT(".top"),
		.parent = BOOTCFG_NONE,
		.parent_entry = BOOTCFG_NONE,
		.default_entry = BOOTCFG_NONE,
	};
	cfg->command = cfg->default_value = cfg->ontimeout = (struct span){ 0 };
	cfg->has_command = cfg->has_ui = cfg->prompt = false;
	cfg->implicit = true;
	cfg->shiftkey = false;
	cfg->sysappend = 0;
}

int bootcfg_add(struct bootcfg *cfg, uint16_t menu,
		const struct bootcfg_entry *e)
{
	bool can_default = e->action == ACTION_BOOT || e->action == ACTION_GOTO;

	if (cfg->entries == LWPXE_CONFIG_LABELS)
		return -E_CONFIG;
	if (menu != BOOTCFG_NONE && e->menu_default && can_default)
		cfg->menu[menu].default_entry = cfg->entries;
	cfg->entry[cfg->entries] = *e;
	cfg->entry[cfg->entries++].menu = menu;
	return 0;
}

int bootcfg_add_menu(struct bootcfg *cfg, uint16_t parent, struct span tag,
		     const struct bootcfg_entry *at, uint16_t *menu)
{
	struct bootcfg_entry e = {
		.label = tag,
		.action = ACTION_SUBMENU,
		.target = cfg->menus,
		.file = at->file,
		.line = at->line,
	};
	int rc;

	if (cfg->menus == LWPXE_CONFIG_MENUS)
		return -E_CONFIG;
	rc = bootcfg_add(cfg, parent, &e);
	if (rc)
		return rc;
	*menu = cfg->menus++;
	cfg->menu[*menu] = (struct bootcfg_menu){
		.tag = tag,
		.parent = parent,
		.parent_entry = (uint16_t)(cfg->entries - 1),
		.default_entry = BOOTCFG_NONE,
		.ontimeout = cfg->menu[parent].ontimeout,
	};
	return 0;
}

/* Tags may stand twice, as they do in Debian's tree; the last one counts. */
static uint16_t find_menu(const struct bootcfg *cfg, struct span tag)
{
	for (uint16_t m = cfg->menus; m-- > 0;)
		if (span_eq(cfg->menu[m].tag, tag))
			return m;
	return BOOTCFG_NONE;
}

void bootcfg_finish(struct bootcfg *cfg)
{
	struct bootcfg_entry *e;
	uint16_t i;

	for (i = 0; i < cfg->entries; i++) {
		e = &cfg->entry[i];
		if (e->action != ACTION_GOTO && e->action != ACTION_EXIT)
			continue;
		if (e->target_tag.n)
			e->target = find_menu(cfg, e->target_tag);
		if (e->target == BOOTCFG_NONE)
			e->action = ACTION_DISABLED;
	}
	/* With `DEFAULT menu.c32` the value names no label, so only a UI line
	 * makes the menu program look at it. */
	i = cfg->has_ui ? bootcfg_find_in_menu(cfg, cfg->default_value) :
	    BOOTCFG_NONE;
	if (i == BOOTCFG_NONE || cfg->entry[i].menu == BOOTCFG_NONE ||
	    cfg->entry[i].action == ACTION_DISABLED)
		return;
	cfg->start_menu = cfg->entry[i].menu;
	cfg->menu[cfg->start_menu].default_entry = i;
}

bool bootcfg_leads_on(const struct bootcfg_entry *e)
{
	return e->action == ACTION_SUBMENU || e->action == ACTION_GOTO ||
	       e->action == ACTION_EXIT;
}

static uint16_t find(const struct bootcfg *cfg, struct span command,
		     bool whole_line)
{
	uint16_t disabled = BOOTCFG_NONE;
	struct span word, label, rest;

	span_get_word(&command, &word);
	for (uint16_t i = 0; word.n && i < cfg->entries; i++) {
		if (cfg->entry[i].action == ACTION_SUBMENU)
			continue;
		label = rest = cfg->entry[i].label;
		if (!whole_line)
			span_get_word(&rest, &label);
		if (!span_eq(label, word))
			continue;
		if (cfg->entry[i].action != ACTION_DISABLED)
			return i;
		if (disabled == BOOTCFG_NONE)
			disabled = i;
	}
	return disabled;
}

uint16_t bootcfg_find(const struct bootcfg *cfg, struct span command)
{
	return find(cfg, command, false);
}

uint16_t bootcfg_find_in_menu(const struct bootcfg *cfg, struct span command)
{
	return find(cfg, command, true);
}
