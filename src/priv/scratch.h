/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_SCRATCH_H
#define PRIV_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

/* Returns LWPXE_UNPACK_MIB of memory, *n bytes, of which what nobody touches
 * costs nothing; NULL and 0 if this Dom0 promises only what it has (overcommit
 * of kind 2, proc_sys_vm(5)), and has not that much. */
uint8_t *scratch_map(size_t *n);

#endif
