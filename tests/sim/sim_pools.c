/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_pools.h"

#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/priv/tcp_priv.h"
#include "net/fetch.h"
#include "port/frame_pool.h"
#include "sim.h"

#define MOST MEMP_NUM_TCP_SEG

/* Returns how many elements of a pool are free. */
static unsigned count_free(memp_t type)
{
	static void *taken[MOST];
	unsigned n = 0;

	while (n < MOST) {
		taken[n] = memp_malloc(type);
		if (!taken[n])
			break;
		n++;
	}
	for (unsigned i = 0; i < n; i++)
		memp_free(type, taken[i]);
	return n;
}

static void check(const char *name, memp_t type, unsigned size,
		  unsigned may_be_used)
{
	unsigned free_ones = count_free(type);

	if (free_ones + may_be_used < size)
		sim_break("%u of %u in lwIP's pool %s are still used",
			  size - free_ones, size, name);
}

/* The heap is in one piece again if its largest block can be had. */
static void check_heap(void)
{
	void *all = mem_malloc(MEM_SIZE - 64);

	if (!all)
		sim_break("something in lwIP's heap is still used");
	mem_free(all);
}

/* What is left of connections, if anything, waits for the server to hear of
 * their ends, or for old segments: it has none of the boot's memory any more. */
static void end_connections(void)
{
	while (tcp_tw_pcbs)
		tcp_abort(tcp_tw_pcbs);
	while (tcp_active_pcbs) {
		if (tcp_active_pcbs->state < FIN_WAIT_1 ||
		    tcp_active_pcbs->state == CLOSE_WAIT)
			sim_break("a connection in state %d has outlived the "
				  "boot",
				  tcp_active_pcbs->state);
		tcp_abort(tcp_active_pcbs);
	}
}

void pools_check(void)
{
	end_connections();
	check("TCP_PCB", MEMP_TCP_PCB, MEMP_NUM_TCP_PCB, 0);
	check("TCP_SEG", MEMP_TCP_SEG, MEMP_NUM_TCP_SEG, 0);
	check("REASSDATA", MEMP_REASSDATA, MEMP_NUM_REASSDATA, 0);
	check("PBUF", MEMP_PBUF, MEMP_NUM_PBUF, 0);
	check("PBUF_POOL", MEMP_PBUF_POOL, PBUF_POOL_SIZE, 0);
	check("UDP_PCB", MEMP_UDP_PCB, MEMP_NUM_UDP_PCB, FETCH_SLOTS);
	check("ARP_QUEUE", MEMP_ARP_QUEUE, MEMP_NUM_ARP_QUEUE, 0);
	check_heap();
	if (frame_pool_used())
		sim_break("%u buffers of frames are still used",
			  frame_pool_used());
}
