/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/result.h"

#include "base/err.h"
#include "base/guard.h"

/* One item of the result; absent ones have an empty value. */
struct item {
	const char *name;
	struct span value;
};

static bool holds(struct span s, uint8_t c)
{
	return span_find(s, (struct span){ &c, 1 }) != SIZE_MAX;
}

static void put_simple(struct text *t, const struct item *items, size_t n,
		       uint8_t separator)
{
	for (size_t i = 0; i < n; i++) {
		if (!items[i].value.n)
			continue;
		text_printf(t, "%s %.*s", items[i].name,
			    SPAN_ARG(items[i].value));
		text_put_u8(t, separator);
	}
	text_put_u8(t, separator);
}

/* xend reads an S-expression; a value goes between single quotes, in which
 * a backslash escapes. */
static void put_sxp(struct text *t, const struct item *items, size_t n)
{
	text_puts(t, "linux ");
	for (size_t i = 0; i < n; i++) {
		if (!items[i].value.n)
			continue;
		text_printf(t, "(%s '", items[i].name);
		for (size_t j = 0; j < items[i].value.n; j++) {
			uint8_t c = items[i].value.p[j];

			if (c == '\'' || c == '\\')
				text_put_u8(t, '\\');
			text_put_u8(t, c);
		}
		text_puts(t, "')");
	}
}

GUARDED int result_put(struct text *t, enum spec_format format,
		       const struct result *r, struct text *why)
{
	const struct item items[] = {
		{ "kernel", span_of(r->kernel) },
		{ "ramdisk",
		  r->ramdisk ? span_of(r->ramdisk) : (struct span){ 0 } },
		{ "args", r->args },
	};
	size_t n = sizeof(items) / sizeof(*items);
	uint8_t separator = format == SPEC_SIMPLE ? '\n' : 0;

	for (size_t i = 0; i < n; i++)
		if (holds(items[i].value, separator)) {
			text_printf(why,
				    "the %s item holds the result's separator",
				    items[i].name);
			return -E_CMDLINE;
		}
	if (format == SPEC_SXP)
		put_sxp(t, items, n);
	else
		put_simple(t, items, n, separator);
	if (!t->overflow)
		return 0;
	text_puts(why, "the path in --output-directory is too long");
	return -E_OUTPUT;
}
