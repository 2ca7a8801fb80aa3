/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/lint.h"

#include "base/guard.h"
#include "config.h"
#include "format/cmdline.h"
#include "format/disk.h"
#include "format/guestcfg.h"
#include "format/spec_complete.h"
#include "format/word.h"
#include "format/xlcfg.h"

#define ARGS 64

/* The settings that matter; the first few are lists. */
enum {
	VIF,
	DISK,
	ARGS_OF,
	BOOTLOADER,
	TYPE,
	BUILDER,
	UUID,
	MEMORY,
	PVSHIM,
	RESTRICT,
	USER,
	KERNEL,
	RAMDISK,
	CMDLINE,
	ROOT,
	EXTRA,
	SETTINGS
};

static const char names[] =
	"vif\0disk\0bootloader_args\0"
	"bootloader\0type\0builder\0uuid\0memory\0pvshim\0"
	"bootloader_restrict\0bootloader_user\0kernel\0ramdisk\0"
	"cmdline\0root\0extra\0";

/* One file while it is checked. */
static struct checking {
	struct lint *l;
	const char *file;
	struct span text;
	const uint8_t *mark; /* in it, and the line that it is in */
	uint32_t line;
	struct xlcfg_setting found[SETTINGS];
	struct spec spec; /* what bootloader_args say */
	bool has_spec;
	char strings[CMDLINE_MAX + 1];
	char *argv[ARGS + 2];
	char reason[512];
} checking;

void lint_say(struct lint *l, enum lint_kind kind, uint32_t line,
	      const char *fmt, ...)
{
	const size_t begin = l->text.n;
	const bool is_error = kind == LINT_ERROR;
	va_list ap;

	l->has_errors |= is_error;
	if (l->findings >= (is_error ? LINT_FINDINGS : LINT_FINDINGS / 2) ||
	    l->text.overflow)
		return;
	va_start(ap, fmt);
	text_vprintf(&l->text, fmt, ap);
	va_end(ap);
	l->finding[l->findings++] = (struct lint_finding){
		kind,
		line,
		{ (const uint8_t *)l->room + begin, l->text.n - begin }
	};
}

/* Returns the line of `p` in the text, by way of what was asked for before. */
static uint32_t line_of(struct checking *c, const uint8_t *p)
{
	if (p < c->mark || !c->mark) {
		c->mark = c->text.p;
		c->line = 1;
	}
	for (; c->mark < p; c->mark++)
		c->line += *c->mark == '\n';
	return c->line;
}

static void take_value(const struct checking *c, int setting,
		       struct lint_value *value)
{
	struct text t = TEXT(value->text);

	if (!xlcfg_put_value(&t, &c->found[setting]) || t.overflow)
		text_reset(&t);
	value->line = c->found[setting].line;
}

static bool setting_is(const struct checking *c, int setting, const char *value)
{
	static struct lint_value v;

	take_value(c, setting, &v);
	return span_eq(span_of(v.text), span_of(value));
}

/* Fails if a setting is of a kind that xl does not take. */
static bool check_kinds(const struct checking *c)
{
	const struct xlcfg_setting *s;
	bool is_right = true;

	for (int i = 0; i < SETTINGS; i++) {
		s = &c->found[i];
		if (!s->line || s->is_list == (i <= DISK) || i == ARGS_OF)
			continue;
		lint_say(c->l, LINT_ERROR, s->line,
			 s->is_list ?
				 "%s is a list; xl takes one value" :
				 "%s is no list; put its value into brackets",
			 word_nth(names, (size_t)i));
		is_right = false;
	}
	return is_right;
}

/* Fills argv as libxl does; false if there is no room. */
static bool fill_argv(struct checking *c, int *argc)
{
	struct text t = TEXT(c->strings);
	struct xlcfg_setting s = c->found[ARGS_OF];
	static char output[] = "--output=bootloader.out";
	struct span item;
	size_t at;

	c->argv[(*argc)++] = output;
	c->argv[(*argc)++] = output;
	while (s.is_list && xlcfg_get_item(&s, &item) && *argc < ARGS) {
		c->argv[(*argc)++] = c->strings + t.n;
		if (!xlcfg_put_string(&t, item))
			return false;
		text_put_u8(&t, 0);
	}
	at = t.n;
	if (!s.is_list && s.line && !xlcfg_put_value(&t, &s))
		return false;
	/* Of a plain string each word is an argument. */
	for (; at < t.n && *argc < ARGS; at++) {
		if (is_blank((uint8_t)c->strings[at]))
			c->strings[at] = '\0';
		else if (!at || !c->strings[at - 1])
			c->argv[(*argc)++] = c->strings + at;
	}
	c->argv[(*argc)++] = output + sizeof(output) - 1;
	c->argv[*argc] = NULL;
	return !t.overflow && *argc <= ARGS;
}

