/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/result.h"

static char buf[RESULT_MAX + 1];

/* Reads a line or a NUL-terminated item back. */
static void check_item(struct span *s, uint8_t end, const char *front,
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
static void check_items(struct span s, uint8_t end, const struct result *r)
{
	check_item(&s, end, "kernel ", span_of(r->kernel));
	check_item(&s, end, "ramdisk ", span_of(r->ramdisk));
	check_item(&s, end, "args ", r->args);
	fuzz_check(s.n == 1 && s.p[0] == end);
}

/* Reads one S-expression's quoted value back. */
static void check_quoted(struct span *s, const char *front, struct span value)
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

static void check_sxp(struct span s, const struct result *r)
{
	fuzz_check(span_get(&s, 6, &(struct span){ 0 }));
	check_quoted(&s, "(kernel '", span_of(r->kernel));
	check_quoted(&s, "(ramdisk '", span_of(r->ramdisk));
	check_quoted(&s, "(args '", r->args);
	fuzz_check(!s.n);
}

/* Takes a part of the input up to a NUL, as a string to be freed. */
static char *take_string(struct span *s)
{
	struct span part;

	span_get_until(s, 0, &part);
	return strndup(part.n ? (const char *)part.p : "", part.n);
}

/* The input is a format, kernel, ramdisk and arguments. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = fuzz_copy(data, n);
	uint8_t format = span_get_u8(&rest, &format) ? format % 3 : 0;
	char *kernel = take_string(&rest), *ramdisk = take_string(&rest);
	const struct result r = { kernel, ramdisk, rest };
	char reason[128];
	struct text t = TEXT(buf), why = TEXT(reason);
	int rc = result_put(&t, (enum spec_format)format, &r, &why);

	fuzz_check_reason(rc, &why);
	if (!rc && format == SPEC_SXP)
		check_sxp(text_span(&t), &r);
	else if (!rc)
		check_items(text_span(&t), format == SPEC_SIMPLE ? '\n' : 0,
			    &r);
	free(kernel);
	free(ramdisk);
	fuzz_done();
	return 0;
}
