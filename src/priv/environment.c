/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/environment.h"

#include <unistd.h>

struct span environment_get(struct span name)
{
	struct span value, word;

	for (char *const *e = environ; e && *e; e++) {
		value = span_of(*e);
		if (span_get_until(&value, '=', &word) && span_eq(word, name))
			return value;
	}
	return (struct span){ 0 };
}
