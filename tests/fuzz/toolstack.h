/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_TOOLSTACK_H
#define TESTS_TOOLSTACK_H

/* A result is read back as toolstacks do. */
#include "format/result.h"
#include "fuzz.h"

/* Reads a line or a NUL-terminated item back. */
static inline void check_item(struct span *s, uint8_t end, const char *front,
			      struct span value)
{
	struct span item, word;

	if (!value.n)
		return;
	fuzz_check(span_get_until(s, end, &item));
	fuzz_check(span_get(&item, strlen(front), &word) &&
		   span_eq(word, span_of(front)) && span_eq(item, value));
}

/* The items must be the result's, with one empty one behind them. */
static inline void check_items(struct span s, uint8_t end,
			       const struct result *r)
{
	check_item(&s, end, "kernel ", span_of(r->kernel));
	check_item(&s, end, "ramdisk ", span_of(r->ramdisk ? r->ramdisk : ""));
	check_item(&s, end, "args ", r->args);
	fuzz_check(s.n == 1 && s.p[0] == end);
}

/* Reads one S-expression's quoted value back. */
static inline void check_quoted(struct span *s, const char *front,
				struct span value)
{
	struct span word;
	uint8_t c;

	if (!value.n)
		return;
	fuzz_check(span_get(s, strlen(front), &word));
	fuzz_check(span_eq(word, span_of(front)));
	for (size_t i = 0; i < value.n; i++) {
		fuzz_check(span_get_u8(s, &c) && c != '\'');
		if (c == '\\')
			fuzz_check(span_get_u8(s, &c));
		fuzz_check(c == value.p[i]);
	}
	fuzz_check(span_get(s, 2, &word) && span_eq(word, SPAN_LIT("')")));
}

static inline void check_sxp(struct span s, const struct result *r)
{
	fuzz_check(span_get(&s, 6, &(struct span){ 0 }));
	check_quoted(&s, "(kernel '", span_of(r->kernel));
	check_quoted(&s, "(ramdisk '", span_of(r->ramdisk ? r->ramdisk : ""));
	check_quoted(&s, "(args '", r->args);
	fuzz_check(!s.n);
}

/* What has been written in `format` must be *r, and nothing else. */
static inline void check_written(struct span s, enum spec_format format,
				 const struct result *r)
{
	if (format == SPEC_SXP)
		check_sxp(s, r);
	else
		check_items(s, format == SPEC_SIMPLE ? '\n' : 0, r);
}

#endif
