/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/digest.h"
#include "format/passwd.h"

/* Hashes in two pieces, cut after as many bytes as the first one says. */
static void check_digest(enum digest_kind kind, struct span s)
{
	uint8_t whole[DIGEST_MAX], pieces[DIGEST_MAX];
	struct span rest = s, head, sum;
	struct digest d;

	digest_start(&d, kind);
	digest_add(&d, s);
	sum = digest_end(&d, whole);
	digest_start(&d, kind);
	span_get(&rest, s.n ? s.p[0] % s.n : 0, &head);
	digest_add(&d, head);
	digest_add(&d, rest);
	fuzz_check(span_eq(sum, digest_end(&d, pieces)));
}

/* Rounds by the thousand take long and find no more than a few: of inputs that
 * lead to those, one in eight is for them. */
static bool takes_long(struct span stored, struct span typed)
{
	return passwd_is_hashed(stored) && typed.n % 8 &&
	       span_find(stored, SPAN_LIT("rounds=1$")) == SIZE_MAX;
}

/* The input is a stored password and, behind a newline, what is typed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span typed = fuzz_copy(data, n), whole = typed, stored;
	bool matches;

	for (int kind = DIGEST_MD5; kind <= DIGEST_SHA512; kind++)
		check_digest(kind, whole);
	span_get_until(&typed, '\n', &stored);
	if (!takes_long(stored, typed) &&
	    (span_find(stored, SPAN_LIT("rounds=")) == SIZE_MAX ||
	     span_find(stored, SPAN_LIT("rounds=1$")) != SIZE_MAX)) {
		matches = passwd_matches(stored, typed);
		fuzz_check(!matches || passwd_known(stored));
		if (!passwd_is_hashed(stored))
			fuzz_check(matches == span_eq(stored, typed));
	}
	return 0;
}
