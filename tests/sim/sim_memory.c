/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_memory.h"

#include "lwip/mem.h"
#include "lwip/memp.h"
#include "port/frame.h"

static bool repaired;

void memory_repair(void)
{
	repaired = true;
}

const char *memory_site(enum sim_site site)
{
	static const char *const names[] = {
		"frame_take", "mem_malloc",  "PBUF",    "PBUF_POOL",
		"UDP_PCB",    "TCP_PCB",     "TCP_SEG", "REASSDATA",
		"ARP_QUEUE",  "SYS_TIMEOUT",
	};

	return names[site];
}

/* Counts a piece; returns false if it is not to be had. */
static bool may_have(enum sim_site site)
{
	const struct sim_memory *m = &sim->memory;

	if (repaired || !sim_out)
		return true;
	sim_out->pieces++;
	if (!m->fails_at || sim_out->pieces < m->fails_at ||
	    (sim_out->pieces > m->fails_at && !m->all))
		return true;
	sim_out->refused[site]++;
	return false;
}

static enum sim_site site_of(memp_t type)
{
	switch (type) {
	case MEMP_PBUF:
		return SITE_PBUF;
	case MEMP_PBUF_POOL:
		return SITE_PBUF_POOL;
	case MEMP_UDP_PCB:
		return SITE_UDP;
	case MEMP_TCP_PCB:
		return SITE_TCP;
	case MEMP_TCP_SEG:
		return SITE_SEGMENT;
	case MEMP_REASSDATA:
		return SITE_REASSEMBLY;
	case MEMP_ARP_QUEUE:
		return SITE_ARP;
	case MEMP_SYS_TIMEOUT:
		return SITE_TIMEOUT;
	default:
		sim_break("memory for something new is asked for");
	}
}

void *__real_memp_malloc(memp_t type);
void *__wrap_memp_malloc(memp_t type);
void *__real_mem_malloc(mem_size_t size);
void *__wrap_mem_malloc(mem_size_t size);
struct pbuf *__real_frame_take(size_t n, size_t skip);
struct pbuf *__wrap_frame_take(size_t n, size_t skip);

/* lwIP has as many timeouts as it has timers, and asserts that: see
 * MEMP_NUM_SYS_TIMEOUT. */
void *__wrap_memp_malloc(memp_t type)
{
	if (type != MEMP_SYS_TIMEOUT && !may_have(site_of(type)))
		return NULL;
	return __real_memp_malloc(type);
}

void *__wrap_mem_malloc(mem_size_t size)
{
	return may_have(SITE_HEAP) ? __real_mem_malloc(size) : NULL;
}

struct pbuf *__wrap_frame_take(size_t n, size_t skip)
{
	return may_have(SITE_FRAME) ? __real_frame_take(n, skip) : NULL;
}
