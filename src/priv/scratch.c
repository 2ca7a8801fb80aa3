/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/scratch.h"

#include <sys/mman.h>

#include "config.h"

uint8_t *scratch_map(size_t *n)
{
	const size_t size = (size_t)LWPXE_UNPACK_MIB << 20;
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	*n = p == MAP_FAILED ? 0 : size;
	return p == MAP_FAILED ? NULL : p;
}
