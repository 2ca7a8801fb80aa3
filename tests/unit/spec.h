/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_SPEC_H
#define TESTS_UNIT_SPEC_H

/* What the tests of the command line share. */
#include "unit.h"

#include "base/err.h"
#include "format/spec.h"

#define VIF "--vif=mac=00:16:3e:12:34:56,bridge=br1"

static char reason[512];

static inline int parse_argv(const char *const *argv, struct spec *spec)
{
	struct text why = TEXT(reason);
	int argc = 0, rc;

	while (argv[argc])
		argc++;
	rc = spec_parse(argc, (char *const *)argv, spec, &why);
	assert_false(why.overflow);
	assert_int_equal(!rc, !reason[0]);
	return rc;
}

#define PARSE(spec, ...) \
	parse_argv((const char *const[]){ "lwpxeboot", __VA_ARGS__, NULL }, \
		   spec)

#define assert_parsed(spec, ...) \
	do { \
		PARSE(spec, __VA_ARGS__); \
		assert_string_equal(reason, ""); \
	} while (0)

#define assert_refused(part, ...) \
	do { \
		struct spec spec_; \
		assert_int_equal(PARSE(&spec_, __VA_ARGS__), -E_USAGE); \
		assert_contains(reason, part); \
	} while (0)

#endif
