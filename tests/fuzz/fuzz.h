/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

/* What every fuzz target includes first. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <sanitizer/asan_interface.h>

#include "base/span.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A property that must hold for every input. */
#define fuzz_check(property) \
	((property) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #property))

__attribute__((noreturn)) static inline void
fuzz_fail(const char *file, int line, const char *property)
{
	fprintf(stderr, "%s:%d: broken rule: %s\n", file, line, property);
	abort();
}

#define FUZZ_PAGE 4096u

/* Pages between two that nobody may touch. */
struct fuzz_room {
	uint8_t *p;
	size_t size;
};

/* Returns the place for `n` bytes in the room, at its end if n is even and else
 * at its start: one byte further is an error everywhere.  AddressSanitizer knows
 * of all the rest, too. */
static inline uint8_t *fuzz_place(struct fuzz_room *r, size_t n)
{
	uint8_t *p;

	if (n > r->size || !r->p) {
		r->size = (n + FUZZ_PAGE) / FUZZ_PAGE * FUZZ_PAGE;
		p = mmap(NULL, r->size + 2 * FUZZ_PAGE, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		fuzz_check(p != MAP_FAILED);
		r->p = p + FUZZ_PAGE;
		fuzz_check(!mprotect(r->p, r->size, PROT_READ | PROT_WRITE));
	}
	p = n % 2 ? r->p : r->p + r->size - n;
	ASAN_POISON_MEMORY_REGION(r->p, r->size);
	ASAN_UNPOISON_MEMORY_REGION(p, n);
	return p;
}

/* Returns the input's only copy. */
static inline struct span fuzz_copy(const uint8_t *data, size_t n)
{
	static struct fuzz_room room;
	uint8_t *p = fuzz_place(&room, n);

	if (n)
		memcpy(p, data, n);
	return (struct span){ n ? p : NULL, n };
}

/* What an encoder makes must be the same for every capacity that it fits, and
 * be told to be too long for every other.  Of long ones some are tried. */
static inline void fuzz_sweep(void (*put)(struct text *t, const void *arg),
			      const void *arg)
{
	static struct fuzz_room room;
	static char whole[1 << 16];
	struct text t = TEXT(whole);
	size_t need, cap, step;

	put(&t, arg);
	fuzz_check(!t.overflow);
	need = t.n;
	for (cap = 1; cap <= need + 2; cap += step) {
		step = need < 16 || cap + 3 > need ? 1 : 1 + (need - cap) / 2;
		t = text_over((char *)fuzz_place(&room, cap), cap);
		put(&t, arg);
		fuzz_check(t.overflow == (cap <= need));
		fuzz_check(t.n < cap && !t.p[t.n]);
		fuzz_check(t.overflow ||
			   (t.n == need && !memcmp(t.p, whole, need)));
	}
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
