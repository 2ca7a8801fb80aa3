/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_CHECKSUM_H
#define PORT_CHECKSUM_H

#include <stdint.h>

/* Returns the Internet checksum's sum of `n` bytes, 0 to 65535, in the machine's
 * byte order and not inverted (RFC 1071).  lwIP's LWIP_CHKSUM: its own takes two
 * bytes at a time, and before a TFTP block of 64 KiB is acknowledged all of it
 * has to be summed. */
uint16_t checksum_sum(const void *data, int n);

#endif
