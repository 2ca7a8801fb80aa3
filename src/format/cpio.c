/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/cpio.h"

void cpio_put_empty(struct text *t)
{
	static const char name[] = "TRAILER!!!";
	size_t end = t->n + CPIO_EMPTY_SIZE;

	text_puts(t, "070701");
	/* Inode, mode, uid, gid: 0; one link; mtime, size, device numbers: 0;
	 * the name's length with its NUL; no checksum. */
	text_printf(t, "%08x%08x%08x%08x%08x", 0u, 0u, 0u, 0u, 1u);
	text_printf(t, "%08x%08x%08x%08x%08x%08x", 0u, 0u, 0u, 0u, 0u, 0u);
	text_printf(t, "%08x%08x", (unsigned)sizeof(name), 0u);
	text_puts(t, name);
	while (t->n < end && !t->overflow)
		text_put_u8(t, 0);
}
