/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/cmdline.h"

#include "base/err.h"
#include "format/word.h"

/* Appends `s` behind a blank, if there is anything to append. */
static void put_part(struct text *t, const char *key, struct span s)
{
	if (!s.n)
		return;
	text_puts(t, " ");
	text_puts(t, key);
	text_put(t, s);
}

static void put_sysappend(struct text *t, uint32_t bits,
			  const struct cmdline_identity *id)
{
	if (bits & SYSAPPEND_IP)
		text_printf(t, " ip=%s:%s:%s:%s", IP4_SHOW(id->client),
			    IP4_SHOW(id->server), IP4_SHOW(id->router),
			    IP4_SHOW(id->mask));
	if (bits & SYSAPPEND_BOOTIF) {
		text_puts(t, " BOOTIF=01-");
		mac_put(t, &id->mac, '-');
	}
	if (bits & SYSAPPEND_SYSUUID && id->uuid.known) {
		text_puts(t, " SYSUUID=");
		uuid_put(t, &id->uuid);
	}
}

/* Returns true if a word of the line begins with one of `starts`. */
static bool has_word(struct span line, const char *starts)
{
	struct span word = span_get_word(&line);

	while (word.n && !word_begins(word, starts, false))
		word = span_get_word(&line);
	return word.n;
}

static void put_console(struct text *t, struct span args)
{
	if (!has_word(args, "console=\0") &&
	    !has_word(text_span(t), "console=hvc\0console=xvc\0"
				    "console=ttynull\0console=null\0"))
		text_puts(t, " console=hvc0");
}

/* PXELINUX takes the first "initrd=" wherever it stands, even inside a longer
 * word, up to a blank. */
static struct span find_initrds(struct span line)
{
	size_t at = span_find(line, SPAN_LIT("initrd="));
	struct span list = { 0 };

	if (at != SIZE_MAX) {
		span_get(&line, at + sizeof("initrd=") - 1, &list);
		span_get_until(&line, ' ', &list);
	}
	return list;
}

/* Returns the first byte that libxl's result must not hold, or -1. */
static int clean_control_bytes(struct text *t)
{
	for (size_t i = 0; i < t->n; i++) {
		uint8_t c = (uint8_t)t->p[i];

		if (c == '\t')
			t->p[i] = ' ';
		else if (c < 0x20 || c == 0x7f)
			return c;
	}
	return -1;
}

int cmdline_build(struct text *t, const struct cmdline_parts *parts,
		  const struct cmdline_identity *id, struct span *initrds,
		  struct text *why)
{
	struct span kernel, rest = parts->kernel;
	size_t own;
	int bad;

	text_reset(t);
	kernel = span_get_word(&rest);
	text_puts(t, "BOOT_IMAGE=");
	text_put(t, kernel);
	put_part(t, "", rest);
	put_part(t, "", parts->append);
	put_part(t, "initrd=", parts->initrd);
	put_sysappend(t, parts->sysappend, id);
	put_part(t, "", parts->extra);
	own = t->n;
	if (parts->console)
		put_console(t, parts->args);
	put_part(t, "", parts->args);
	if (t->overflow || t->n > CMDLINE_MAX) {
		text_printf(why,
			    "the command line is longer than the %u bytes that "
			    "libxl takes; shorten APPEND or xl.cfg's extra=",
			    CMDLINE_MAX);
		return -E_CMDLINE;
	}
	bad = clean_control_bytes(t);
	if (bad >= 0) {
		text_printf(why,
			    "the command line holds the control "
			    "character 0x%02x; take it out of APPEND or of "
			    "xl.cfg's extra=",
			    (unsigned)bad);
		return -E_CMDLINE;
	}
	*initrds = find_initrds((struct span){ (uint8_t *)t->p, own });
	return 0;
}
