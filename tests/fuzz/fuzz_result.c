/* SPDX-License-Identifier: BSD-3-Clause */
#include "toolstack.h"

static char buf[RESULT_MAX + 1];

/* A result that does not fit is told to be too long, and one that does is the
 * same. */
static void check_capacity(enum spec_format format, const struct result *r,
			   struct span whole)
{
	static struct fuzz_room room;
	const size_t caps[] = { 1, 2, whole.n / 2 + 1, whole.n, whole.n + 1 };
	char reason[128];
	struct text t, why = TEXT(reason);
	size_t cap;

	for (size_t i = 0; i < sizeof(caps) / sizeof(*caps); i++) {
		cap = caps[i];
		t = text_over((char *)fuzz_place(&room, cap), cap);
		text_reset(&why);
		fuzz_check(!result_put(&t, format, r, &why) == (cap > whole.n));
		fuzz_check_reason(t.overflow, &why);
		fuzz_check(t.overflow || span_eq(text_span(&t), whole));
	}
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
	const struct result r = { kernel, ramdisk[0] ? ramdisk : NULL, rest };
	char reason[128];
	struct text t = TEXT(buf), why = TEXT(reason);
	int rc = result_put(&t, (enum spec_format)format, &r, &why);

	fuzz_check_reason(rc, &why);
	if (!rc) {
		check_written(text_span(&t), (enum spec_format)format, &r);
		check_capacity((enum spec_format)format, &r, text_span(&t));
	}
	free(kernel);
	free(ramdisk);
	return 0;
}
