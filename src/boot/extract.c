/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot/extract.h"

#include <unistd.h>

#include "base/err.h"
#include "base/guard.h"
#include "base/log.h"
#include "boot/download.h"
#include "format/cpio.h"
#include "format/uki.h"
#include "net/sink.h"

/* What is copied goes through here. */
static uint8_t buffer[16384];

static int fail(struct span name, int rc)
{
	return boot_fail(rc,
			 "the kernel %.*s cannot be taken out of what it is "
			 "in: %s",
			 SPAN_ARG(name), download_advice(rc));
}

/* Appends `n` bytes of a file, of which none is overwritten before it is read:
 * `f` may be what the sink writes to, if it is further behind. */
static int copy(struct sink *to, const struct kernel_file *f, uint64_t at,
		uint64_t n)
{
	size_t piece;
	int rc = 0;

	for (; n && !rc; n -= piece, at += piece) {
		piece = n < sizeof(buffer) ? (size_t)n : sizeof(buffer);
		if (!kernel_read(f, at, buffer, piece))
			return -E_KERNEL;
		rc = sink_put(to, (struct span){ buffer, piece });
	}
	return rc;
}

/* Moves the first `n` bytes of a file `by` bytes back, from the end on. */
static int move_back(int fd, uint64_t n, uint64_t by)
{
	struct sink sink = { .fd = fd, .limit = UINT64_MAX };
	size_t piece;
	int rc = 0;

	while (n && !rc) {
		piece = n < sizeof(buffer) ? (size_t)n : sizeof(buffer);
		n -= piece;
		if (pread(fd, buffer, piece, (off_t)n) != (ssize_t)piece)
			return -E_OUTPUT;
		sink.at = n + by;
		sink.n = 0;
		rc = sink_put(&sink, (struct span){ buffer, piece });
	}
	return rc;
}

/* Puts an initrd in front of the ramdisk, and in front of that, where there is
 * one, what keeps Xen from unpacking the first only: see image.c. */
static int put_initrd(const struct boot *b, const struct kernel_file *f,
		      const struct uki_part *initrd, struct preflight *p)
{
	static char archive[CPIO_EMPTY_SIZE + 4];
	struct sink sink = { .fd = b->ramdisk_fd, .limit = BOOT_FILE_MAX };
	struct text empty = TEXT(archive);
	uint64_t n = 0;
	int rc = 0;

	if (p->ramdisk_size) {
		cpio_put_empty(&empty);
		n = CPIO_EMPTY_SIZE + initrd->n + (-initrd->n & 3);
		rc = n + p->ramdisk_size > BOOT_FILE_MAX ?
			     -E_TOO_BIG :
			     move_back(b->ramdisk_fd, p->ramdisk_size, n);
	}
	if (!rc)
		rc = sink_put(&sink, text_span(&empty));
	if (!rc)
		rc = copy(&sink, f, initrd->at, initrd->n);
	if (!rc && n) /* each archive begins at a multiple of four */
		rc = sink_put(&sink, (struct span){ (const uint8_t *)"\0\0\0",
						    (size_t)(n - sink.n) });
	p->ramdisk_size = n ? n + p->ramdisk_size : sink.n;
	return rc;
}

/* Reads a command line; what separates its lines becomes blanks. */
static struct span read_cmdline(const struct kernel_file *f,
				const struct uki_part *part)
{
	static uint8_t line[CMDLINE_MAX + 1];
	size_t n = part->n < sizeof(line) ? (size_t)part->n : sizeof(line);

	if (!kernel_read(f, part->at, line, n))
		n = 0;
	for (size_t i = 0; i < n; i++)
		if (line[i] == '\n' || line[i] == '\r')
			line[i] = ' ';
	return span_trim_end(span_skip_blanks(span_cut_nul((struct span){
		line, n })));
}

static int finish(struct span name, struct layer *inner)
{
	switch (layer_finish(inner)) {
	case LAYER_DAMAGED:
		return boot_fail(-E_KERNEL,
				 "the kernel %.*s is damaged; copy "
				 "it to the server again",
				 SPAN_ARG(name));
	case LAYER_SKIPPED:
		return boot_fail(
			-E_TOO_BIG,
			"the kernel %.*s takes too much memory to unpack; the "
			"most is %u MiB (LWPXE_UNPACK_MIB), and three quarters "
			"of what the Dom0 has",
			SPAN_ARG(name), LWPXE_UNPACK_MIB);
	default:
		return 0;
	}
}

/* syscalls: pread64 ftruncate ftruncate64 */
GUARDED int extract_kernel(const struct boot *b, struct span name,
			   struct layer *layers, struct layer *inner,
			   struct preflight *p)
{
	struct sink sink = { .fd = b->kernel_fd, .limit = BOOT_FILE_MAX };
	static char line[64];
	struct text size = TEXT(line);
	struct uki u = { .linux = { 0 } };
	struct layer *image = layers;
	int rc = finish(name, inner);

	if (rc)
		return rc;
	while (image != inner && image->k.kind != KERNEL_UKI)
		image++;
	if (image != inner)
		uki_find(&image->f, &u);
	rc = boot_check_room(b, "kernel and ramdisk, unpacked, take",
			     inner->f.size + u.initrd.n + p->ramdisk_size);
	if (rc)
		return rc;
	p->cmdline = read_cmdline(&image->f, &u.cmdline);
	if (u.initrd.n)
		rc = put_initrd(b, &image->f, &u.initrd, p);
	if (!rc)
		rc = copy(&sink, &inner->f, 0, inner->f.size);
	if (!rc && ftruncate(b->kernel_fd, (off_t)sink.n))
		rc = -E_OUTPUT;
	if (rc)
		return fail(name, rc);
	p->kernel_size = sink.n;
	text_put_size(&size, sink.n);
	log_info("kernel   %.*s: taken out, %s", SPAN_ARG(name), line);
	return 0;
}
