/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/guestcfg.h"
#include "format/xlcfg.h"

/* Reads a setting's value in each way there is. */
static void read_value(struct xlcfg_setting s, struct span text)
{
	char string[64];
	struct text t = TEXT(string);
	struct span item;
	uint32_t v;

	xlcfg_put_value(&t, &s);
	xlcfg_get_number(&s, &v);
	fuzz_check(memchr(string, 0, t.n) == NULL);
	while (s.is_list && xlcfg_get_item(&s, &item))
		fuzz_check(fuzz_inside(item, text) &&
			   (!s.value.n || item.p < s.value.p));
}

/* Reads the text setting by setting, and each list item by item. */
static int read_all(struct span text)
{
	struct xlcfg c = { .rest = text, .line = 1 };
	struct xlcfg_setting s;
	size_t left, most = 64; /* since each reads all that adds to it */
	int rc;

	for (left = c.rest.n + 1; c.rest.n < left;) {
		left = c.rest.n;
		rc = xlcfg_next(&c, &s);
		fuzz_check((rc < 0) == (c.wrong != NULL));
		fuzz_check(c.line > 0);
		if (rc <= 0)
			return rc;
		fuzz_check(fuzz_inside(s.name, text) && s.name.n);
		fuzz_check(fuzz_inside(s.value, text));
		if (most)
			read_value(s, text), most--;
	}
	fuzz_check(0); /* a turn that takes nothing */
	return 0;
}

/* The input is an xl.cfg. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = fuzz_copy(data, n);
	struct spec spec = { .nic = n & 1, .once = n & 2 };
	char reason[1024];
	struct text why = TEXT(reason);
	int rc = guestcfg_apply(s, &spec, &why);

	fuzz_check_reason(rc, &why);
	fuzz_check(rc || spec.vif.given);
	fuzz_check(read_all(s) == 0 || rc);
	return 0;
}