/* Learns from the file what a boot would learn from xenstore, and from the file
 * that --cfg= names. */
static GUARDED int complete(struct checking *c, struct text *why)
{
	char uuid[64];
	struct text t = TEXT(uuid);
	int rc = 0;

	if (c->spec.cfg && !span_eq(span_of(c->spec.cfg), span_of(c->file)))
		lint_say(c->l, LINT_NOTE, c->found[ARGS_OF].line,
			 "--cfg=%s is not the file that is checked, %s; "
			 "where xl creates the guest from, it has to be",
			 c->spec.cfg, c->file);
	if (c->spec.cfg)
		rc = guestcfg_apply(c->text, &c->spec, why);
	if (!rc && !c->spec.uuid.known && xlcfg_put_value(&t, &c->found[UUID]))
		uuid_parse(text_span(&t), &c->spec.uuid);
	return rc ? rc : spec_complete(&c->spec, why);
}

static void check_args(struct checking *c)
{
	const uint32_t line =
		c->found[c->found[ARGS_OF].line ? ARGS_OF : BOOTLOADER].line;
	struct text why = TEXT(c->reason);
	int argc = 0, rc;

	why.clip = why.brief = true;
	if (!fill_argv(c, &argc)) {
		lint_say(c->l, LINT_ERROR, line,
			 "bootloader_args has an escape that means nothing, or "
			 "more than %u words or %u bytes",
			 ARGS - 2, CMDLINE_MAX);
		return;
	}
	rc = spec_parse(argc, c->argv, &c->spec, &why);
	if (!rc && spec_waits(&c->spec))
		rc = complete(c, &why);
	if (rc)
		lint_say(c->l, LINT_ERROR, line,
			 "lwpxeboot refuses these bootloader_args: %s",
			 c->reason);
	c->has_spec = !rc;
}

/* Compares the guest's interface number `i` with what boots. */
static void check_vif(struct checking *c, const struct vif *vif, uint32_t i,
		      uint32_t line, bool *is_there)
{
	const struct vif *ours = &c->spec.vif;
	const char *bridge = vif->bridge[0] ? vif->bridge : LWPXE_BRIDGE;
	static char mac[18];
	struct text t = TEXT(mac);

	mac_put(&t, &ours->mac, ':');
	if (!mac_is_station(&vif->mac)) {
		if (i == c->spec.nic && c->spec.mac_from_uuid) {
			lint_say(c->l, LINT_ERROR, line,
				 "vif number %u has no mac=, and the guest "
				 "boots with the one that its UUID makes; "
				 "write mac=%s, for xl makes up another",
				 i, mac);
			*is_there = true;
		} else {
			lint_say(c->l, LINT_NOTE, line,
				 "vif number %u has no mac=; xl makes up "
				 "another at each create",
				 i);
		}
		return;
	}
	if (mac_eq(&vif->mac, &ours->mac)) {
		*is_there = true;
		if (!span_eq(span_of(bridge), span_of(ours->bridge)))
			lint_say(c->l, LINT_NOTE, line,
				 "the guest boots on the bridge %s and runs on "
				 "%s; name the same one in bootloader_args",
				 ours->bridge, bridge);
	}
}

