/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_SYS_H
#define PORT_SYS_H

#include <stdint.h>

/* Returns 32 random bits that nobody on the network can guess: transaction
 * ids and ports come from here.  lwIP's LWIP_RAND. */
uint32_t sys_random(void);

#endif
