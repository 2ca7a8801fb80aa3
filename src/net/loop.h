/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>

#include "base/clock.h"

/* The one event loop.  Policy code starts something that sets a flag from an
 * lwIP callback, and waits for the flag here; no callback ever waits itself. */
struct loop {
	int link;     /* descriptor that frames arrive on */
	int parent;   /* socket to the parent process; -1 = none */
	bool running; /* to catch a wait inside a callback */
};

/* Runs lwIP until *done is true.  Returns 0; -E_TIMEOUT at *deadline, which a
 * callback may move; -E_INTERRUPTED if the parent has gone. */
int loop_until(struct loop *l, const bool *done, const ms_t *deadline);

/* Runs lwIP for `ms`, for nothing but the time.  Returns 0 or
 * -E_INTERRUPTED. */
int loop_for(struct loop *l, ms_t ms);

/* Runs lwIP until something can be read from the terminal `keys`, or its end
 * has come.  Returns 0; -E_TIMEOUT at `deadline`; -E_INTERRUPTED. */
int loop_key(struct loop *l, int keys, ms_t deadline);

#endif
