/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/loop.h"

#include <sched.h>

#include "base/err.h"
#include "lwip/timeouts.h"
#include "port/netif.h"
#include "port/wait.h"

/* Frames taken before the timers get their turn. */
#define BURST 32

/* Looks for another frame, after one, before going to sleep, and how long all of
 * them may take: a server on the same network answers a block's acknowledgement
 * sooner than a sleeper wakes up.  Who waits for a server that is further away,
 * or for a processor, had better sleep. */
#define LOOKS 150
#define LOOKS_US 100
#define NEAR_US 200

/* The time without a frame. */
static struct {
	uint64_t since; /* us; 0: there was one just now */
	uint64_t mean;  /* of the last times, us */
} idle;

static ms_t next_timer(ms_t now)
{
	u32_t sleep = sys_timeouts_sleeptime();

	return sleep == SYS_TIMEOUTS_SLEEPTIME_INFINITE ? MS_NEVER :
							  now + sleep;
}

static void note_frame(void)
{
	uint64_t us;

	if (!idle.since)
		return;
	us = clock_us() - idle.since;
	idle.mean = (3 * idle.mean + (us < 10000 ? us : 10000)) / 4;
	idle.since = 0;
}

/* syscalls: sched_yield
 *
 * Returns true if it is worth looking for a frame once more. */
static bool linger(int *looks)
{
	if (*looks == LOOKS && !idle.since)
		idle.since = clock_us();
	if (--*looks < 0 || idle.mean > NEAR_US ||
	    clock_us() - idle.since > LOOKS_US)
		return false;
	sched_yield();
	return true;
}

/* Hands lwIP what waits; true if there may be more. */
static bool take_frames(const bool *done)
{
	int looks = 0;

	for (int i = 0; i < BURST && !*done;) {
		if (netif_poll()) {
			note_frame();
			looks = LOOKS;
			i++;
			continue;
		}
		netif_flush();
		if (!linger(&looks))
			return false;
	}
	return true;
}

/* Runs lwIP until *done, *deadline or, if `keys` is not -1, *typed. */
static int run(struct loop *l, const bool *done, const ms_t *deadline, int keys,
	       bool *typed)
{
	bool more;
	ms_t now;
	int rc;

	if (l->running)
		__builtin_trap();
	l->running = true;
	for (;;) {
		more = take_frames(done);
		sys_check_timeouts();
		netif_flush();
		now = clock_now();
		rc = *done || *typed ? 0 : now >= *deadline ? -E_TIMEOUT : 1;
		if (rc <= 0)
			break;
		if (more && keys < 0)
			continue;
		if (!wait_readable(l->link, l->parent, keys, typed,
				   more ? now :
					  ms_min(*deadline, next_timer(now)))) {
			rc = -E_INTERRUPTED;
			break;
		}
	}
	l->running = false;
	return rc;
}

int loop_until(struct loop *l, const bool *done, const ms_t *deadline)
{
	bool typed = false;

	return run(l, done, deadline, -1, &typed);
}

int loop_for(struct loop *l, ms_t ms)
{
	const ms_t deadline = clock_now() + ms;
	const bool never = false;
	int rc = loop_until(l, &never, &deadline);

	return rc == -E_TIMEOUT ? 0 : rc;
}

int loop_key(struct loop *l, int keys, ms_t deadline)
{
	const bool never = false;
	bool typed = false;

	return run(l, &never, &deadline, keys, &typed);
}
