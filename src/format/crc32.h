/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_CRC32_H
#define FORMAT_CRC32_H

#include "base/span.h"

/* Returns the checksum of gzip and xz: CRC-32 of RFC 1952 section 8. */
uint32_t crc32_of(struct span s);

#endif
