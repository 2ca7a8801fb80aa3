/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/localboot.h"

#include "base/err.h"

int localboot_exec(const struct spec *spec, struct text *why)
{
	int rc = spec_allow_local(spec, why);

	if (rc)
		return rc;
	text_puts(why, "the guest is to boot from its disk, which is not built "
		       "in (LWPXE_LOCALBOOT)");
	return -E_LOCALBOOT;
}
