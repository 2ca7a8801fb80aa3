/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/sys.h"

#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>

#include "base/clock.h"
#include "lwip/sys.h"

static uint64_t key[2], drawn;

u32_t sys_now(void)
{
	return (u32_t)clock_now();
}

/* A kernel that has just started may have no entropy yet; then a boot with the
 * bytes that each program is started with is better than none that hangs. */
void sys_random_start(void)
{
	if (getrandom(key, sizeof(key), GRND_NONBLOCK) == sizeof(key))
		return;
	memcpy(key, (void *)getauxval(AT_RANDOM), sizeof(key));
	key[0] ^= clock_us();
}

static uint64_t rotate(uint64_t v, int n)
{
	return v << n | v >> (64 - n);
}

static void mix(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32) + v[3];
	v[2] += v[1];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void take(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	mix(v);
	mix(v);
	v[0] ^= word;
}

/* SipHash-2-4, by Aumasson and Bernstein, of how many have been drawn: its
 * values tell nothing of the key, and nothing of each other. */
uint32_t sys_random(void)
{
	uint64_t v[4] = { 0x736f6d6570736575u, 0x646f72616e646f6du,
			  0x6c7967656e657261u, 0x7465646279746573u };

	if (!key[0] && !key[1])
		sys_random_start(); /* too late for a jail, which ends here */
	for (int i = 0; i < 4; i++)
		v[i] ^= key[i % 2];
	take(v, drawn++);
	take(v, (uint64_t)sizeof(drawn) << 56);
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		mix(v);
	return (uint32_t)(v[0] ^ v[1] ^ v[2] ^ v[3]);
}
