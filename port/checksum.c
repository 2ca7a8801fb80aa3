/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/checksum.h"

#include <string.h>

/* The sum may be taken of larger words, since 2^16 is 1 modulo 65535 (RFC 1071
 * section 2): of 32 bits here, with the carries in the upper half. */
uint16_t checksum_sum(const void *data, int n)
{
	const uint8_t *p = data;
	uint64_t sum = 0, word;

	for (; n >= 8; n -= 8, p += 8) {
		memcpy(&word, p, 8);
		sum += (uint32_t)word;
		sum += word >> 32;
	}
	word = 0;
	if (n > 0)
		memcpy(&word, p, (size_t)n);
	sum += (uint32_t)word;
	sum += word >> 32;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}
