/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/guestfile.h"

#include <errno.h>

#include "base/err.h"
#include "base/oserror.h"
#include "format/guestcfg.h"
#include "format/spec_complete.h"
#include "priv/smallfile.h"

int guestfile_read(struct spec *spec, struct text *why)
{
	static uint8_t bytes[GUESTCFG_MAX + 1];
	struct span text;
	int rc;

	if (!smallfile_read(spec->cfg, bytes, sizeof(bytes), &text))
		text_printf(why, "%s cannot be read: %s", spec->cfg,
			    OSERROR_SHOW(errno));
	else if (text.n > GUESTCFG_MAX)
		text_printf(why, "%s has more than %u bytes", spec->cfg,
			    GUESTCFG_MAX);
	if (why->n)
		return -E_USAGE;
	text_printf(why, "%s: ", spec->cfg);
	rc = guestcfg_apply(text, spec, why);
	if (rc)
		return rc;
	text_reset(why);
	return spec_complete(spec, why);
}
