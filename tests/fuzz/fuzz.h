/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

/* What every fuzz target includes first. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"

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

#endif
