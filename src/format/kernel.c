/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/kernel.h"

#include "base/guard.h"
#include "format/uki.h"
#include "format/word.h"

/* All headers that matter, but for ELF's and PE's tables, are in here. */
#define HEAD 1024

/* More than any kernel has; what is behind is not looked at. */
#define TABLE_MAX 1024
#define NOTES_MAX 256

/* Offsets in bzImage's header. */
#define SETUP_SECTS 0x1f1
#define PROTOCOL 0x206
#define PAYLOAD_OFFSET 0x248
#define PAYLOAD_LENGTH 0x24c
#define SECTOR 512u
#define PROTOCOL_WITH_PAYLOAD 0x0208

#define PT_LOAD 1
#define PT_NOTE 4
#define SHT_NOTE 7

/* Xen's notes: public/elfnote.h. */
#define NOTE_ENTRY 1
#define NOTE_XEN_VERSION 5
#define NOTE_GUEST_OS 6
#define NOTE_LOADER 8
#define NOTE_PHYS32_ENTRY 18

/* Which of them a file has. */
struct notes {
	bool any, entry, version, linux_os, loader, phys32_entry;
};

uint64_t kernel_number(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

bool kernel_read(const struct kernel_file *f, uint64_t at, uint8_t *buf,
		 size_t n)
{
	return at <= f->size && n <= f->size - at &&
	       f->read(f->arg, at, buf, n);
}

/* ---- compression */

static bool begins(const uint8_t *p, const char *magic, size_t n)
{
	return span_eq((struct span){ p, n },
		       (struct span){ (const uint8_t *)magic, n });
}

static const struct {
	char magic[7];
	uint8_t n, packing;
} known[] = {
	{ "\x1f\x8b", 2, PACKED_GZIP },
	{ "BZh", 3, PACKED_BZIP2 },
	{ "\xfd\x37zXZ\0", 6, PACKED_XZ },
	{ "\x28\xb5\x2f\xfd", 4, PACKED_ZSTD },
	{ "\x5d\0\0", 3, PACKED_LZMA },
	{ "\x89LZO", 4, PACKED_LZO },
	{ "\x02\x21\x4c\x18", 4, PACKED_LZ4 },
	{ "\x04\x22\x4d\x18", 4, PACKED_LZ4 },
};

/* Returns how the 6 bytes at `p` begin what is packed. */
static enum kernel_packing packing_of(const uint8_t *p)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (begins(p, known[i].magic, known[i].n))
			return (enum kernel_packing)known[i].packing;
	return PACKED_UNKNOWN;
}

const char *kernel_packing_name(enum kernel_packing p)
{
	static const char names[][6] = {
		"", "gzip", "bzip2", "LZMA", "xz", "LZO", "LZ4", "zstd", "",
	};

	return names[p];
}

/* Takes what is packed in these bytes.  The last four of gzip say how large it
 * is unpacked; of others, those that the kernel's build puts there. */
static GUARDED void take_payload(const struct kernel_file *f, struct kernel *k,
				 uint64_t at, uint64_t n)
{
	uint8_t magic[6], size[4];

	k->cut = at > f->size || n > f->size - at || n < sizeof(magic) ||
		 !kernel_read(f, at, magic, sizeof(magic)) ||
		 !kernel_read(f, at + n - sizeof(size), size, sizeof(size));
	if (k->cut)
		return;
	k->at = at;
	k->n = n;
	if (begins(magic, "\177ELF", 4))
		return;
	k->packing = packing_of(magic);
	if (k->packing == PACKED_GZIP || k->kind == KERNEL_BZIMAGE)
		k->unpacked = kernel_number(size, sizeof(size));
}

/* ---- bzImage */

static void look_at_bzimage(const struct kernel_file *f, const uint8_t *head,
			    struct kernel *k)
{
	uint64_t sectors = head[SETUP_SECTS] ? head[SETUP_SECTS] : 4;
	uint64_t at = (sectors + 1) * SECTOR +
		      kernel_number(head + PAYLOAD_OFFSET, 4);

	k->kind = KERNEL_BZIMAGE;
	k->protocol = (uint16_t)kernel_number(head + PROTOCOL, 2);
	if (k->protocol < PROTOCOL_WITH_PAYLOAD)
		return;
	take_payload(f, k, at, kernel_number(head + PAYLOAD_LENGTH, 4));
}

/* ---- ELF */

