/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "format/cmdline.h"
#include "format/cpio.h"

static const struct cmdline_identity id = {
	.client = 0xc000020a,
	.server = 0xc0000201,
	.router = 0xc00002fe,
	.mask = 0xffffff00,
	.mac.b = { 2, 0, 0, 0, 0, 1 },
	.uuid = { { 1 }, true },
};

/* The list must be what follows the first "initrd=", up to a blank, unless that
 * is xl.cfg's, which stands in the last `args` bytes. */
static void check_initrds(struct span line, struct span initrds, size_t args)
{
	size_t at = span_find(line, SPAN_LIT("initrd=")), own = line.n - args;

	if (at == SIZE_MAX || at + 7 > own) {
		fuzz_check(!initrds.n);
		return;
	}
	fuzz_check(!initrds.n || initrds.p == line.p + at + 7);
	at += 7 + initrds.n;
	fuzz_check(at == own || (at < own && line.p[at] == ' '));
}

static void put_archive(struct text *t, const void *arg)
{
	(void)arg;
	cpio_put_empty(t);
}

/* The input is SYSAPPEND's bits, the buffer's size, and five parts that end in
 * NUL: kernel, append, initrd, extra, args. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct fuzz_room room;
	struct span rest = fuzz_copy(data, n), initrds, line;
	uint8_t bits = 0, size = 0;
	struct cmdline_parts parts = { .sysappend = 0 };
	size_t cap;
	char *buf, reason[256];
	struct text t, why = TEXT(reason);
	int rc;

	span_get_u8(&rest, &bits);
	span_get_u8(&rest, &size);
	span_get_until(&rest, 0, &parts.kernel);
	span_get_until(&rest, 0, &parts.append);
	span_get_until(&rest, 0, &parts.initrd);
	span_get_until(&rest, 0, &parts.extra);
	span_get_until(&rest, 0, &parts.args);
	parts.sysappend = bits;
	parts.console = bits & 0x80;
	cap = size ? size : CMDLINE_MAX + 2;
	buf = (char *)fuzz_place(&room, cap);
	t = text_over(buf, cap);
	if (!n)
		fuzz_sweep(put_archive, NULL);
	rc = cmdline_build(&t, &parts, &id, &initrds, &why);
	fuzz_check_reason(rc, &why);
	if (!rc) {
		line = text_span(&t);
		fuzz_check(line.n < cap && line.n <= CMDLINE_MAX);
		fuzz_check(!fuzz_control_bytes(line));
		fuzz_check(span_starts(line, SPAN_LIT("BOOT_IMAGE=")));
		fuzz_check(fuzz_inside(initrds, line));
		check_initrds(line, initrds,
			      parts.args.n ? parts.args.n + 1 : 0);
		/* All parts are there. */
		fuzz_check(line.n >= parts.append.n + parts.initrd.n +
					     parts.extra.n + parts.args.n);
	}
	return 0;
}
