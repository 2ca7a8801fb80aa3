/* SPDX-License-Identifier: BSD-3-Clause */
#include "fuzz.h"

#include "child/rest.h"
#include "child/script.h"
#include "child/world.h"
#include "net/fetch.h"
#include "net/resolve.h"
#include "port/netif.h"

/* Frames, from the link through netif and lwIP to transfers, connections and a
 * question of DNS that are open. */

/* Transfers that are begun, one for each that has ended. */
#define BEGUN 12

static const struct url urls[LWPXE_TRANSFERS] = {
	{ .scheme = "tftp", .path = "a" },
	{ .scheme = "http", .path = "b" },
	{ .scheme = "tftp", .path = "c" },
	{ .scheme = "http", .path = "d" },
};

static struct {
	struct fetch fetch;
	struct sink sink;
	char reason[512];
	struct text why;
} transfer[LWPXE_TRANSFERS];

static unsigned begun;

static void begin(unsigned i)
{
	struct fetch *f = &transfer[i].fetch;

	transfer[i].why = TEXT(transfer[i].reason);
	transfer[i].why.clip = true;
	transfer[i].sink = (struct sink){
		.fd = i == 0 ? WORLD_KERNEL : -1,
		.limit = 100000,
	};
	*f = (struct fetch){
		.url = &urls[i],
		.server = WORLD_SERVER_IP,
		.mtu = world_link.mtu,
		.sink = &transfer[i].sink,
		.probe = begun > LWPXE_TRANSFERS && begun % 3 == 0,
		.why = &transfer[i].why,
	};
	begun++;
	fetch_start(f);
}

static void end(unsigned i)
{
	const struct fetch *f = &transfer[i].fetch;
	const bool failed = f->done && f->rc;
	int rc = fetch_stop(&transfer[i].fetch);

	fuzz_check(!failed || rc < 0);
	fuzz_check(!rc || !f->done || transfer[i].why.n);
	fuzz_check(transfer[i].sink.n <= transfer[i].sink.limit);
	if (f->done && !rc && !f->probe && f->has_size)
		fuzz_check(f->size == transfer[i].sink.n ||
			   !transfer[i].sink.n);
}

static void turn(bool keys)
{
	if (!script_run(keys))
		world_hang_up();
}

static void ignore_address(uintptr_t ticket, uint32_t ip)
{
	fuzz_check(ticket == 7);
	(void)ip;
}

static void run_transfers(struct loop *loop)
{
	char reason[512];
	struct text why = TEXT(reason);

	for (unsigned i = 0; i < LWPXE_TRANSFERS; i++)
		begin(i);
	resolve_begin("boot", ignore_address, 7, &why);
	while (!fetch_wait(loop, NULL))
		for (unsigned i = 0; i < LWPXE_TRANSFERS; i++)
			if (transfer[i].fetch.done && begun < BEGUN) {
				end(i);
				begin(i);
			}
	for (unsigned i = 0; i < LWPXE_TRANSFERS; i++)
		end(i);
	fetch_leave();
}

/* The input is a byte for the link and a script. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct world_peer the_peer = { turn, peer_hear };
	static const uint16_t mtus[] = { 1500, 576, 9000, 1280 };
	struct span in = fuzz_copy(data, n);
	struct loop loop = { .link = -1, .parent = -1 };
	uint8_t link = 0;

	span_get_u8(&in, &link);
	begun = 0;
	world_start(&the_peer, mtus[link % 4], 1000);
	peer_start((struct span){ 0 });
	script_start(in);
	netif_start(&world_link);
	netif_configure(WORLD_CLIENT_IP, WORLD_MASK, WORLD_SERVER_IP);
	resolve_start(WORLD_SERVER_IP, "example.org");
	run_transfers(&loop);
	rest_check(&loop);
	return 0;
}
