/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

/* What every unit test includes first: cmocka, which wants four headers before
 * its own, and comparisons of our types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Compares a span with a C string, and shows both when they differ. */
#define assert_span(s, expected) \
	do { \
		char shown_[4096] = ""; \
		struct span s_ = (s); \
		assert_true(s_.n < sizeof(shown_)); \
		if (s_.n) \
			memcpy(shown_, s_.p, s_.n); \
		assert_string_equal(shown_, expected); \
		assert_int_equal(s_.n, strlen(expected)); \
	} while (0)

/* Fails, and shows both, unless `part` is in the sentence. */
#define assert_contains(sentence, part) \
	do { \
		if (!strstr((sentence), (part))) \
			assert_string_equal(sentence, part); \
	} while (0)

/* Returns a copy of exactly `n` bytes, so that AddressSanitizer sees a read of
 * the byte behind it; the caller frees it. */
static inline uint8_t *exact_copy(const void *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	if (n)
		memcpy(copy, p, n);
	return copy;
}

#endif
