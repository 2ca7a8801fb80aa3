/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/programs.h"

#include "priv/environment.h"

static const char private[][24] = {
	"/usr/lib/xen/bin",
	"/usr/libexec/xen/bin",
	"/usr/local/lib/xen/bin",
};
#define PRIVATE_N (sizeof(private) / sizeof(*private))

bool programs_next(struct programs *p, const char *name, struct text *t)
{
	struct span directory;

	do {
		text_reset(t);
		if (p->n == PRIVATE_N)
			p->path = environment_get(SPAN_LIT("PATH"));
		if (p->n++ < PRIVATE_N)
			directory = span_of(private[p->n - 1]);
		else if (p->path.n)
			span_get_until(&p->path, ':', &directory);
		else
			return false;
		text_printf(t, "%.*s/%s", SPAN_ARG(directory), name);
	} while (!directory.n || t->overflow);
	return true;
}
