/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/pxeopt.h"

static void check_menu(struct span menu, struct span whole)
{
	struct span rest = menu, text;
	struct pxeopt_item item;
	size_t sum = 0;

	while (pxeopt_next_item(&rest, &item, &text)) {
		fuzz_check(fuzz_inside(text, whole));
		fuzz_check(item.layer == 0);
		sum += 3 + text.n;
	}
	fuzz_check(sum <= menu.n);
}

/* What the iterator finds of a type, counted in another way. */
static size_t count_servers(struct span s, uint16_t type)
{
	size_t at = 0, found = 0, n;

	while (s.n - at >= 3) {
		n = s.p[at + 2];
		if (s.n - at - 3 < n * 4)
			break;
		if ((s.p[at] << 8 | s.p[at + 1]) == type)
			found += n;
		at += 3 + n * 4;
	}
	return found;
}

static void check_servers(struct span list, uint16_t type)
{
	struct span rest = list, group = { 0 };
	size_t n = 0;
	uint32_t ip;

	while (pxeopt_next_server(&rest, &group, type, &ip)) {
		fuzz_check(pxeopt_lists(list, type, ip));
		n++;
	}
	fuzz_check(n == count_servers(list, type));
	fuzz_check(pxeopt_lists(list, type, 0) == (n > 0));
}

/* The input is an option 43. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span whole = fuzz_copy(data, n);
	struct pxeopt o;

	pxeopt_parse(whole, &o);
	fuzz_check(fuzz_inside(o.servers, whole));
	fuzz_check(fuzz_inside(o.menu, whole));
	fuzz_check(fuzz_inside(o.prompt, whole));
	fuzz_check(fuzz_inside(o.config, whole));
	fuzz_check(fuzz_inside(o.prefix, whole));
	fuzz_check(o.has_prompt || (!o.timeout && !o.prompt.n));
	fuzz_check(o.has_config || !o.config.n);
	fuzz_check(o.has_prefix || !o.prefix.n);
	fuzz_check(o.has_reboot || !o.reboot);
	check_menu(o.menu, whole);
	check_servers(o.servers, 0);
	check_servers(o.servers, 0x8000);
	check_servers(o.servers, o.item.type);
	return 0;
}
