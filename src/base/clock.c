/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/clock.h"

#include <time.h>

/* syscalls: clock_gettime clock_gettime64
 *
 * The vDSO usually answers without a system call; where the clock source
 * cannot be read from user space, as on some Xen hosts, it is a real one. */
ms_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (ms_t)t.tv_sec * 1000 + (ms_t)t.tv_nsec / 1000000;
}
