/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/guestcfg.h"

#include "base/err.h"
#include "base/guard.h"
#include "config.h"
#include "format/word.h"
#include "format/xlcfg.h"

/* The settings that matter; of each, the last one of the file. */
enum { NAME, TYPE, BUILDER, UUID, MEMORY, PVSHIM, VIF, SETTINGS };

static const char names[] = "name\0type\0builder\0uuid\0"
			    "memory\0pvshim\0vif\0";

static int fail(const char *what, struct text *why)
{
	text_puts(why, what);
	return -E_USAGE;
}

static int read_settings(struct span text, struct xlcfg_setting found[SETTINGS],
			 struct text *why)
{
	struct xlcfg c;

	if (xlcfg_find(text, names, found, &c)) {
		text_printf(why, "line %u: %s", c.line, c.wrong);
		return -E_USAGE;
	}
	for (size_t i = 0; i < SETTINGS; i++)
		if (found[i].line && found[i].is_list != (i == VIF)) {
			text_printf(why, "line %u: %s is %s", found[i].line,
				    word_nth(names, i),
				    i == VIF ? "no list" : "a list");
			return -E_USAGE;
		}
	return 0;
}

static GUARDED int take_vif(const struct xlcfg_setting *s, struct spec *spec,
			    struct text *why)
{
	struct xlcfg_setting list = *s;
	struct span item = { NULL, 0 };
	char buf[512];
	struct text t = TEXT(buf);

	if (spec->vif.given || spec->action == SPEC_PRINT_MAC)
		return 0;
	for (uint32_t i = 0; i <= spec->nic; i++)
		if (!xlcfg_get_item(&list, &item)) {
			text_printf(why, "it has no vif number %u", spec->nic);
			return -E_USAGE;
		}
	if (!xlcfg_put_string(&t, item) || t.overflow)
		return fail("its vif cannot be read", why);
	return vif_parse(text_span(&t), &spec->vif, why);
}

/* Takes the name, which must be the one of the guest that xl creates. */
static GUARDED int take_name(const struct xlcfg_setting *s, struct spec *spec,
			     struct text *why)
{
	char buf[SPEC_NAME_SIZE];
	const bool known = spec->name[0];
	struct text t = TEXT(buf), name;

	if (!s->line)
		return 0;
	if (!xlcfg_put_value(&t, s) || t.overflow)
		return fail("its name cannot be read", why);
	if (known) {
		if (span_eq(text_span(&t), span_of(spec->name)))
			return 0;
		text_printf(why, "it is of \"%s\", and the guest is \"%s\"",
			    buf, spec->name);
		return -E_USAGE;
	}
	name = TEXT(spec->name);
	text_put(&name, text_span(&t));
	return 0;
}

static GUARDED int take_type(const struct xlcfg_setting found[SETTINGS],
			     struct spec *spec, struct text *why)
{
	char buf[16] = "";
	struct text t = TEXT(buf);
	enum spec_guest type = GUEST_UNKNOWN;

	if (!xlcfg_put_value(&t, &found[found[TYPE].line ? TYPE : BUILDER]))
		return 0;
	if (span_eq(text_span(&t), SPAN_LIT("hvm")))
		return fail("it is of an HVM guest, for which xl runs no boot "
			    "loader",
			    why);
	if (span_eq(text_span(&t), SPAN_LIT("pv")) ||
	    span_eq(text_span(&t), SPAN_LIT("generic")))
		type = GUEST_PV;
	else if (span_eq(text_span(&t), SPAN_LIT("pvh")))
		type = GUEST_PVH;
	if (spec->type && type && spec->type != type)
		return fail("its type is not the one that the guest has", why);
	if (type)
		spec->type = type;
	return 0;
}

static GUARDED int take_uuid(const struct xlcfg_setting *s, struct spec *spec,
			     struct text *why)
{
	char buf[64];
	struct text t = TEXT(buf);

	if (LWPXE_ONCE && spec->once && !s->line && !spec->uuid_is_given)
		return fail("it has no uuid=, so xl makes up another at each "
			    "xl create, by which --once cannot know the guest "
			    "again; write one into it, as uuidgen makes them",
			    why);
	if (!spec->uuid.known && xlcfg_put_value(&t, s))
		uuid_parse(text_span(&t), &spec->uuid);
	return 0;
}

GUARDED int guestcfg_apply(struct span text, struct spec *spec,
			   struct text *why)
{
	struct xlcfg_setting found[SETTINGS];
	uint32_t pvshim = 0;
	int rc = read_settings(text, found, why);

	if (!rc)
		rc = take_name(&found[NAME], spec, why);
	if (!rc)
		rc = take_type(found, spec, why);
	if (!rc)
		rc = take_vif(&found[VIF], spec, why);
	if (!rc)
		rc = take_uuid(&found[UUID], spec, why);
	if (rc)
		return rc;
	xlcfg_get_number(&found[MEMORY], &spec->memory_mib);
	spec->pvshim = xlcfg_get_number(&found[PVSHIM], &pvshim) && pvshim;
	return 0;
}
