/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include <stdio.h>

#include "sim_random.h"

/* Thousands of boots, of all sizes, with servers of all manners, through bad
 * weather of several kinds: half of them over TFTP, half over HTTP or with a
 * configuration by TFTP and files by HTTP.  SIM_BOOTS in the environment is how
 * many. */

#define BOOTS 20000

/* Boots of a kind that a percentage can be told of. */
#define ENOUGH 100

static const struct weather {
	const char *name;
	uint32_t lost, twice, late, cut, corrupt, noise; /* of 10000 frames */
	uint32_t runt, oversize;
	us_t late_by, latency, jitter; /* ms */
	bool dies;                     /* the server, at some frame */
	bool breaks;                   /* the server's answers */
	unsigned percent[2]; /* of boots that must succeed, by scheme */
} weathers[] = {
	{ .name = "calm", .percent = { 100, 100 } },
	{ .name = "one frame in 20 is lost",
	  .lost = 500,
	  .percent = { 99, 99 } },
	{ .name = "one in 4 is lost", .lost = 2500, .percent = { 60, 60 } },
	{ .name = "three in 5 are lost", .lost = 6000, .percent = { 0, 0 } },
	{ .name = "doubled and out of order",
	  .twice = 2000,
	  .late = 2000,
	  .late_by = 40,
	  .percent = { 100, 100 } },
	{ .name = "cut and corrupt",
	  .cut = 300,
	  .corrupt = 300,
	  .percent = { 97, 97 } },
	{ .name = "noise", .noise = 6000, .percent = { 100, 100 } },
	{ .name = "slow and uneven",
	  .latency = 30,
	  .jitter = 200,
	  .percent = { 100, 100 } },
	{ .name = "runts and giants",
	  .runt = 300,
	  .oversize = 500,
	  .percent = { 97, 97 } },
	{ .name = "some of everything",
	  .lost = 300,
	  .twice = 500,
	  .late = 500,
	  .late_by = 1500,
	  .cut = 100,
	  .corrupt = 100,
	  .noise = 1000,
	  .runt = 50,
	  .oversize = 100,
	  .latency = 2,
	  .jitter = 5,
	  .percent = { 97, 97 } },
	{ .name = "a dying server", .lost = 100, .dies = true },
	{ .name = "a server that breaks its answers",
	  .lost = 100,
	  .breaks = true },
};

#define KINDS COUNT(weathers)

enum scheme { TFTP, HTTP, SCHEMES };

static const struct weather *weather_of(unsigned i)
{
	return &weathers[i % (KINDS * SCHEMES) / SCHEMES];
}

static enum scheme scheme_of(unsigned i)
{
	return i % SCHEMES;
}

static const char config[] =
	"# padding that makes the file more than a block of any size: "
	"................................................................\n"
	"UI menu.c32\n"
	"ONTIMEOUT xen\n"
	"LABEL other\n  LINUX nothing\n"
	"LABEL xen\n  LINUX vmlinuz\n  APPEND initrd=initrd.gz root=/dev/xvda\n";

