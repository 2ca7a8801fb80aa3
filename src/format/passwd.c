/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/passwd.h"

bool passwd_is_hashed(struct span stored)
{
	return stored.n > 2 && stored.p[0] == '$' && stored.p[2] == '$';
}

bool passwd_known(struct span stored)
{
	return !passwd_is_hashed(stored) || crypt_known(stored);
}

bool passwd_matches(struct span stored, struct span typed)
{
	return passwd_is_hashed(stored) ? crypt_matches(stored, typed) :
					  span_eq(stored, typed);
}
