/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/guestfile.h"

#include "base/err.h"

int guestfile_read(struct spec *spec, struct text *why)
{
	(void)spec;
	text_puts(why, "--cfg= is not built in (LWPXE_XLCFG)");
	return -E_USAGE;
}
