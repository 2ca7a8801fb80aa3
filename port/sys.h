/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_SYS_H
#define PORT_SYS_H

#include <stdint.h>

/* Takes from the kernel what all random numbers come from; to be called before
 * the jail, which has no such call. */
void sys_random_start(void);

/* Returns 32 random bits that nobody on the network can guess, whoever has seen
 * all before: transaction ids, ports and the first numbers of TCP come from
 * here, as many as anybody wants (2^64).  lwIP's LWIP_RAND. */
uint32_t sys_random(void);

/* Returns one of the ports for private use (RFC 6335 section 6).  It may be in
 * use already: bind again, SYS_PORT_TRIES times at most. */
static inline uint16_t sys_random_port(void)
{
	return (uint16_t)(0xc000 | (sys_random() & 0x3fff));
}

#define SYS_PORT_TRIES 16

#endif
