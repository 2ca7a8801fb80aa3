/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/preflight.h"

#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "format/kernel.h"

/* syscalls: pread64 */
static bool read_file(void *arg, uint64_t at, uint8_t *buf, size_t n)
{
	return pread(*(const int *)arg, buf, n, (off_t)at) == (ssize_t)n;
}

GUARDED int preflight_check(const struct boot *b, struct span name,
			    uint64_t size)
{
	const struct spec *spec = b->spec;
	int fd = b->kernel_fd;
	const struct kernel_file file = {
		.size = size, .read = read_file, .arg = &fd,
	};
	const struct kernel_host host = {
		.machine = LWPXE_MACHINE, .guest = spec->type,
		.major = spec->xen_major, .minor = spec->xen_minor,
	};
	static char reason[256];
	struct text why = TEXT(reason);
	struct kernel k;

	if (spec->no_preflight)
		return 0;
	kernel_look(&file, &k);
	if (kernel_fits(&k, &host, &why))
		return 0;
	return boot_fail(-E_KERNEL, "the kernel %.*s %s", SPAN_ARG(name),
			 reason);
}