/* Takes one of Xen's notes, of which the first bytes are at `p`. */
static void take_note(struct notes *notes, uint64_t type, const uint8_t *p)
{
	notes->any = true;
	if (type == NOTE_ENTRY)
		notes->entry = true;
	else if (type == NOTE_XEN_VERSION)
		notes->version = begins(p, "xen-3.0", 7);
	else if (type == NOTE_GUEST_OS)
		notes->linux_os = begins(p, "linux", 5);
	else if (type == NOTE_LOADER)
		notes->loader = begins(p, "generic", 7);
	else if (type == NOTE_PHYS32_ENTRY)
		notes->phys32_entry = true;
}

static uint64_t padded(uint64_t n)
{
	return (n + 3) & ~(uint64_t)3;
}

/* Reads the notes in `n` bytes at `at`: name, description and type, the first
 * two padded to 4 bytes. */
static GUARDED void read_notes(const struct kernel_file *f, uint64_t at,
			       uint64_t n, struct notes *notes)
{
	uint8_t header[12], name[4], text[8];
	uint64_t name_n, text_n, size;

	for (size_t i = 0; i < NOTES_MAX && n >= sizeof(header) &&
			   kernel_read(f, at, header, sizeof(header));
	     i++) {
		name_n = kernel_number(header, 4);
		text_n = kernel_number(header + 4, 4);
		size = sizeof(header) + padded(name_n) + padded(text_n);
		if (size > n && size - n > 3) /* the last may be unpadded */
			return;
		for (size_t b = 0; b < sizeof(text); b++)
			text[b] = 0;
		if (name_n == sizeof(name) &&
		    kernel_read(f, at + sizeof(header), name, sizeof(name)) &&
		    begins(name, "Xen", 4) &&
		    kernel_read(f, at + sizeof(header) + sizeof(name), text,
				text_n < sizeof(text) ? (size_t)text_n :
							sizeof(text)))
			take_note(notes, kernel_number(header + 8, 4), text);
		if (size >= n)
			return;
		at += size;
		n -= size;
	}
}

/* A row of a table of ELF: what it is, and where its bytes are. */
struct elf_row {
	uint64_t type, at, n;
};

/* Where in a row these fields are, by the table and the class. */
struct elf_layout {
	uint8_t row_n, type, at, n;
};

static const struct elf_layout programs[2] = { { 32, 0, 4, 16 },
					       { 56, 0, 8, 32 } };
static const struct elf_layout sections[2] = { { 40, 4, 16, 20 },
					       { 64, 4, 24, 32 } };

static GUARDED bool read_row(const struct kernel_file *f, uint64_t at,
			     const struct elf_layout *l, bool wide,
			     struct elf_row *row)
{
	const size_t word = wide ? 8 : 4;
	uint8_t raw[64];

	if (!kernel_read(f, at, raw, l->row_n))
		return false;
	row->type = kernel_number(raw + l->type, 4);
	row->at = kernel_number(raw + l->at, word);
	row->n = kernel_number(raw + l->n, word);
	return true;
}

/* Reads the notes that a table's rows of `type` lead to.  Returns false if the
 * table, or what is to be loaded, ends behind the file. */
static bool read_table(const struct kernel_file *f, uint64_t at, uint64_t step,
		       uint64_t rows, const struct elf_layout *l, bool wide,
		       uint64_t type, struct notes *notes)
{
	struct elf_row row;
	bool whole = true;

	for (uint64_t i = 0; i < rows && i < TABLE_MAX; i++) {
		if (step < l->row_n || at > f->size ||
		    !read_row(f, at + i * step, l, wide, &row))
			return false;
		if (row.type == PT_LOAD && type == PT_NOTE)
			whole &= row.at <= f->size && row.n <= f->size - row.at;
		if (row.type == type)
			read_notes(f, row.at, row.n, notes);
	}
	return whole;
}

static void look_at_elf(const struct kernel_file *f, const uint8_t *head,
			struct kernel *k)
{
	const bool wide = head[4] == 2;
	const size_t word = wide ? 8 : 4;
	const uint8_t *sizes = head + (wide ? 54 : 42);
	struct notes notes = { .any = false };

	k->kind = KERNEL_ELF;
	k->machine = (uint16_t)kernel_number(head + 18, 2);
	k->cut = !read_table(f, kernel_number(head + (wide ? 32 : 28), word),
			     kernel_number(sizes, 2),
			     kernel_number(sizes + 2, 2), &programs[wide], wide,
			     PT_NOTE, &notes);
	if (!notes.any) /* as old kernels have them, if they lead anywhere */
		read_table(f, kernel_number(head + (wide ? 40 : 32), word),
			   kernel_number(sizes + 4, 2),
			   kernel_number(sizes + 6, 2), &sections[wide], wide,
			   SHT_NOTE, &notes);
	k->pvh = notes.phys32_entry;
	/* A Linux for PVH alone says "linux" too, and has no entry. */
	k->pv = notes.version &&
		(notes.loader || (notes.linux_os && notes.entry));
}

