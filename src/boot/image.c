/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/image.h"

#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "boot/config.h"
#include "boot/download.h"
#include "boot/explain.h"
#include "format/cpio.h"

/* Linux wants each archive of a ramdisk to begin at a multiple of this. */
#define INITRD_ALIGN 4


/* Puts zeros behind what is there, up to where an archive may begin. */
static int pad(struct sink *sink)
{
	static const uint8_t zeros[INITRD_ALIGN];

	return sink_put(sink, (struct span){ zeros, -sink->n % INITRD_ALIGN });
}

/* Downloads one file, which must not be empty, behind what the sink has. */
static int load(struct boot *b, const char *what, struct span name,
		struct sink *sink)
{
	char reason[512];
	struct text why = TEXT(reason);
	uint64_t before;
	int rc = pad(sink);

	before = sink->n;
	if (!rc)
		rc = config_download(b, what, name, sink, &why);
	download_explain(rc, &why);
	if (rc)
		return explain_later(boot_fail(rc, "%s %.*s: %s; %s", what,
					       SPAN_ARG(name), reason,
					       download_advice(rc)));
	if (sink->n == before)
		return explain_later(boot_fail(-E_EMPTY, "%s %.*s is empty on "
				     "the server, or a directory; put the file "
				     "there", what, SPAN_ARG(name)));
	return 0;
}

static int load_kernel(struct boot *b, struct span name, struct sink *sink)
{
	struct span word;

	span_get_word(&name, &word);
	return load(b, "kernel", word, sink);
}

/* Downloads the comma-separated `list` as one ramdisk. */
static int load_ramdisk(struct boot *b, struct span list, struct sink *sink)
{
	char archive[CPIO_EMPTY_SIZE + 1];
	struct text empty = TEXT(archive);
	struct span name;
	int rc = 0;

	if (span_find(list, SPAN_LIT(",")) != SIZE_MAX) {
		cpio_put_empty(&empty);
		rc = sink_put(sink, text_span(&empty));
	}
	while (list.n && !rc) {
		span_get_until(&list, ',', &name);
		if (name.n)
			rc = load(b, "initrd", name, sink);
	}
	return rc;
}

/* Builds the command line in *r; *initrds borrows from it. */
static int build_cmdline(const struct boot *b, const struct choice *c,
			 struct report *r, struct span *initrds)
{
	char reason[256];
	struct text why = TEXT(reason);
	struct text line = TEXT(r->args);
	const struct cmdline_identity id = {
		.client = b->lease.yiaddr, .server = b->server,
		.router = b->lease.router, .mask = b->lease.mask,
		.mac = b->spec->vif.mac, .uuid = b->spec->uuid,
	};
	const struct cmdline_parts parts = {
		.kernel = c->kernel, .append = c->append, .initrd = c->initrd,
		.sysappend = c->sysappend, .extra = c->extra,
		.args = span_of(b->spec->args ? b->spec->args : ""),
	};
	int rc = cmdline_build(&line, &parts, &id, initrds, &why);

	if (rc)
		return boot_fail(rc, "%s", reason);
	r->args_n = (uint32_t)line.n;
	log_info("cmdline  %.*s", SPAN_ARG(text_span(&line)));
	if (line.n > IMAGE_CMDLINE_PV)
		log_warn("the command line has %zu bytes; a PV guest keeps %u, "
			 "Linux on x86 %u", line.n, IMAGE_CMDLINE_PV,
			 IMAGE_CMDLINE_LINUX);
	return 0;
}

/* syscalls: ftruncate ftruncate64 lseek _llseek
 *
 * Drops what a failed attempt has put into the file. */
static bool empty(struct sink *sink)
{
	sink_flush(&(struct sink){ .fd = -1 });
	return !ftruncate(sink->fd, 0) && !lseek(sink->fd, 0, SEEK_SET);
}

int image_load(struct boot *b, const struct choice *c, struct report *r)
{
	const uint64_t limit = (uint64_t)LWPXE_IMAGE_MIB << 20;
	struct sink kernel = { .fd = b->kernel_fd, .limit = limit };
	struct sink ramdisk = { .fd = b->ramdisk_fd, .limit = limit };
	struct span initrds;
	int rc;

	if (!explain_only() && (!empty(&kernel) || !empty(&ramdisk)))
		return boot_fail(-E_OUTPUT, "the files of a failed attempt "
				 "cannot be emptied; %s",
				 download_advice(-E_OUTPUT));
	rc = build_cmdline(b, c, r, &initrds);
	if (!rc)
		rc = load_kernel(b, c->kernel, &kernel);
	if (!rc)
		rc = load_ramdisk(b, initrds, &ramdisk);
	r->kernel_size = kernel.n;
	r->ramdisk_size = ramdisk.n;
	return rc;
}
