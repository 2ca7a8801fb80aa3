/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_ARCH_CC_H
#define PORT_ARCH_CC_H

#include <endian.h> /* BYTE_ORDER, which lwIP would take for little without it */

#include "port/checksum.h"
#include "port/sys.h"

/* lwIP's compiler and platform header: what is not plain C11. */

#define LWIP_RAND() sys_random()
#define LWIP_CHKSUM checksum_sum

/* An assertion that fails ends in one failed boot: the jailed process dies and
 * the parent says so. */
#define LWIP_PLATFORM_ASSERT(message) __builtin_trap()
#define LWIP_PLATFORM_DIAG(message) \
	do { \
	} while (0)

/* No stdio: nothing of lwIP that we build formats text. */
#define LWIP_NO_INTTYPES_H 1
#define U8_F "u"
#define S8_F "d"
#define X8_F "x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "u"

#endif
