/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/sys.h"

#include <sys/random.h>

#include "base/clock.h"
#include "lwip/sys.h"

u32_t sys_now(void)
{
	return (u32_t)clock_now();
}

/* syscalls: getrandom
 *
 * A kernel that has just started may have no entropy yet; then a boot with
 * numbers from the clock is better than none that hangs. */
uint32_t sys_random(void)
{
	uint32_t v;

	if (getrandom(&v, sizeof(v), GRND_NONBLOCK) != sizeof(v))
		v = (uint32_t)clock_now() * 2654435761u;
	return v;
}
