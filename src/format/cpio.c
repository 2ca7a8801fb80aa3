/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/cpio.h"

/* Of cpio's mode, what is in Linux' include/uapi/linux/stat.h. */
#define DIRECTORY 0040755u
#define REGULAR 0100600u

static void pad(struct text *t)
{
	while (t->n % 4 && !t->overflow)
		text_put_u8(t, 0);
}

static void put_header(struct text *t, struct span name, uint32_t mode,
		       size_t size)
{
	text_puts(t, "070701");
	/* Inode, mode, uid, gid: root; one link; mtime: 0, size; device
	 * numbers: 0; the name's length with its NUL; no checksum. */
	text_printf(t, "%08x%08x%08x%08x%08x", 0u, mode, 0u, 0u, 1u);
	text_printf(t, "%08x%08x%08x%08x%08x%08x", 0u, (unsigned)size, 0u, 0u,
		    0u, 0u);
	text_printf(t, "%08x%08x", (unsigned)name.n + 1, 0u);
	text_put(t, name);
	text_put_u8(t, 0);
}

void cpio_put_empty(struct text *t)
{
	size_t end = t->n + CPIO_EMPTY_SIZE;

	put_header(t, SPAN_LIT("TRAILER!!!"), 0, 0);
	while (t->n < end && !t->overflow)
		text_put_u8(t, 0);
}

void cpio_put_file(struct text *t, const char *path, struct span content)
{
	struct span name = span_of(path);

	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '/') {
			put_header(t, (struct span){ name.p, i }, DIRECTORY, 0);
			pad(t);
		}
	put_header(t, name, REGULAR, content.n);
	pad(t);
	text_put(t, content);
	pad(t);
	put_header(t, SPAN_LIT("TRAILER!!!"), 0, 0);
	pad(t);
}
