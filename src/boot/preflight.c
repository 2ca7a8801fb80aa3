/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/preflight.h"

#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "base/log.h"
#include "boot/extract.h"
#include "format/layer.h"

/* The kernel and what is inside, from the outermost on. */
static struct layer layers[LAYER_MAX];

/* syscalls: pread64 */
static bool read_file(void *arg, uint64_t at, uint8_t *buf, size_t n)
{
	return pread(*(const int *)arg, buf, n, (off_t)at) == (ssize_t)n;
}

/* Returns the memory to unpack into: no more than the Dom0 can do without. */
static struct area area_of(const struct boot *b)
{
	const uint64_t most = b->memory - b->memory / 4;
	struct area area = { b->area, b->area_n };

	if (b->memory && area.n > most)
		area.n = (size_t)most;
	return area;
}

static int fail_damaged(struct span name, const struct kernel *k)
{
	return boot_fail(-E_KERNEL,
			 "the kernel %.*s is compressed with %s and "
			 "damaged; copy it to the server again",
			 SPAN_ARG(name), kernel_packing_name(k->packing));
}

/* Looks at all layers, as far as they can be looked at.  Returns how many there
 * are, or negative. */
static GUARDED int look(const struct boot *b, struct span name,
			const struct kernel_file *file)
{
	struct area area = area_of(b);
	char text[80];
	struct text gap = TEXT(text);
	int n = 1;

	layer_start(&layers[0], file);
	while (n < LAYER_MAX) {
		switch (layer_open(&layers[n], &layers[n - 1], &area, &gap)) {
		case LAYER_FOUND:
			n++;
			break;
		case LAYER_DAMAGED:
			return fail_damaged(name, &layers[n - 1].k);
		case LAYER_SKIPPED:
			log_info("kernel   %.*s: what is inside is not looked "
				 "at: %s",
				 SPAN_ARG(name), text);
			return n;
		case LAYER_NONE:
			return n;
		}
	}
	return n;
}

/* Returns which layer, of `n`, Xen can take with all that is inside: the
 * outermost that it can; and what is wrong with the one before in `why`.
 * Negative if it can take none. */
static int choose(const struct kernel_host *host, int n, struct text *why)
{
	if (!kernel_fits(&layers[n - 1].k, host, why))
		return -1;
	while (--n &&
	       kernel_inside_fits(&layers[n - 1].k, &layers[n].k, host, why) &&
	       kernel_fits(&layers[n - 1].k, host, why))
		;
	return n;
}

GUARDED int preflight_check(const struct boot *b, struct span name,
			    struct preflight *p)
{
	const struct spec *spec = b->spec;
	const bool extracts = LWPXE_EXTRACT && spec->extract != EXTRACT_NO;
	int fd = b->kernel_fd, n, use;
	const struct kernel_file file = {
		.size = p->kernel_size,
		.read = read_file,
		.arg = &fd,
	};
	const struct kernel_host host = {
		.machine = LWPXE_MACHINE,
		.guest = spec->type,
		.major = spec->xen_major,
		.minor = spec->xen_minor,
		.lacks = spec->xen_lacks,
	};
	static char reason[256];
	struct text why = TEXT(reason);

	if (spec->no_preflight)
		return 0;
	n = look(b, name, &file);
	if (n < 0)
		return n;
	use = choose(&host, n, &why);
	if (use < 0 || (use && !extracts))
		return boot_fail(-E_KERNEL, "the kernel %.*s%s %s",
				 SPAN_ARG(name),
				 use < 0 && n > 1 ? ", unpacked," : "", reason);
	if (extracts && spec->extract == EXTRACT_ALWAYS)
		use = n - 1;
	return use ? extract_kernel(b, name, layers, &layers[use], p) : 0;
}
