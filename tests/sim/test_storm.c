/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include <stdio.h>

#include "sim_random.h"

/* Thousands of boots, of all sizes, with servers of all manners, through bad
 * weather of several kinds.  SIM_BOOTS in the environment is how many. */

#define BOOTS 10000

/* Boots of a kind that a percentage can be told of. */
#define ENOUGH 100

static const struct weather {
	const char *name;
	uint32_t lost, twice, late, cut, corrupt, noise; /* of 10000 frames */
	us_t late_by, latency, jitter;                   /* ms */
	bool dies;              /* the server, at some frame */
	unsigned percent;       /* of boots that must succeed */
} weathers[] = {
	{ .name = "calm", .percent = 100 },
	{ .name = "one frame in 20 is lost", .lost = 500, .percent = 99 },
	{ .name = "one in 4 is lost", .lost = 2500, .percent = 60 },
	{ .name = "three in 5 are lost", .lost = 6000, .percent = 0 },
	{ .name = "doubled and out of order", .twice = 2000, .late = 2000,
	  .late_by = 40, .percent = 100 },
	{ .name = "cut and corrupt", .cut = 300, .corrupt = 300,
	  .percent = 97 },
	{ .name = "noise", .noise = 6000, .percent = 100 },
	{ .name = "slow and uneven", .latency = 30, .jitter = 200,
	  .percent = 100 },
	{ .name = "some of everything", .lost = 300, .twice = 500, .late = 500,
	  .late_by = 1500, .cut = 100, .corrupt = 100, .noise = 1000,
	  .latency = 2, .jitter = 5, .percent = 97 },
	{ .name = "a dying server", .lost = 100, .dies = true, .percent = 0 },
};

#define KINDS COUNT(weathers)

static const char config[] =
	"# padding that makes the file more than a block of any size: "
	"................................................................\n"
	"UI menu.c32\n"
	"ONTIMEOUT xen\n"
	"LABEL other\n  LINUX nothing\n"
	"LABEL xen\n  LINUX vmlinuz\n  APPEND initrd=initrd.gz root=/dev/xvda\n";

static const char *const places[] = {
	"boot/pxelinux.cfg/01-00-16-3e-12-34-56", "boot/pxelinux.cfg/C0000207",
	"boot/pxelinux.cfg/C0", "boot/pxelinux.cfg/default",
};

/* What the boot server is like, and the files on it. */
static void choose_server(struct sim *s, struct sim_random *r)
{
	static const uint32_t blksizes[] = { 65464, 65464, 1024, 512, 128 };
	static const uint32_t windows[] = { 0, 0, 1, 5, 1000 };
	struct sim_server *server = &s->server[0];

	server->pads = random_below(r, 2);
	server->tags = random_below(r, 8) == 0;
	server->asks_arp = random_below(r, 4) == 0;
	server->dhcpd.unicast = random_below(r, 4) == 0;
	if (random_below(r, 4) == 0)
		server->dhcpd.boot_name = random_below(r, 4) ? SIM_BOOT_NAME :
					  "unknown";
	server->tftpd.blksize = blksizes[random_below(r, 5)];
	server->tftpd.windowsize = windows[random_below(r, 5)];
	server->tftpd.plain = random_below(r, 8) == 0;
	server->tftpd.no_tsize = random_below(r, 4) == 0;
	server->tftpd.refuses_options = random_below(r, 8) == 0;
	server->tftpd.one_transfer = random_below(r, 4) == 0;
	server->tftpd.resends = random_below(r, 2);
	s->file[0].path = places[random_below(r, 4)];
	s->file[0].text = config;
	s->file[1].size = 1 + random_below(r, 30000);
	s->file[2].size = 1 + random_below(r, 1u << (8 + random_below(r, 10)));
	s->cmdline = "BOOT_IMAGE=vmlinuz initrd=initrd.gz root=/dev/xvda";
}

static void choose_weather(struct sim *s, const struct weather *w,
			   struct sim_random *r)
{
	s->fault = (struct sim_fault){
		.lost = w->lost, .twice = w->twice, .late = w->late,
		.cut = w->cut, .corrupt = w->corrupt, .noise = w->noise,
		.late_by = w->late_by * US_PER_MS + 1,
		.latency = w->latency * US_PER_MS + random_below(r, 2000),
		.jitter = w->jitter * US_PER_MS,
		.wakes_early = random_below(r, 2),
	};
	if (w->dies)
		s->server[0].dies_at = 1 + random_below(r, 150);
	/* What has no checksum cannot be told from what is corrupt. */
	s->server[0].offloads = !w->corrupt && random_below(r, 4) == 0;
}

static void prepare(struct sim *s, unsigned i)
{
	struct sim_random r = random_from(i, 6);

	choose_server(s, &r);
	choose_weather(s, &weathers[i % KINDS], &r);
	s->start_ms = random_below(&r, 4) ? random_next(&r) :
		      UINT32_MAX - random_below(&r, 20000);
	s->mtu = random_below(&r, 4) ? 1500 : 576 + random_below(&r, 9000);
}

/* That each boot ends in time, with the right bytes or with a reason, is what
 * sim_run() looks at. */
static void judge(unsigned i, struct sim_result *r)
{
	if (weathers[i % KINDS].percent == 100)
		sweep_must_boot(i, r);
}

static void boots_end_well_or_with_a_reason(void **state)
{
	const struct sweep w = { .boots = sweep_size(BOOTS), .kinds = KINDS,
				 .prepare = prepare, .judge = judge };
	struct sweep_tally t;
	unsigned needed;

	(void)state;
	sweep_run(&w, &t);
	for (size_t k = 0; k < KINDS; k++) {
		if (getenv("SIM_VERBOSE"))
			fprintf(stderr, "%6u of %6u: %s\n", t.booted[k],
				t.boots[k], weathers[k].name);
		needed = t.boots[k] * weathers[k].percent / 100;
		if (t.boots[k] >= ENOUGH && t.booted[k] < needed)
			fail_msg("%s: only %u of %u booted, %u should",
				 weathers[k].name, t.booted[k], t.boots[k],
				 needed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boots_end_well_or_with_a_reason),
	};

	return sweep_main("storm", tests);
}
