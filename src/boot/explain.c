/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/explain.h"

#include "base/err.h"
#include "base/guard.h"
#include "base/log.h"
#include "boot/explained.h"

static struct explained kept;

void explain_start(const struct boot *b)
{
	kept.boot = b->spec->action == SPEC_EXPLAIN ? b : NULL;
	kept.has_lease = false;
	kept.tried_n = kept.missing_n = kept.ignored_n = kept.file_n = 0;
	kept.cfg = NULL;
	kept.chosen = false;
	kept.choice = NULL;
	kept.cmdline = (struct span){ 0 };
	kept.rc = 0;
	kept.sentence[0] = '\0';
	kept.copies = TEXT(kept.room);
}

bool explain_only(void)
{
	return kept.boot;
}

/* Returns a copy that stays; empty if there is no room left. */
static struct span keep(struct span s)
{
	size_t at = kept.copies.n;

	text_put(&kept.copies, s);
	return (struct span){ (uint8_t *)kept.copies.p + at,
			      kept.copies.n - at };
}

void explain_tried(struct span name, int rc, size_t n, const struct text *why)
{
	if (!kept.boot || kept.tried_n++ >= EXPLAINED_TRIED)
		return;
	kept.tried[kept.tried_n - 1] = (struct explained_name){
		.name = keep(name),
		.found = !rc,
		.size = n,
		.reason = rc ? keep(text_span(why)) : (struct span){ 0 },
	};
}

/* Copied, since a CONFIG reads other files in place of these. */
static struct explained_line line_of(struct span file, uint32_t line,
				     struct span text)
{
	return (struct explained_line){ .file = keep(file),
					.text = keep(text),
					.line = line };
}

static void keep_ignored(void *arg, struct span file, uint32_t line,
			 struct span text)
{
	(void)arg;
	if (kept.ignored_n++ < EXPLAINED_LINES)
		kept.ignored[kept.ignored_n - 1] = line_of(file, line, text);
}

void explain_reading(struct pxecfg *reader)
{
	if (kept.boot)
		reader->ignored = keep_ignored;
}

bool explain_no_include(const struct pxecfg *reader, struct span name)
{
	const struct pxecfg_file *f = &reader->stack[reader->depth - 1];

	if (kept.boot && kept.missing_n++ < EXPLAINED_FILES)
		kept.missing[kept.missing_n - 1] = line_of(
			pxecfg_file_name(reader, f->name), f->line, name);
	return kept.boot;
}

bool explain_config(const struct bootcfg *cfg, const struct pxecfg *reader)
{
	if (!kept.boot)
		return false;
	kept.cfg = cfg;
	kept.reader = reader;
	return !kept.boot->spec->explain;
}

bool explain_choice(const struct choice *c)
{
	if (!kept.boot)
		return false;
	kept.chosen = kept.boot->spec->explain;
	kept.choice = c;
	return !kept.chosen;
}

void explain_file(const char *what, struct span name, int rc,
		  const struct fetch *f, const struct text *why)
{
	if (!kept.boot || kept.file_n++ >= EXPLAINED_FILES)
		return;
	kept.file[kept.file_n - 1] = (struct explained_file){
		.is_kernel = what[0] == 'k',
		.name = name,
		.rc = rc,
		.reason = rc ? keep(text_span(why)) : (struct span){ 0 },
		.has_size = !rc && f->has_size,
		.size = f->size,
	};
}

bool explain_failure(int rc, const char *sentence)
{
	struct text t;

	if (!kept.boot || kept.rc)
		return kept.boot;
	kept.rc = rc;
	t = TEXT(kept.sentence);
	t.clip = true;
	text_puts(&t, sentence);
	return true;
}

int explain_later(int rc)
{
	bool of_one_file = rc == -E_NOT_FOUND || rc == -E_EMPTY ||
			   rc == -E_TOO_BIG;

	return kept.boot && of_one_file ? 0 : rc;
}

int explain_end(struct report *r, int rc)
{
	const struct spec *spec;

	if (!kept.boot)
		return rc;
	spec = kept.boot->spec;
	if (!kept.rc)
		kept.rc = rc;
	kept.has_lease = kept.boot->lease.yiaddr && !kept.boot->tree;
	kept.cmdline = report_args(r);
	if (!spec->json) {
		explained_put_text(&kept);
	} else if (!explained_put_json(&kept, kept.boot->answer_fd)) {
		log_error(E_INTERNAL,
			  "there is not enough memory for the answer");
		return -E_INTERNAL;
	}
	if (kept.rc)
		log_error(-kept.rc, "%s%s",
			  spec->explain ? "it would not boot: " : "",
			  kept.sentence);
	r->outcome = REPORT_LOCAL;
	return kept.rc;
}

bool explained_next(const struct bootcfg *cfg, uint16_t *i, uint16_t *number)
{
	uint16_t bootable = 0, at = *i == BOOTCFG_NONE ? 0 : (uint16_t)(*i + 1);

	while (at < cfg->entries && !cfg->entry[at].label.n)
		at++;
	*i = at;
	if (at >= cfg->entries)
		return false;
	for (uint16_t n = 0; n < at; n++)
		bootable = (uint16_t)(bootable +
				      (cfg->entry[n].action == ACTION_BOOT));
	*number = cfg->entry[at].action == ACTION_BOOT ? bootable :
							 BOOTCFG_NONE;
	return true;
}

GUARDED uint16_t explained_default(const struct bootcfg *cfg)
{
	static char reason[64];
	struct text why = TEXT(reason);
	struct choice c;

	return choose_entry(cfg, NULL, NULL, &c, &why) ? BOOTCFG_NONE : c.entry;
}

size_t explained_path(const struct bootcfg *cfg, const struct bootcfg_entry *e,
		      struct span path[EXPLAINED_PATH])
{
	const struct bootcfg_menu *m;
	size_t n = 0, depth = 0;
	uint16_t menu;

	for (menu = e->menu;
	     menu != BOOTCFG_NONE && cfg->menu[menu].parent != BOOTCFG_NONE;
	     menu = cfg->menu[menu].parent)
		depth++;
	menu = e->menu;
	for (n = depth; n-- > 0; menu = m->parent) {
		m = &cfg->menu[menu];
		path[n] = m->title.n ? m->title : m->tag;
	}
	return depth;
}
