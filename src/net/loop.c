/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/loop.h"

#include "base/err.h"
#include "lwip/timeouts.h"
#include "port/netif.h"
#include "port/wait.h"

/* Frames taken before the timers get their turn. */
#define BURST 32

static ms_t next_timer(ms_t now)
{
	u32_t sleep = sys_timeouts_sleeptime();

	return sleep == SYS_TIMEOUTS_SLEEPTIME_INFINITE ? MS_NEVER :
	       now + sleep;
}

int loop_until(struct loop *l, const bool *done, ms_t deadline)
{
	bool waiting = false;
	ms_t now;
	int rc;

	if (l->running)
		__builtin_trap();
	l->running = true;
	for (;;) {
		for (int i = 0; i < BURST && !*done; i++) {
			waiting = netif_poll();
			if (!waiting)
				break;
		}
		sys_check_timeouts();
		now = clock_now();
		rc = *done ? 0 : now >= deadline ? -E_TIMEOUT : 1;
		if (rc <= 0)
			break;
		if (waiting)
			continue;
		if (!wait_readable(l->link, l->parent,
				   ms_min(deadline, next_timer(now)))) {
			rc = -E_INTERRUPTED;
			break;
		}
	}
	l->running = false;
	return rc;
}

int loop_for(struct loop *l, ms_t ms)
{
	const bool never = false;
	int rc = loop_until(l, &never, clock_now() + ms);

	return rc == -E_TIMEOUT ? 0 : rc;
}
