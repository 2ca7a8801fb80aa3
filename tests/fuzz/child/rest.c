/* SPDX-License-Identifier: BSD-3-Clause */
#include "rest.h"

#include "lwip/memp.h"
#include "lwip/priv/tcp_priv.h"
#include "net/fetch.h"
#include "sim_pools.h"
#include "world.h"

/* The protocols of all targets. */
const struct scheme *const schemes[] = { &scheme_tftp, &scheme_http, NULL };
const char schemes_missing[] = "https is not supported\0";

/* Longer than ARP, DNS and reassembly wait for anything. */
#define REST_MS 25000

/* What lwIP still closes on its own would take minutes. */
static void end_connections(void)
{
	while (tcp_active_pcbs)
		tcp_abort(tcp_active_pcbs);
	while (tcp_tw_pcbs)
		tcp_abort(tcp_tw_pcbs);
	if (tcp_bound_pcbs)
		world_break("a connection was never begun");
}

static void check_free(memp_t type, unsigned n, const char *rule)
{
	void *taken[64];

	for (unsigned i = 0; i < n; i++) {
		taken[i] = memp_malloc(type);
		if (!taken[i])
			world_break(rule);
	}
	for (unsigned i = 0; i < n; i++)
		memp_free(type, taken[i]);
}

void rest_check(struct loop *loop)
{
	world_settle();
	end_connections();
	loop_for(loop, REST_MS);
	pools_check();
	check_free(MEMP_TCP_PCB, MEMP_NUM_TCP_PCB, "a connection is left");
	check_free(MEMP_REASSDATA, MEMP_NUM_REASSDATA, "fragments are left");
	check_free(MEMP_SYS_TIMEOUT, 2, "timers are left");
}
