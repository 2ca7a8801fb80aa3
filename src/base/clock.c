/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/clock.h"

#include <time.h>

/* syscalls: clock_gettime clock_gettime32 clock_gettime64
 *
 * On 32-bit machines musl asks by the last of these, and before Linux 5.1, which
 * does not know it, by the second, whose name is musl's own.
 *
 * The vDSO usually answers without a system call; where the clock source
 * cannot be read from user space, as on some Xen hosts, it is a real one. */
uint64_t clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

ms_t clock_now(void)
{
	return clock_us() / 1000;
}
