/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "fuzz.h"

#include "format/module.h"
#include "format/word.h"

static void check_mboot(struct span args)
{
	struct span kernel, append, initrd;

	if (!module_split_mboot(args, &kernel, &append, &initrd))
		return;
	fuzz_check(kernel.n && fuzz_inside(kernel, args) &&
		   fuzz_inside(append, args) && fuzz_inside(initrd, args));
	fuzz_check(kernel.p > args.p);
}

static void check_ifcpu(enum module m, struct span args)
{
	struct span command = module_ifcpu_command(m, args), word;

	fuzz_check(fuzz_inside(command, args));
	for (word = span_get_word(&command); word.n;
	     word = span_get_word(&command))
		fuzz_check(!span_eq(word, SPAN_LIT("--")));
}

/* A number is what C's strtoul says of it, on 64 bits. */
static void check_number(struct span s, uint32_t base)
{
	char digits[64];
	struct text t = TEXT(digits);
	unsigned long expected;

	if (!s.n || s.n > 40 || is_blank(s.p[0]) || s.p[0] == '-' ||
	    s.p[0] == '+' || memchr(s.p, 0, s.n))
		return;
	text_put(&t, s);
	expected = strtoul(digits, NULL, (int)base);
	fuzz_check(word_number(s, base) ==
		   (expected > UINT32_MAX ? UINT32_MAX : expected));
}

/* The input is a kind, a line for a kernel, and one of arguments. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span args = fuzz_copy(data, n), kernel;
	uint8_t kind = 0;
	enum module m;

	span_get_u8(&args, &kind);
	span_get_until(&args, '\n', &kernel);
	m = module_of(kind % (KIND_CONFIG + 1), kernel);
	if (m >= MODULE_REFUSED)
		fuzz_check(*module_reason(m));
	check_mboot(args);
	check_ifcpu(MODULE_IFCPU, args);
	check_ifcpu(MODULE_IFCPU64, args);
	check_number(kernel, 0);
	check_number(kernel, 10);
	return 0;
}
