/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/url.h"

/* The input is a prefix, a newline and a name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span name = fuzz_copy(data, n), prefix;
	char reason[64];
	struct text why = TEXT(reason);
	struct url u;

	span_get_until(&name, '\n', &prefix);
	if (!url_resolve(&u, prefix, name, &why)) {
		fuzz_check(strlen(u.path) < sizeof(u.path));
		fuzz_check(strlen(u.host) < sizeof(u.host));
		fuzz_check(u.port <= 65535);
	}
	fuzz_done();
	return 0;
}
