/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/guestcfg.h"
#include "format/xlcfg.h"

/* Reads the text setting by setting, and each list item by item. */
static int read_all(struct span text)
{
	struct xlcfg c = { .rest = text, .line = 1 };
	char reason[256], string[64];
	struct text why = TEXT(reason), t;
	struct xlcfg_setting s;
	struct span list, item;
	uint32_t v;
	size_t left;
	int rc;

	for (left = c.rest.n + 1; c.rest.n < left;) {
		left = c.rest.n;
		rc = xlcfg_next(&c, &s, &why);
		fuzz_check_reason(rc < 0, &why);
		if (rc <= 0)
			return rc;
		fuzz_check(fuzz_inside(s.name, text) && s.name.n);
		fuzz_check(fuzz_inside(s.value, text));
		t = TEXT(string);
		if (!s.is_list)
			xlcfg_put_string(&t, s.value);
		fuzz_check(memchr(string, 0, t.n) == NULL);
		if (!s.is_list)
			xlcfg_get_number(s.value, &v);
		for (list = s.value; s.is_list; fuzz_check(
			     fuzz_inside(item, s.value) && item.p < list.p))
			if (!xlcfg_get_item(&list, &item))
				break;
	}
	fuzz_check(0); /* a turn that takes nothing */
	return 0;
}

/* The input is an xl.cfg. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span s = fuzz_copy(data, n);
	struct spec spec = { .nic = n & 1 };
	char reason[1024];
	struct text why = TEXT(reason);
	int rc = guestcfg_apply(s, &spec, &why);

	fuzz_check_reason(rc, &why);
	fuzz_check(rc || mac_is_station(&spec.vif.mac));
	fuzz_check(read_all(s) == 0 || rc);
	return 0;
}
