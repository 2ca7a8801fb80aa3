/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

/* What every fuzz target includes first. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The input's only copy: of exactly its size, so that reading one byte past it
 * is an error that AddressSanitizer sees. */
static uint8_t *fuzz_bytes;

static inline struct span fuzz_copy(const uint8_t *data, size_t n)
{
	fuzz_bytes = malloc(n ? n : 1);
	if (n)
		memcpy(fuzz_bytes, data, n);
	return (struct span){ n ? fuzz_bytes : NULL, n };
}

static inline void fuzz_done(void)
{
	free(fuzz_bytes);
}

/* A property that must hold for every input. */
static inline void fuzz_check(int holds)
{
	if (!holds)
		abort();
}

/* Returns true if `s` is a part of `whole`, or empty. */
static inline int fuzz_inside(struct span s, struct span whole)
{
	return !s.n || (s.p >= whole.p && s.p + s.n <= whole.p + whole.n);
}

/* A function that can fail says why exactly when it does. */
static inline void fuzz_check_reason(int failed, const struct text *why)
{
	fuzz_check(!failed == !why->n);
	fuzz_check(why->n < why->cap && !why->p[why->n]);
}

/* Returns how many bytes of `s` are control characters, NUL included. */
static inline size_t fuzz_control_bytes(struct span s)
{
	size_t found = 0;

	for (size_t i = 0; i < s.n; i++)
		found += s.p[i] < 0x20 || s.p[i] == 0x7f;
	return found;
}

#endif