/* Notes the MAC addresses of all interfaces, and checks them. */
static GUARDED void check_vifs(struct checking *c)
{
	struct xlcfg_setting s = c->found[VIF];
	struct text why, t;
	static char mac[18];
	bool is_there = false;
	struct lint *l = c->l;
	struct span item;
	char buf[512];
	struct vif vif;
	uint32_t line;

	for (uint32_t i = 0; xlcfg_get_item(&s, &item); i++) {
		line = line_of(c, item.p);
		why = TEXT(c->reason);
		t = TEXT(buf);
		if (!xlcfg_put_string(&t, item) || t.overflow ||
		    vif_parse(text_span(&t), &vif, &why)) {
			if (c->has_spec)
				lint_say(l, LINT_NOTE, line,
					 "vif number %u: %s", i,
					 why.n ? c->reason :
						 "it cannot be read");
			continue;
		}
		if (c->has_spec)
			check_vif(c, &vif, i, line, &is_there);
		if (mac_is_station(&vif.mac) && l->vifs < LINT_VIFS) {
			l->vif[l->vifs].mac = vif.mac;
			l->vif[l->vifs++].line = line;
		}
	}
	t = TEXT(mac);
	mac_put(&t, &c->spec.vif.mac, ':');
	if (c->has_spec && !is_there)
		lint_say(l, LINT_ERROR,
			 c->found[c->found[VIF].line ? VIF : BOOTLOADER].line,
			 "the guest boots with the MAC address %s, which no "
			 "entry of vif= has; write mac=%s there",
			 mac, mac);
}

/* Source: libxl__bootloader_run() and libxl__device_disk_find_local_path(). */
static void check_disk(struct checking *c)
{
	static const char advice[] = "put a raw one first, such as "
				     "\"/etc/xen/none.img,raw,xvdz,r\"";
	struct xlcfg_setting s = c->found[DISK];
	struct text why = TEXT(c->reason), t = TEXT(c->strings);
	struct lint *l = c->l;
	struct span item;
	struct disk d;
	uint32_t line;

	if (!xlcfg_get_item(&s, &item)) {
		lint_say(l, LINT_ERROR,
			 c->found[s.line ? DISK : BOOTLOADER].line,
			 "xl runs a boot loader only for "
			 "a guest with a disk; %s",
			 advice);
		return;
	}
	line = line_of(c, item.p);
	l->disk.line = line;
	if (!xlcfg_put_string(&t, item) || t.overflow)
		lint_say(l, LINT_ERROR, line, "the first disk cannot be read");
	else if (disk_parse(text_span(&t), &d, &why))
		lint_say(l, LINT_ERROR, line, "%s", c->reason);
	else if (!d.target.n || span_eq(d.format, SPAN_LIT("empty")))
		lint_say(l, LINT_ERROR, line,
			 "the first disk is an empty drive, which libxl cannot "
			 "give to a boot loader; %s",
			 advice);
	else if (d.format.n && !span_eq(d.format, SPAN_LIT("raw")))
		lint_say(l, LINT_ERROR, line,
			 "the first disk is in the "
			 "format %.*s, which libxl attaches to the Dom0, if "
			 "it can, before it runs a boot loader; %s",
			 SPAN_ARG(d.format), advice);
	else if (d.script.n)
		lint_say(l, LINT_ERROR, line,
			 "the first disk takes a "
			 "script, %.*s, before a boot loader runs; %s",
			 SPAN_ARG(d.script), advice);
	else if (d.backend.n && !span_eq(d.backend, SPAN_LIT("0")) &&
		 !span_eq_nocase(d.backend, SPAN_LIT("Domain-0")))
		lint_say(l, LINT_ERROR, line,
			 "the first disk is in the "
			 "domain %.*s, from which libxl attaches it to the "
			 "Dom0 before a boot loader runs; %s",
			 SPAN_ARG(d.backend), advice);
	else if (d.target.n < sizeof(l->disk.text)) {
		t = TEXT(l->disk.text);
		text_put(&t, d.target);
	}
}

/* What xl makes of cmdline=, or root= and extra=: parse_cmdline() in xl_parse.c.
 * The entry's own APPEND comes on top. */
