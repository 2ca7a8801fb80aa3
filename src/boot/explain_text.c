/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/guard.h"
#include "base/log.h"
#include "boot/explained.h"
#include "boot/image.h"

static void put_lines(const struct explained_line *l, size_t n, size_t cap,
		      const char *what)
{
	size_t there = explained_kept(n, cap);

	for (size_t i = 0; i < there; i++)
		log_info("%.*s:%u: %s %.*s", SPAN_ARG(l[i].file), l[i].line,
			 what, SPAN_ARG(l[i].text));
	if (n > there)
		log_info("and %zu more lines like these", n - there);
}

static void put_part(const char *name, struct span value)
{
	if (value.n)
		log_info("    %-7s %.*s", name, SPAN_ARG(value));
}

static const char *kind_of(const struct bootcfg_entry *e)
{
	return e->kind == KIND_LOCALBOOT ? "local" :
	       e->kind == KIND_CONFIG    ? "config" :
					   "kernel";
}

static GUARDED void put_entry(const struct explained *e, uint16_t i,
			      uint16_t number, bool is_default)
{
	const struct bootcfg_entry *entry = &e->cfg->entry[i];
	struct span path[EXPLAINED_PATH];
	size_t n = explained_path(e->cfg, entry, path);
	bool is_menu = bootcfg_leads_on(entry);
	char line[512], digits[8] = "-";
	struct text t = TEXT(line), d = TEXT(digits);

	t.clip = true;
	if (number == BOOTCFG_NONE)
		text_puts(&d, "-");
	else
		text_printf(&d, "%u", number);
	log_info("%-3s \"%.*s\" (%.*s:%u)%s", digits, SPAN_ARG(entry->label),
		 SPAN_ARG(pxecfg_file_name(e->reader, entry->file)),
		 entry->line,
		 is_default             ? ": the default" :
		 number != BOOTCFG_NONE ? "" :
		 is_menu                ? ": a menu" :
					  ": not to be booted");
	for (size_t m = 0; m < n; m++)
		text_printf(&t, "%s%.*s", m ? " > " : "", SPAN_ARG(path[m]));
	put_part("menu", text_span(&t));
	put_part(kind_of(entry),
		 number != BOOTCFG_NONE ? entry->kernel : (struct span){ 0 });
	put_part("initrd", entry->initrd);
	put_part("append", entry->append);
}

static void put_entries(const struct explained *e)
{
	uint16_t i = BOOTCFG_NONE, number, usual = explained_default(e->cfg);

	while (explained_next(e->cfg, &i, &number))
		put_entry(e, i, number, i == usual);
}

static void put_verdict(const struct explained *e)
{
	if (e->cmdline.n)
		log_info("The command line has %zu bytes; a PV guest keeps %u, "
			 "Linux on x86 %u, libxl takes %u",
			 e->cmdline.n, CMDLINE_PV, CMDLINE_LINUX, CMDLINE_MAX);
	if (e->rc)
		return;
	if (!e->choice || e->choice->kind == KIND_LOCALBOOT)
		log_info("It would boot from the guest's own disk, with %s",
			 e->boot->spec->local_bootloader);
	else
		log_info("It would boot");
}

void explained_put_text(const struct explained *e)
{
	const struct spec *spec = e->boot->spec;

	if (spec->list_entries && e->cfg)
		put_entries(e);
	if (!spec->explain)
		return;
	put_lines(e->missing, e->missing_n, EXPLAINED_FILES,
		  "skipped, since it is not there: INCLUDE");
	put_lines(e->ignored, e->ignored_n, EXPLAINED_LINES, "ignored:");
	put_verdict(e);
}
