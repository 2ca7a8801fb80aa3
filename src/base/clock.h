/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Time as the whole program counts it: milliseconds of the monotonic clock.
 * Deadlines are absolute times of this type and travel down the calls; nobody
 * passes a relative timeout.  Simulations link their own clock.c. */
typedef uint64_t ms_t;

/* A deadline that never comes. */
#define MS_NEVER UINT64_MAX

/* Returns the time now.  Starts anywhere, never runs backwards. */
ms_t clock_now(void);

/* Returns the same clock's microseconds, to measure short times with. */
uint64_t clock_us(void);

/* Returns the earlier of two times. */
static inline ms_t ms_min(ms_t a, ms_t b)
{
	return a < b ? a : b;
}

/* And the later. */
static inline ms_t ms_max(ms_t a, ms_t b)
{
	return a > b ? a : b;
}

#endif
