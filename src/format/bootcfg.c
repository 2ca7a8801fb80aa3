/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/bootcfg.h"

#include <string.h>

#include "base/err.h"

void bootcfg_init(struct bootcfg *cfg)
{
	memset(cfg, 0, offsetof(struct bootcfg, menu));
	cfg->menus = 1;
	cfg->menu[0] = (struct bootcfg_menu){
		.tag = SPAN_LIT(".top"),
		.parent = BOOTCFG_NONE,
		.parent_entry = BOOTCFG_NONE,
		.default_entry = BOOTCFG_NONE,
		.allowoptions = true,
	};
	cfg->implicit = cfg->allowoptions = true;
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
	struct bootcfg_menu *m;
	int rc;

	if (cfg->menus == LWPXE_CONFIG_MENUS)
		return -E_CONFIG;
	rc = bootcfg_add(cfg, parent, &e);
	if (rc)
		return rc;
	*menu = cfg->menus++;
	m = &cfg->menu[*menu];
	*m = cfg->menu[parent];
	m->tag = tag;
	m->parent = parent;
	m->parent_entry = (uint16_t)(cfg->entries - 1);
	m->default_entry = BOOTCFG_NONE;
	m->title = (struct span){ 0 };
	return 0;
}

/* Tags may stand twice, as they do in Debian's tree; the last one counts. */
static uint16_t find_menu(const struct bootcfg *cfg, struct span tag)
{
	for (uint16_t m = cfg->menus; m > 0; m--)
		if (span_eq(cfg->menu[m - 1].tag, tag))
			return (uint16_t)(m - 1);
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

bool bootcfg_is_of_use(const struct bootcfg_entry *e)
{
	return e->action == ACTION_BOOT || bootcfg_leads_on(e);
}

uint16_t bootcfg_first(const struct bootcfg *cfg, uint16_t menu, bool of_use)
{
	for (uint16_t i = 0; i < cfg->entries; i++)
		if (cfg->entry[i].menu == menu &&
		    (!of_use || bootcfg_is_of_use(&cfg->entry[i])))
			return i;
	return BOOTCFG_NONE;
}

uint16_t bootcfg_nth(const struct bootcfg *cfg, uint32_t n)
{
	for (uint16_t i = 0; i < cfg->entries; i++)
		if (cfg->entry[i].action == ACTION_BOOT && !n--)
			return i;
	return BOOTCFG_NONE;
}

static uint16_t find(const struct bootcfg *cfg, struct span command,
		     bool whole_line)
{
	uint16_t disabled = BOOTCFG_NONE;
	struct span word, label, rest;

	word = span_get_word(&command);
	for (uint16_t i = 0; word.n && i < cfg->entries; i++) {
		if (cfg->entry[i].action == ACTION_SUBMENU)
			continue;
		label = rest = cfg->entry[i].label;
		if (!whole_line)
			label = span_get_word(&rest);
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
