/* SPDX-License-Identifier: BSD-3-Clause */
#include "tree.h"

#include "boot/choose.h"
#include "format/cmdline.h"
#include "format/directive.h"
#include "format/menuword.h"

static void check_entry(const struct bootcfg_entry *e)
{
	const struct span text = { (uint8_t *)reader.text, reader.used };

	fuzz_check(e->menu == BOOTCFG_NONE || e->menu < cfg.menus);
	fuzz_check(e->file < reader.files && e->line);
	fuzz_check(fuzz_inside(e->label, text) &&
		   fuzz_inside(e->kernel, text) &&
		   fuzz_inside(e->append, text) &&
		   fuzz_inside(e->initrd, text) &&
		   fuzz_inside(e->menu_label, text) &&
		   fuzz_inside(e->help, text) && fuzz_inside(e->passwd, text) &&
		   e->indent < 80);
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
	int rc = cmdline_build(&line,
			       &(struct cmdline_parts){
				       .kernel = c->kernel,
				       .append = c->append,
				       .initrd = c->initrd,
				       .sysappend = c->sysappend,
				       .extra = c->extra,
			       },
			       &id, &initrds, &why);

	fuzz_check_reason(rc, &why);
	fuzz_check(rc || (!fuzz_control_bytes(text_span(&line)) &&
			  fuzz_inside(initrds, text_span(&line))));
}

/* Answers what the next bytes of the input say; without any, no more. */
static struct span answers;

static int answer(void *arg, const struct bootcfg *c, uint16_t menu,
		  struct answer *a)
{
	uint8_t kind, number;

	(void)arg;
	fuzz_check(c == &cfg && menu < cfg.menus);
	if (!span_get_u8(&answers, &kind) || !span_get_u8(&answers, &number))
		return -1;
	*a = (struct answer){
		.kind = kind % 5,
		.menu = number % cfg.menus,
		.entry = cfg.entries ? number % cfg.entries : 0,
	};
	span_get_until(&answers, '\n', &a->text);
	if (!cfg.entries &&
	    (a->kind == ANSWER_ENTRY || a->kind == ANSWER_EDITED))
		a->kind = ANSWER_PROMPT;
	return 0;
}

static int answer_prompt(void *arg, const struct bootcfg *c, struct answer *a)
{
	return answer(arg, c, 0, a);
}

static void check_choice(const char *label, const struct asker *asker)
{
	char reason[256];
	struct text why = TEXT(reason);
	struct choice c;
	int rc;

	why.clip = true;
	rc = choose_entry(&cfg, asker, label, &c, &why);
	for (int i = 0; i < 2; i++) {
		fuzz_check(rc >= 0 || why.n || asker || i);
		fuzz_check(rc || c.entry == BOOTCFG_NONE ||
			   c.entry < cfg.entries);
		if (!rc && c.kind != KIND_LOCALBOOT)
			check_cmdline(&c);
		text_reset(&why);
		rc = choose_onerror(&cfg, asker, &c, &why);
	}
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
		check_choice(NULL, NULL);
		check_choice("a", NULL);
		check_choice("1", NULL);
		answers = input;
		check_choice(NULL,
			     &(struct asker){ NULL, answer, answer_prompt });
	}
	return 0;
}
