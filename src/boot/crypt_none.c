/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/passwd.h"

bool crypt_known(struct span stored)
{
	(void)stored;
	return false;
}

bool crypt_matches(struct span stored, struct span typed)
{
	(void)stored, (void)typed;
	return false;
}