static const char *const places[] = {
	"boot/pxelinux.cfg/01-00-16-3e-12-34-56",
	"boot/pxelinux.cfg/C0000207",
	"boot/pxelinux.cfg/C0",
	"boot/pxelinux.cfg/default",
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

/* How the server's TCP is; all of it is right. */
static void choose_tcp(struct sim_tcpd *t, struct sim_random *r)
{
	static const uint32_t segments[] = { 0, 0, 0, 100, 1000, 20000, 60000 };
	static const uint16_t sizes[] = { 0, 0, 536, 1000, 8960 };
	static const uint16_t windows[] = { 0, 0, 0, 40, 300, 5000 };

	t->segment = segments[random_below(r, 7)];
	t->mss = sizes[random_below(r, 5)];
	t->window = windows[random_below(r, 6)];
	t->shut = random_below(r, 8) ? 0 : random_below(r, 2000) * US_PER_MS;
	t->deaf = random_below(r, 8) ? 0 : random_below(r, 4);
	t->plain = random_below(r, 8) == 0;
	t->overlaps = random_below(r, 2);
	t->twice = random_below(r, 8) == 0;
	t->dares = random_below(r, 4) ? 0 : 100 + random_below(r, 60000);
}

/* How the server's HTTP is: as RFC 9110 and 9112 allow. */
static void choose_http(struct sim *s, struct sim_random *r)
{
	struct sim_httpd *h = &s->server[0].httpd;

	h->length = (enum sim_length)random_below(r, 3);
	h->chunk = 1 + random_below(r, 3000);
	h->validator = (enum sim_validator)random_below(r, 4);
	h->old = h->length != LENGTH_CHUNKED && random_below(r, 4) == 0;
	h->closes = h->length == LENGTH_NONE || random_below(r, 4) == 0;
	h->keeps = random_below(r, 2) ? 0 : 1 + random_below(r, 5);
	h->no_ranges = random_below(r, 4) == 0;
	h->changes = random_below(r, 8) == 0;
	h->odd = random_below(r, 4) == 0;
	h->hops = random_below(r, 4) ? 0 : random_below(r, 6);
	h->thinks = random_below(r, 4) ? 0 : random_below(r, 300) * US_PER_MS;
	h->split = random_below(r, 400);
	if (random_below(r, 8) == 0)
		h->moved_to = "http://192.0.2.2";
}

/* In the middle, more or less, and perhaps once more. */
static void choose_break(struct sim_httpd *h, struct sim_random *r)
{
	h->breaks = (enum sim_break_kind)(BREAK_FIN + random_below(r, 4));
	if (h->length == LENGTH_NONE && h->breaks == BREAK_FIN)
		h->breaks = BREAK_RST; /* the other is how a file ends */
	h->breaks_at = random_below(r, 1u << (4 + random_below(r, 14)));
	h->breaks_n = 1 + random_below(r, 4);
	h->stalls = random_below(r, 15000) * US_PER_MS;
	h->length_lie = random_below(r, 4) ? 0 : (int)random_below(r, 200);
	h->unwell = random_below(r, 4) ? 0 : random_below(r, 3);
	h->wrong_ranges = random_below(r, 8) == 0;
	h->hops = random_below(r, 8) ? h->hops : 1000;
}

static const char config_by_http[] =
	"DEFAULT xen\nLABEL xen\n  LINUX http://192.0.2.1/boot/vmlinuz\n"
	"  INITRD http://192.0.2.1/boot/initrd.gz\n  APPEND a\n";

/* The second server has what the first is moved to. */
static void choose_scheme(struct sim *s, enum scheme scheme,
			  struct sim_random *r)
{
	if (scheme == TFTP)
		return;
	choose_tcp(&s->server[0].tcpd, r);
	choose_http(s, r);
	s->servers = 2;
	s->server[1].dhcpd.absent = true;
	if (random_below(r, 4)) {
		sim_use_http(s);
		return;
	}
	s->file[0].text = config_by_http;
	s->cmdline = "BOOT_IMAGE=http://192.0.2.1/boot/vmlinuz a "
		     "initrd=http://192.0.2.1/boot/initrd.gz";
}

static void choose_weather(struct sim *s, const struct weather *w,
			   struct sim_random *r)
{
	s->fault = (struct sim_fault){
		.lost = w->lost,
		.twice = w->twice,
		.late = w->late,
		.cut = w->cut,
		.corrupt = w->corrupt,
		.noise = w->noise,
		.runt = w->runt,
		.oversize = w->oversize,
		.late_by = w->late_by * US_PER_MS + 1,
		.latency = w->latency * US_PER_MS + random_below(r, 2000),
		.jitter = w->jitter * US_PER_MS,
		.wakes_early = random_below(r, 2),
	};
	if (w->dies)
		s->server[0].dies_at = 1 + random_below(r, 150);
	/* What has no checksum cannot be told from what is corrupt. */
	s->server[0].offloads = !w->corrupt && !w->oversize &&
				random_below(r, 4) == 0;
	if (w->breaks)
		choose_break(&s->server[0].httpd, r);
}

static void prepare(struct sim *s, unsigned i)
{
	struct sim_random r = random_from(i, 6);

	choose_server(s, &r);
	choose_scheme(s, scheme_of(i), &r);
	choose_weather(s, weather_of(i), &r);
	s->start_ms = random_below(&r, 4) ?
			      random_next(&r) :
			      UINT32_MAX - random_below(&r, 20000);
	s->mtu = random_below(&r, 4) ? 1500 : 576 + random_below(&r, 9000);
}

/* That each boot ends in time, with the right bytes or with a reason, is what
 * sim_run() looks at. */
static void judge(unsigned i, struct sim_result *r)
{
	if (weather_of(i)->percent[scheme_of(i)] == 100)
		sweep_must_boot(i, r);
}

static const char *name_of(unsigned kind)
{
	static char name[100];

	snprintf(name, sizeof(name), "%s: %s",
		 scheme_of(kind) == TFTP ? "TFTP" : "HTTP",
		 weather_of(kind)->name);
	return name;
}

static void boots_end_well_or_with_a_reason(void **state)
{
	const struct sweep w = { .boots = sweep_size(BOOTS),
				 .kinds = KINDS * SCHEMES,
				 .prepare = prepare,
				 .judge = judge };
	struct sweep_tally t;
	unsigned needed;

	(void)state;
	sweep_run(&w, &t);
	sweep_show(&w, &t, name_of);
	for (unsigned k = 0; k < w.kinds; k++) {
		needed = t.boots[k] * weather_of(k)->percent[scheme_of(k)] /
			 100;
		if (t.boots[k] >= ENOUGH && t.booted[k] < needed)
			fail_msg("%s: only %u of %u booted, %u should",
				 name_of(k), t.booted[k], t.boots[k], needed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boots_end_well_or_with_a_reason),
	};

	return sweep_main("storm", tests);
}
