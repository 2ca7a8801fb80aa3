/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/err.h"
#include "net/tree.h"

int tree_open(struct tree *t, const char *path, struct text *why)
{
	(void)t;
	text_printf(why, "--tree=%s is not built in (LWPXE_EXPLAIN)", path);
	return -E_UNSUPPORTED;
}

int tree_fetch(const struct tree *t, struct fetch *f)
{
	(void)t, (void)f;
	return -E_UNSUPPORTED;
}