/* ---- EFI programs */

/* Offsets in the header of Linux that unpacks itself: its
 * drivers/firmware/efi/libstub/zboot-header.S. */
#define ZBOOT_OFFSET 8
#define ZBOOT_LENGTH 12

static GUARDED void look_at_zboot(const struct kernel_file *f,
				  const uint8_t *head, struct kernel *k)
{
	uint8_t size[4];

	k->kind = KERNEL_ZBOOT;
	take_payload(f, k, kernel_number(head + ZBOOT_OFFSET, 4),
		     kernel_number(head + ZBOOT_LENGTH, 4));
	/* That of gzip is its own; others have it behind them. */
	if (k->n && k->packing != PACKED_GZIP)
		k->unpacked = kernel_read(f, k->at + k->n, size, sizeof(size)) ?
				      kernel_number(size, sizeof(size)) :
				      0;
}

static void look_at_efi(const struct kernel_file *f, struct kernel *k)
{
	struct uki u;

	k->kind = KERNEL_EFI;
	if (!uki_find(f, &u))
		return;
	k->kind = KERNEL_UKI;
	k->at = u.linux.at;
	k->n = u.linux.n;
}

/* ---- all */

static bool is_html(struct span head)
{
	static const char starts[] = "<!doctype\0<html\0<head\0<?xml\0";
	struct span mark;

	if (span_starts(head, SPAN_LIT("\xef\xbb\xbf")))
		span_get(&head, 3, &mark);
	return word_begins(span_skip_blanks(head), starts, true);
}

GUARDED void kernel_look(const struct kernel_file *f, struct kernel *k)
{
	uint8_t head[HEAD] = { 0 };
	size_t n = f->size < HEAD ? (size_t)f->size : HEAD;

	*k = (struct kernel){ .kind = KERNEL_UNKNOWN };
	if (!kernel_read(f, 0, head, n)) {
		k->cut = true;
		return;
	}
	if (is_html((struct span){ head, n }))
		k->kind = KERNEL_HTML;
	else if (begins(head + 0x202, "HdrS", 4))
		look_at_bzimage(f, head, k);
	else if (begins(head, "\177ELF", 4))
		look_at_elf(f, head, k);
	else if (begins(head + 0x38, "ARM\x64", 4))
		k->kind = KERNEL_ARM64;
	else if (begins(head + 0x38, "RSC\x05", 4))
		k->kind = KERNEL_RISCV;
	else if (kernel_number(head + 0x24, 4) == 0x016f2818)
		k->kind = KERNEL_ARM;
	else if (begins(head, "MZ\0\0zimg", 8))
		look_at_zboot(f, head, k);
	else if (begins(head, "MZ", 2))
		look_at_efi(f, k);
	else if (begins(head, "#!", 2))
		k->kind = KERNEL_SCRIPT;
	else if (packing_of(head) != PACKED_UNKNOWN) {
		k->kind = KERNEL_PACKED;
		k->packing = packing_of(head);
		take_payload(f, k, 0, f->size);
	}
}

/* ---- what Xen makes of it */

static bool is_x86(uint16_t machine)
{
	return machine == MACHINE_X86_64 || machine == MACHINE_386;
}

static bool is_arm(uint16_t machine)
{
	return machine == MACHINE_AARCH64 || machine == MACHINE_ARM;
}

/* A 64-bit Xen boots 32-bit guests, too, and may have a 32-bit Dom0. */
static bool is_related(uint16_t a, uint16_t b)
{
	return a == b || (is_x86(a) && is_x86(b)) || (is_arm(a) && is_arm(b));
}

static bool is_older(const struct kernel_host *h, uint32_t major,
		     uint32_t minor)
{
	return h->major &&
	       (h->major < major || (h->major == major && h->minor < minor));
}

static const char cut_short[] =
	"is shorter than its header says; copy it to the server again";

