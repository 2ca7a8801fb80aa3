/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/guestfile.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/oserror.h"
#include "format/guestcfg.h"
#include "format/spec_complete.h"

int guestfile_read(struct spec *spec, struct text *why)
{
	static uint8_t bytes[GUESTCFG_MAX + 1];
	struct span text = { bytes, 0 };
	int fd = openat(AT_FDCWD, spec->cfg, O_RDONLY | O_CLOEXEC | O_NOCTTY |
			O_NONBLOCK);
	ssize_t r = fd < 0 ? -1 : 1;
	int rc = 0;

	while (r > 0 && text.n < sizeof(bytes)) {
		r = read(fd, bytes + text.n, sizeof(bytes) - text.n);
		text.n += r > 0 ? (size_t)r : 0;
	}
	if (r < 0)
		text_printf(why, "%s cannot be read: %s", spec->cfg,
			    OSERROR_SHOW(errno));
	else if (text.n > GUESTCFG_MAX)
		text_printf(why, "%s has more than %u bytes", spec->cfg,
			    GUESTCFG_MAX);
	if (fd >= 0)
		close(fd);
	if (why->n)
		return -E_USAGE;
	text_printf(why, "%s: ", spec->cfg);
	rc = guestcfg_apply(text, spec, why);
	if (rc)
		return rc;
	text_reset(why);
	return spec_complete(spec, why);
}
