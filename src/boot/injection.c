/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/injection.h"

#include "base/guard.h"
#include "base/log.h"
#include "boot/download.h"
#include "boot/explain.h"
#include "format/inject.h"
#include "net/sink.h"

bool injection_wanted(const struct boot *b, struct span initrds)
{
	if (!b->spec->inject || explain_only())
		return false;
	if (!initrds.n)
		log_warn("--inject: the entry has no initrd, so the guest gets "
			 "no %s",
			 b->spec->inject);
	return initrds.n;
}

GUARDED int injection_write(const struct boot *b, const struct choice *c,
			    uint64_t *end)
{
	static char archive[INJECT_ARCHIVE], reason[256];
	static struct url url;
	struct text t = TEXT(archive), why = TEXT(reason);
	struct sink sink = { .fd = b->ramdisk_fd };
	const struct inject what = {
		.spec = b->spec,
		.lease = &b->lease,
		.server = b->server,
		.label = c->label,
		.kernel = &url,
	};
	int rc;

	/* It has been resolved before, to load it. */
	url_resolve(&url, span_of(b->source.prefix), c->kernel, &why);
	inject_put(&t, &what);
	sink.at = *end + (-*end & 3);
	sink.limit = sink.at < BOOT_FILE_MAX ? BOOT_FILE_MAX - sink.at : 0;
	rc = sink_put(&sink, text_span(&t));
	if (rc)
		return boot_fail(rc, "%s cannot be put behind the initrds; %s",
				 b->spec->inject, download_advice(rc));
	*end = sink.at + sink.n;
	log_info("inject   %s: %zu bytes", b->spec->inject, t.n);
	return 0;
}