static void judge_bzimage(const struct kernel *k, const struct kernel_host *h,
			  struct text *why)
{
	if (!is_x86(h->machine))
		text_puts(why, "is for x86, and this machine is not");
	else if (k->protocol < PROTOCOL_WITH_PAYLOAD)
		text_printf(why,
			    "has boot protocol %u.%02u, and Xen needs "
			    "2.08; take a Linux from 2.6.26 on",
			    k->protocol >> 8u, k->protocol & 0xffu);
	else if (k->cut)
		text_puts(why, cut_short);
	else if (k->packing == PACKED_UNKNOWN)
		text_puts(why, "is compressed in a way that Xen does not know; "
			       "build it with CONFIG_KERNEL_GZIP or _XZ");
	else if ((k->packing == PACKED_ZSTD && is_older(h, 4, 15)) ||
		 (k->packing == PACKED_LZ4 && is_older(h, 4, 4)))
		text_printf(why,
			    "is compressed with %s, which Xen %u.%u "
			    "cannot unpack; build it with CONFIG_KERNEL_GZIP, "
			    "or update Xen",
			    kernel_packing_name(k->packing), h->major,
			    h->minor);
	else if (k->packing != PACKED_NOT && h->lacks & 1u << k->packing)
		text_printf(why,
			    "is compressed with %s, which this Dom0's "
			    "libxenguest was built without; build it with "
			    "CONFIG_KERNEL_GZIP",
			    kernel_packing_name(k->packing));
}

static void judge_elf(const struct kernel *k, const struct kernel_host *h,
		      struct text *why)
{
	if (!is_related(k->machine, h->machine))
		text_puts(why, "is for another kind of machine");
	else if (k->cut)
		text_puts(why, cut_short);
	else if (!is_x86(k->machine))
		return;
	else if (!k->pv && !k->pvh)
		text_puts(why,
			  "has no Xen ELF notes, so it cannot boot a "
			  "guest; take one with CONFIG_PVH or CONFIG_XEN_PV");
	else if (h->guest == GUEST_PVH && !k->pvh)
		text_puts(why,
			  "has no PVH entry (ELF note 18); use type=\"pv\" "
			  "or a kernel with CONFIG_PVH");
	else if (h->guest == GUEST_PV && !k->pv)
		text_puts(why, "is no PV kernel; use type=\"pvh\" or a kernel "
			       "with CONFIG_XEN_PV");
}

static void judge_arm(uint16_t machine, const struct kernel_host *h,
		      struct text *why)
{
	if (!is_related(machine, h->machine))
		text_puts(why, "is for another kind of machine");
}

bool kernel_fits(const struct kernel *k, const struct kernel_host *h,
		 struct text *why)
{
	switch (k->kind) {
	case KERNEL_BZIMAGE:
		judge_bzimage(k, h, why);
		break;
	case KERNEL_ELF:
		judge_elf(k, h, why);
		break;
	case KERNEL_PACKED:
		if (k->packing != PACKED_GZIP)
			text_printf(why,
				    "is compressed with %s as a whole, and "
				    "Xen unpacks gzip only; unpack it",
				    kernel_packing_name(k->packing));
		break;
	case KERNEL_ARM:
		judge_arm(MACHINE_ARM, h, why);
		break;
	case KERNEL_ARM64:
		judge_arm(MACHINE_AARCH64, h, why);
		break;
	case KERNEL_RISCV:
		judge_arm(MACHINE_RISCV, h, why);
		break;
	case KERNEL_ZBOOT:
		text_puts(why,
			  k->cut ? cut_short :
				   "unpacks itself as an EFI program, which no "
				   "guest of Xen can run; build it without "
				   "CONFIG_EFI_ZBOOT");
		break;
	case KERNEL_UKI:
		text_puts(why,
			  "is a unified kernel image, an EFI program, which "
			  "no guest of Xen can run; take the kernel out of it: "
			  "objcopy -O binary --only-section=.linux");
		break;
	case KERNEL_EFI:
		text_puts(why, "is an EFI program, which no guest of Xen can "
			       "run");
		break;
	case KERNEL_HTML:
		text_puts(why, "is a web page, perhaps of an error; look at it "
			       "with a browser");
		break;
	case KERNEL_SCRIPT:
		text_puts(why, "is a script, not a kernel");
		break;
	case KERNEL_UNKNOWN:
		text_puts(why, k->cut ? "cannot be read" :
					"is no kernel that Xen knows");
		break;
	}
	return !why->n;
}

bool kernel_inside_fits(const struct kernel *k, const struct kernel *inside,
			const struct kernel_host *h, struct text *why)
{
	if (inside->kind == KERNEL_PACKED)
		text_puts(why, "is compressed twice; unpack it once");
	else if (k->kind == KERNEL_BZIMAGE && inside->kind != KERNEL_ELF)
		text_puts(why, "is no ELF file, as Xen wants it in a bzImage");
	else
		kernel_fits(inside, h, why);
	return !why->n;
}
