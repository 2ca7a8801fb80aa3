/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/guestfile.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/guard.h"
#include "base/oserror.h"
#include "format/guestcfg.h"
#include "format/spec_complete.h"
#include "priv/smallfile.h"

GUARDED int guestfile_load(const char *path, struct span *text,
			   struct text *why)
{
	static uint8_t bytes[GUESTCFG_MAX + 1];
	struct stat st;

	if (stat(path, &st) ||
	    (S_ISREG(st.st_mode) &&
	     !smallfile_read(path, bytes, sizeof(bytes), text)))
		text_printf(why, "it cannot be read: %s", OSERROR_SHOW(errno));
	else if (!S_ISREG(st.st_mode))
		text_puts(why, "it is no regular file");
	else if (text->n > GUESTCFG_MAX)
		text_printf(why, "it has more than %u bytes", GUESTCFG_MAX);
	return why->n ? -E_USAGE : 0;
}

int guestfile_read(struct spec *spec, struct text *why)
{
	static char sentence[512];
	struct text reason = TEXT(sentence);
	struct span text = { 0 };
	int rc;

	reason.clip = true;
	rc = guestfile_load(spec->cfg, &text, &reason);
	if (!rc)
		rc = guestcfg_apply(text, spec, &reason);
	if (!rc)
		return spec_complete(spec, why);
	text_printf(why, "%s: %s", spec->cfg, sentence);
	return rc;
}
