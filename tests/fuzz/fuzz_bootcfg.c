/* SPDX-License-Identifier: BSD-3-Clause */
#include "tree.h"

#include "boot/choose.h"
#include "format/cmdline.h"

static void check_entry(const struct bootcfg_entry *e)
{
	const struct span text = { (uint8_t *)reader.text, reader.used };

	fuzz_check(e->menu == BOOTCFG_NONE || e->menu < cfg.menus);
	fuzz_check(e->file < reader.files && e->line);
	fuzz_check(fuzz_inside(e->label, text) &&
		   fuzz_inside(e->kernel, text) &&
		   fuzz_inside(e->append, text) &&
		   fuzz_inside(e->initrd, text));
	if (e->action == ACTION_SUBMENU || e->action == ACTION_GOTO)
		fuzz_check(e->target < cfg.menus);
}

static void check_config(void)
{
	fuzz_check(cfg.menus >= 1 && cfg.menus <= LWPXE_CONFIG_MENUS);
	fuzz_check(cfg.entries <= LWPXE_CONFIG_LABELS);
	fuzz_check(cfg.start_menu < cfg.menus);
	for (uint16_t i = 0; i < cfg.entries; i++)
		check_entry(&cfg.entry[i]);
	for (uint16_t m = 0; m < cfg.menus; m++)
		fuzz_check((cfg.menu[m].default_entry == BOOTCFG_NONE ||
			    cfg.menu[m].default_entry < cfg.entries) &&
			   (!m || cfg.menu[m].parent < m));
}

static void check_cmdline(const struct choice *c)
{
	static const struct cmdline_identity id = { .mac.b = { 2 } };
	char buf[CMDLINE_MAX + 2], reason[256];
	struct text line = TEXT(buf), why = TEXT(reason);
	struct span initrds;
	int rc = cmdline_build(&line, &(struct cmdline_parts){
		.kernel = c->kernel, .append = c->append, .initrd = c->initrd,
		.sysappend = c->sysappend, .extra = c->extra,
	}, &id, &initrds, &why);

	fuzz_check_reason(rc, &why);
	fuzz_check(rc || (!fuzz_control_bytes(text_span(&line)) &&
			  fuzz_inside(initrds, text_span(&line))));
}

static void check_choice(const char *label)
{
	char reason[256];
	struct text why = TEXT(reason);
	struct choice c;
	int rc;

	why.clip = true;
	rc = choose_entry(&cfg, label, &c, &why);
	fuzz_check_reason(rc, &why);
	fuzz_check(rc || c.entry == BOOTCFG_NONE || c.entry < cfg.entries);
	if (!rc)
		check_cmdline(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = fuzz_copy(data, n);
	char reason[256];
	struct text why = TEXT(reason);
	int rc;

	why.clip = true;
	rc = read_tree(input, &why);
	fuzz_check_reason(rc, &why);
	if (!rc) {
		check_config();
		check_choice(NULL);
		check_choice("a");
		check_choice("1");
	}
	fuzz_done();
	return 0;
}
