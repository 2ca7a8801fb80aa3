/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_RELRO_H
#define PRIV_RELRO_H

/* Makes read-only what the linker marked so for after relocation: the tables of
 * functions above all.  A dynamic linker does it for its programs, but a static
 * one relocates itself, and musl then leaves that memory writable.  Returns 0,
 * or -E_INTERNAL. */
int relro_protect(void);

#endif
