/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/uki.h"

#include "base/guard.h"

/* Offsets in the headers, and their sizes. */
#define PE_OFFSET 0x3c
#define SECTIONS_N 6
#define OPTIONAL_SIZE 20
#define COFF_HEADER 24
#define SECTION_HEADER 40

/* More sections than any image has; the rest is not looked at. */
#define SECTIONS_MAX 1024

/* Takes the section whose header is at `p`; what the file has of it may be
 * longer, to a whole sector, or shorter, the rest being zeros. */
static void take(struct uki_part *part, const struct kernel_file *f,
		 const uint8_t *p)
{
	uint64_t n = kernel_number(p + 8, 4), has = kernel_number(p + 16, 4);
	uint64_t at = kernel_number(p + 20, 4);

	if (n > has)
		n = has;
	if (!part->n && at <= f->size && n <= f->size - at)
		*part = (struct uki_part){ .at = at, .n = n };
}

GUARDED bool uki_find(const struct kernel_file *f, struct uki *u)
{
	uint8_t header[SECTION_HEADER];
	uint64_t at, rows;
	struct span name;

	*u = (struct uki){ .linux = { 0 } };
	if (!kernel_read(f, PE_OFFSET, header, 4))
		return false;
	at = kernel_number(header, 4);
	if (!kernel_read(f, at, header, COFF_HEADER) ||
	    !span_starts((struct span){ header, 4 }, SPAN_LIT("PE\0\0")))
		return false;
	rows = kernel_number(header + SECTIONS_N, 2);
	at += COFF_HEADER + kernel_number(header + OPTIONAL_SIZE, 2);
	for (uint64_t i = 0; i < rows && i < SECTIONS_MAX &&
			     kernel_read(f, at, header, sizeof(header));
	     i++) {
		name = span_cut_nul((struct span){ header, 8 });
		if (span_eq(name, SPAN_LIT(".profile")) && u->linux.n)
			break;
		if (span_eq(name, SPAN_LIT(".linux")))
			take(&u->linux, f, header);
		else if (span_eq(name, SPAN_LIT(".initrd")))
			take(&u->initrd, f, header);
		else if (span_eq(name, SPAN_LIT(".cmdline")))
			take(&u->cmdline, f, header);
		at += sizeof(header);
	}
	return u->linux.n;
}
