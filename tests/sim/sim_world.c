/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_world.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "port/wait.h"
#include "sim_link.h"
#include "sim_person.h"
#include "sim_random.h"

/* Longest boot: the default of --timeout, when the parent would end it. */
#define LONGEST (900 * US_PER_S)

/* More waits than any boot needs; a loop that spins takes no virtual time. */
#define WAITS 400000

/* poll() is never asked for more at once. */
#define POLL_MS 60000

#define EVENTS 16384

struct event {
	us_t at;
	uint64_t order; /* of two at the same time, the first comes first */
	void (*fire)(void *arg, struct span frame, bool flag);
	void *arg;
	uint8_t *frame;
	size_t n;
	bool flag;
};

static struct {
	us_t now;
	struct event event[EVENTS];
	size_t events;
	uint64_t order;
	struct sim_random numbers, sleep;
	bool settled;
} world;

void world_start(void)
{
	world.numbers = random_from(sim->seed, 1);
	world.sleep = random_from(sim->seed, 2);
}

void world_settle(void)
{
	world.settled = true;
}

us_t world_now(void)
{
	return world.now;
}

void world_after(us_t delay,
		 void (*fire)(void *arg, struct span frame, bool flag),
		 void *arg, struct span frame, bool flag)
{
	struct event *e = &world.event[world.events++];

	if (world.events > EVENTS)
		sim_break("the simulation has too many events");
	*e = (struct event){
		.at = world.now + delay,
		.order = world.order++,
		.fire = fire,
		.arg = arg,
		.frame = malloc(frame.n + 1),
		.n = frame.n,
		.flag = flag,
	};
	if (!e->frame)
		sim_break("no memory");
	if (frame.n)
		memcpy(e->frame, frame.p, frame.n);
}

static bool is_before(const struct event *a, const struct event *b)
{
	return a->at < b->at || (a->at == b->at && a->order < b->order);
}

/* Takes the next event that comes not later than `limit`. */
static bool take_event(us_t limit, struct event *e)
{
	size_t first = 0;

	for (size_t i = 1; i < world.events; i++)
		if (is_before(&world.event[i], &world.event[first]))
			first = i;
	if (!world.events || world.event[first].at > limit)
		return false;
	*e = world.event[first];
	world.event[first] = world.event[--world.events];
	return true;
}

/* Lets everything happen that does until `limit`, up to the first moment when
 * a frame waits for the client. */
static void pass_time(us_t limit)
{
	struct event e;

	while (take_event(link_has_frame() ? world.now : limit, &e)) {
		world.now = e.at;
		e.fire(e.arg, (struct span){ e.frame, e.n }, e.flag);
		free(e.frame);
	}
	if (!link_has_frame() && limit > world.now)
		world.now = limit;
	if (world.now > LONGEST)
		sim_break("it hangs: %u s have passed",
			  (unsigned)(world.now / US_PER_S));
}

uint64_t clock_us(void)
{
	return clock_now() * 1000;
}

ms_t clock_now(void)
{
	return sim->start_ms + world.now / US_PER_MS;
}

/* What the kernel has of entropy: with the linker's help, in place of the C
 * library's. */
ssize_t __wrap_getrandom(void *p, size_t n, unsigned flags);
unsigned long __wrap_getauxval(unsigned long type);

ssize_t __wrap_getrandom(void *p, size_t n, unsigned flags)
{
	(void)flags;
	if (sim->no_entropy)
		return -1;
	for (size_t i = 0; i < n; i++)
		((uint8_t *)p)[i] = (uint8_t)random_next(&world.numbers);
	sim_out->entropy += (unsigned)n;
	return (ssize_t)n;
}

unsigned long __wrap_getauxval(unsigned long type)
{
	static uint8_t bytes[16];

	(void)type;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)random_next(&world.numbers);
	return (unsigned long)bytes;
}

uint32_t __real_sys_random(void);
uint32_t __wrap_sys_random(void);

uint32_t __wrap_sys_random(void)
{
	sim_out->draws++;
	return __real_sys_random();
}

/* The program looks for another frame before it sleeps; none comes while no
 * time passes. */
int sched_yield(void)
{
	return 0;
}

bool wait_readable(int fd, int peer, int keys, bool *typed, ms_t until)
{
	ms_t now = clock_now(), left = until > now ? until - now : 0;
	us_t limit = world.now;

	(void)fd, (void)peer;
	if (!world.settled && ++sim_out->waits == sim->gone_at)
		return false;
	if (sim_out->waits > WAITS)
		sim_break("it hangs: it waited %u times", WAITS);
	if (left > POLL_MS)
		left = POLL_MS;
	if (left)
		limit = (now - sim->start_ms + left) * US_PER_MS;
	if (left && sim->fault.wakes_early && random_hits(&world.sleep, 1000))
		limit -= random_below(&world.sleep,
				      (uint32_t)(limit - world.now));
	*typed = keys >= 0 && sim->person && person_types();
	if (!*typed)
		pass_time(limit);
	return true;
}
