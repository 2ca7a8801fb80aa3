/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "sim.h"

/* Virtual time, and what happens in it.
 *
 * This file also has the functions by which the program learns the time, waits
 * and gets entropy: clock_now(), wait_readable(), getrandom(), getauxval(),
 * sched_yield(). */

/* Starts the clock at sim->start_ms. */
void world_start(void);

/* Returns the time since the start. */
us_t world_now(void);

/* Counts no waits and takes no parent away from now on. */
void world_settle(void);

/* Has `fire` called at `delay` from now with a copy of `frame`, which lasts as
 * long as the call.  `flag` is the caller's own. */
void world_after(us_t delay,
		 void (*fire)(void *arg, struct span frame, bool flag),
		 void *arg, struct span frame, bool flag);

#endif