static void check_cmdline(struct checking *c)
{
	const struct xlcfg_setting *found = c->found;
	struct text t = TEXT(c->strings); /* of which only the length matters */
	const bool is_pvh = setting_is(c, TYPE, "pvh");
	const size_t limit = is_pvh ? CMDLINE_LINUX : CMDLINE_PV;
	const uint32_t line = found[CMDLINE].line ? found[CMDLINE].line :
			      found[EXTRA].line   ? found[EXTRA].line :
						    found[ROOT].line;
	uint32_t pvshim = 0;

	if (!found[CMDLINE].line && found[ROOT].line)
		text_puts(&t, found[EXTRA].line ? "root= " : "root=");
	for (int i = CMDLINE; i <= EXTRA; i++)
		if (i == CMDLINE || !found[CMDLINE].line)
			xlcfg_put_value(&t, &found[i]);
	xlcfg_get_number(&found[PVSHIM], &pvshim);
	if (t.overflow)
		lint_say(c->l, LINT_ERROR, line,
			 "the command line has more than %u bytes, and libxl "
			 "drops it all; shorten extra=",
			 CMDLINE_MAX);
	else if (pvshim && t.n > CMDLINE_PV)
		lint_say(c->l, LINT_ERROR, line,
			 "the command line has %zu bytes, and with pvshim=1 xl "
			 "fails over more than %u; shorten extra=",
			 t.n, CMDLINE_PV);
	else if (t.n > limit)
		lint_say(c->l, LINT_ERROR, line,
			 "the command line has %zu bytes without APPEND, of "
			 "which %s keeps the first %zu; shorten extra=",
			 t.n, is_pvh ? "Linux" : "a PV guest", limit);
}

static void check_rest(struct checking *c)
{
	const struct xlcfg_setting *found = c->found;
	const uint32_t line = found[BOOTLOADER].line;
	struct lint *l = c->l;
	uint32_t restricted = 0;

	if (found[TYPE].line && !setting_is(c, TYPE, "pv") &&
	    !setting_is(c, TYPE, "pvh"))
		lint_say(l, LINT_ERROR, found[TYPE].line,
			 "xl knows no such type; write \"pvh\" or \"pv\"");
	if (!xlcfg_get_number(&found[MEMORY], &l->memory_mib))
		lint_say(l, LINT_NOTE, line,
			 "there is no number as memory=, so xl gives 32 MiB, "
			 "which few ramdisks fit");
	if (!found[UUID].line)
		lint_say(l, LINT_NOTE, line,
			 "there is no uuid=, so xl "
			 "makes up another at each create, and neither "
			 "DHCP's option 97 nor pxelinux.cfg/UUID can know "
			 "the guest; uuidgen makes one");
	take_value(c, KERNEL, &l->kernel);
	take_value(c, RAMDISK, &l->ramdisk);
	if (found[RAMDISK].line && !found[KERNEL].line)
		lint_say(l, LINT_NOTE, found[RAMDISK].line,
			 "ramdisk= counts only with kernel=; the ramdisk is "
			 "the boot server's choice");
	take_value(c, USER, &l->user);
	if (xlcfg_get_number(&found[RESTRICT], &restricted) && restricted)
		l->restricted = found[RESTRICT].line;
	if (l->user.text[0])
		l->restricted = l->user.line;
}

/* Returns true if the program is this one, as far as its name tells. */
static bool is_ours(const struct lint *l)
{
	struct span rest = span_of(l->bootloader.text), part = { 0 };

	while (rest.n)
		span_get_until(&rest, '/', &part);
	return span_starts(part, SPAN_LIT("lwpxeboot"));
}

void lint_check(struct lint *l, const char *file, struct span text)
{
	struct checking *c = &checking;
	struct xlcfg at;

	*l = (struct lint){ .findings = 0 };
	l->text = TEXT(l->room);
	l->text.clip = l->text.brief = true;
	*c = (struct checking){ .l = l, .file = file, .text = text };
	if (xlcfg_find(text, names, c->found, &at)) {
		lint_say(l, LINT_ERROR, at.line, "%s", at.wrong);
		return;
	}
	take_value(c, BOOTLOADER, &l->bootloader);
	l->is_ours = is_ours(l);
	if (!l->is_ours) {
		lint_say(l, LINT_NOTE,
			 l->bootloader.line ? l->bootloader.line : 1,
			 "it does not boot by lwpxeboot; nothing but its "
			 "MAC addresses was looked at");
		check_vifs(c);
		return;
	}
	if (setting_is(c, c->found[TYPE].line ? TYPE : BUILDER, "hvm")) {
		lint_say(l, LINT_ERROR, l->bootloader.line,
			 "xl runs no boot loader for an HVM guest; make it "
			 "type=\"pvh\", or let its firmware boot from the "
			 "network");
		return;
	}
	if (!check_kinds(c))
		return;
	check_args(c);
	check_vifs(c);
	check_disk(c);
	check_cmdline(c);
	check_rest(c);
}
