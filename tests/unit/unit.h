/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

/* What every unit test includes first: cmocka, which wants four headers before
 * its own, and comparisons of our types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"

/* Compares a span with a C string, and shows both when they differ. */
#define assert_span(s, expected) do { \
	char shown_[4096] = ""; \
	struct span s_ = (s); \
	assert_true(s_.n < sizeof(shown_)); \
	if (s_.n) \
		memcpy(shown_, s_.p, s_.n); \
	assert_string_equal(shown_, expected); \
	assert_int_equal(s_.n, strlen(expected)); \
} while (0)

#endif
