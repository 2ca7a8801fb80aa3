/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/console.h"

void console_open(struct console *c, const struct spec *spec, int out)
{
	(void)spec;
	*c = (struct console){ .terminal = { .out = out } };
}

void console_listen(struct console *c)
{
	(void)c;
}

void console_restore(const struct console *c)
{
	(void)c;
}
