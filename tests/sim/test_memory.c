/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include <stdio.h>
#include <sys/mman.h>

#include "base/err.h"
#include "format/report.h"
#include "sim_expect.h"
#include "sim_memory.h"

/* Memory that is not to be had: the n-th piece of a boot, for every n, or all
 * from the n-th on.  The boot ends as any does, and lwIP's pools are full
 * again. */

static void boot_by_tftp(struct sim *s)
{
	s->server[0].dhcpd.boot_name = SIM_BOOT_NAME;
	s->file[1].size = 5000;
	s->file[2].size = 9000;
}

static void boot_by_http(struct sim *s)
{
	boot_by_tftp(s);
	sim_use_http(s);
	s->server[0].httpd.hops = 1;
	s->server[0].httpd.keeps = 3;
	s->server[0].httpd.moved_to = "http://boot";
	s->servers = 2;
	s->server[0].dnsd.address = SIM_SECOND_IP;
	s->server[1].dhcpd.absent = s->server[1].dnsd.absent = true;
}

/* What is lost has lwIP keep what came behind it. */
static void boot_by_lossy_http(struct sim *s)
{
	boot_by_tftp(s);
	sim_use_http(s);
	s->fault.lost = 500;
	s->server[0].tcpd.segment = 1000;
}

static void boot_by_proxy(struct sim *s)
{
	boot_by_tftp(s);
	s->servers = 2;
	s->server[0].dhcpd.no_boot = true;
	s->server[1].dhcpd.proxy = PROXY_MENU;
	s->server[0].dhcpd.boot_name = NULL;
}

/* One transfer of blocks that are many frames each. */
static void boot_by_big_blocks(struct sim *s)
{
	s->server[0].tftpd.blksize = 65464;
	s->server[0].tftpd.windowsize = 4;
	s->file[1].size = 150000;
}

static void explain_tftp(struct sim *s)
{
	boot_by_tftp(s);
	s->explained = true;
}

static void explain_http(struct sim *s)
{
	boot_by_http(s);
	s->explained = true;
}

static void (*const kinds[])(struct sim *s) = {
	boot_by_tftp,       boot_by_http, boot_by_lossy_http, boot_by_proxy,
	boot_by_big_blocks, explain_tftp, explain_http,
};

/* The kind in progress, and how many pieces it takes; by site what was refused,
 * and how the boots ended, in memory that all workers share. */
static size_t kind;
static unsigned pieces;
static struct total {
	unsigned refused[SITES], ended[64];
} * total;

static void prepare(struct sim *s, unsigned i)
{
	kinds[kind](s);
	s->seed = 7;
	s->memory.fails_at = 1 + i;
}

static void prepare_all(struct sim *s, unsigned i)
{
	prepare(s, i);
	s->memory.all = true;
}

/* The deadline of DHCP, and then those of two servers. */
#define LONGEST (100 * US_PER_S)

static void count(struct sim_result *r)
{
	for (size_t i = 0; i < SITES; i++)
		__atomic_fetch_add(&total->refused[i], r->refused[i],
				   __ATOMIC_RELAXED);
	__atomic_fetch_add(
		&total->ended[r->outcome == REPORT_FAILED ? r->rc : 0], 1,
		__ATOMIC_RELAXED);
	if (r->took > LONGEST)
		sweep_break(r, "it took %u s", (unsigned)(r->took / US_PER_S));
}

static void judge(unsigned i, struct sim_result *r)
{
	count(r);
	if (i >= pieces && r->outcome == REPORT_FAILED)
		sweep_break(r, "it failed with memory for all");
}

static void judge_all(unsigned i, struct sim_result *r)
{
	(void)i;
	count(r);
}

static void show(const char *what)
{
	if (!getenv("SIM_TALLY"))
		return;
	fprintf(stderr, "%s:\n", what);
	for (size_t i = 0; i < SITES; i++)
		fprintf(stderr, "%8u refused: %s\n", total->refused[i],
			memory_site((enum sim_site)i));
	for (size_t i = 0; i < COUNT(total->ended); i++)
		if (total->ended[i])
			fprintf(stderr, "%8u boots ended with %zu\n",
				total->ended[i], i);
}

static void run(void (*prepare_one)(struct sim *s, unsigned i),
		void (*judge_one)(unsigned i, struct sim_result *r),
		const char *what)
{
	struct sweep w = { .prepare = prepare_one, .judge = judge_one };
	struct sim_result *r = sim_result();
	struct sim s;

	total = mmap(NULL, sizeof(*total), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(total != MAP_FAILED);
	for (kind = 0; kind < COUNT(kinds); kind++) {
		sim_init(&s);
		kinds[kind](&s);
		s.seed = 7;
		sim_run(&s, r);
		assert_string_equal(r->problem, "");
		assert_int_not_equal(r->outcome, REPORT_FAILED);
		pieces = r->pieces;
		w.boots = pieces + 1;
		sweep_run(&w, NULL);
	}
	show(what);
}

static void any_piece_may_be_missing_once(void **state)
{
	(void)state;
	run(prepare, judge, "one piece of memory");
}

static void all_may_be_gone_from_any_piece_on(void **state)
{
	(void)state;
	run(prepare_all, judge_all, "all pieces from the n-th on");
}

static void boot_needs_no_entropy(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s);
	s.no_entropy = true;
	expect_boot(&s);
	sim_use_http(&s);
	expect_boot(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_piece_may_be_missing_once),
		cmocka_unit_test(all_may_be_gone_from_any_piece_on),
		cmocka_unit_test(boot_needs_no_entropy),
	};

	return sweep_main("memory", tests);
}
