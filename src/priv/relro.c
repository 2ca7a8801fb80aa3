/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/relro.h"

#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "base/err.h"

/* The start of this program in memory; the linker defines it. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

int relro_protect(void)
{
	const uintptr_t base = (uintptr_t)&__ehdr_start;
	const uintptr_t page = getauxval(AT_PAGESZ);
	const ElfW(Phdr) *p = (const void *)(base + __ehdr_start.e_phoff);
	uintptr_t start, end;

	for (unsigned i = 0; i < __ehdr_start.e_phnum; i++) {
		if (p[i].p_type != PT_GNU_RELRO)
			continue;
		/* By priv/relro.ld the pages at both ends hold nothing else. */
		start = (base + p[i].p_vaddr) & -page;
		end = (base + p[i].p_vaddr + p[i].p_memsz + page - 1) & -page;
		/* It is no address of an object that C knows of. */
		if (mprotect((void *)start, end - start, PROT_READ))
			return -E_INTERNAL;
	}
	return 0;
}
