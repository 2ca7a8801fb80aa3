/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_KERNEL_H
#define FORMAT_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "format/spec.h"

/* What a file is that shall boot a guest, and whether Xen can boot it: what
 * Xen itself would only say by "no loader found", once it is too late.
 *
 * Sources: Linux' Documentation/arch/x86/boot.rst, arm64/booting.rst; in Xen
 * xg_dom_bzimageloader.c, xg_dom_elfloader.c and xg_dom_armzimageloader.c of
 * tools/libs/guest, libelf-dominfo.c, public/elfnote.h. */

enum kernel_kind {
	KERNEL_UNKNOWN,
	KERNEL_BZIMAGE, /* Linux on x86 */
	KERNEL_ELF,
	KERNEL_PACKED, /* something compressed, as a whole */
	KERNEL_ARM,    /* Linux' zImage for 32-bit Arm */
	KERNEL_ARM64,  /* Linux' Image */
	KERNEL_RISCV,  /* the same */
	KERNEL_ZBOOT,  /* Linux that unpacks itself as an EFI program */
	KERNEL_UKI,    /* an EFI program with a kernel in a section */
	KERNEL_EFI,    /* another EFI program */
	KERNEL_HTML,   /* a page that says that there is no such file */
	KERNEL_SCRIPT, /* "#!" and what follows */
};

enum kernel_packing {
	PACKED_NOT,
	PACKED_GZIP,
	PACKED_BZIP2,
	PACKED_LZMA,
	PACKED_XZ,
	PACKED_LZO,
	PACKED_LZ4,
	PACKED_ZSTD,
	PACKED_UNKNOWN,
};

/* The machines of ELF files that matter (elf.h). */
enum kernel_machine {
	MACHINE_386 = 3,
	MACHINE_ARM = 40,
	MACHINE_X86_64 = 62,
	MACHINE_AARCH64 = 183,
	MACHINE_RISCV = 243,
};

struct kernel {
	enum kernel_kind kind;
	enum kernel_packing packing; /* of bzImage's payload, or of the file */
	uint16_t protocol;           /* of bzImage: 0x020f is 2.15 */
	uint16_t machine;            /* of ELF: e_machine */
	bool cut;                    /* it ends before what it says it has */
	bool pv, pvh;                /* of ELF: it can boot such a guest */
	uint64_t at, n;    /* where in it another one is, packed that way; n is
			    * 0 if there is none */
	uint64_t unpacked; /* the size that it says that one has, unpacked; 0
			    * where it does not */
};

/* A file that can be read at any place. */
struct kernel_file {
	uint64_t size;
	/* Fills `buf` with the `n` bytes at `at`, all of which are in the
	 * file; false if they cannot be read. */
	bool (*read)(void *arg, uint64_t at, uint8_t *buf, size_t n);
	void *arg;
};

/* Where it is to boot. */
struct kernel_host {
	uint16_t machine; /* the Dom0's */
	enum spec_guest guest;
	uint32_t major, minor; /* Xen's version; 0: unknown */
	uint32_t lacks;        /* of enum kernel_packing, by bit: what the
				* Dom0's libxenguest cannot unpack */
};

/* Returns the little-endian number in `n` bytes at `p`. */
uint64_t kernel_number(const uint8_t *p, size_t n);

/* Reads what lies in the file; false if it does not, or cannot be read. */
bool kernel_read(const struct kernel_file *f, uint64_t at, uint8_t *buf,
		 size_t n);

/* Looks at the file; what cannot be read counts as cut. */
void kernel_look(const struct kernel_file *f, struct kernel *k);

/* Returns true if nothing is known to keep Xen from booting it there, as far as
 * can be told without looking inside.  Else a sentence in `why` says what it is
 * or lacks, and what would help. */
bool kernel_fits(const struct kernel *k, const struct kernel_host *h,
		 struct text *why);

/* The same for what was found inside of `k`, as Xen would find it. */
bool kernel_inside_fits(const struct kernel *k, const struct kernel *inside,
			const struct kernel_host *h, struct text *why);

/* Returns the packing's name. */
const char *kernel_packing_name(enum kernel_packing p);

#endif
