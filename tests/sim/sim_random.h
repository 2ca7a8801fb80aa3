/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* Chance that repeats: SplitMix64 by Sebastiano Vigna, public domain. */
struct sim_random {
	uint64_t state;
};

static inline uint32_t random_next(struct sim_random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)(z >> 32);
}

/* Returns a number below `n`, which is not 0. */
static inline uint32_t random_below(struct sim_random *r, uint32_t n)
{
	return random_next(r) % n;
}

/* Returns true in `of_10000` of 10000 cases. */
static inline bool random_hits(struct sim_random *r, uint32_t of_10000)
{
	return of_10000 && random_below(r, 10000) < of_10000;
}

/* Starts a sequence that others from the same seed have nothing to do with. */
static inline struct sim_random random_from(uint32_t seed, uint32_t purpose)
{
	struct sim_random r = { (uint64_t)purpose << 32 | seed };

	random_next(&r);
	return r;
}

#endif
