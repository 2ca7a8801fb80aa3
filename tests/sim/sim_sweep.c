/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "format/report.h"
#include "sim_expect.h"

#define WORKERS 16

/* Broken rules that are told; one cause breaks many. */
#define TOLD 3

/* What a worker found; it lies in memory that all share. */
struct worker {
	struct sweep_tally tally;
	unsigned boots, broken;
	struct {
		unsigned i;
		char problem[1024];
	} told[TOLD];
};

static const char *running = ""; /* the test's name */

static int note_test(void **state)
{
	running = *state;
	return 0;
}

int sweep_group(const char *name, const struct CMUnitTest *tests, size_t n)
{
	struct CMUnitTest noted[64];

	if (n > COUNT(noted))
		return -1;
	if (getenv("SIM_TEST"))
		cmocka_set_test_filter(getenv("SIM_TEST"));
	for (size_t i = 0; i < n; i++) {
		noted[i] = tests[i];
		noted[i].setup_func = note_test;
		noted[i].initial_state = (void *)(uintptr_t)tests[i].name;
	}
	return _cmocka_run_group_tests(name, noted, n, NULL, NULL);
}

void sweep_break(struct sim_result *r, const char *fmt, ...)
{
	va_list ap;

	if (r->problem[0])
		return;
	va_start(ap, fmt);
	vsnprintf(r->problem, sizeof(r->problem), fmt, ap);
	va_end(ap);
}

void sweep_must_boot(unsigned i, struct sim_result *r)
{
	(void)i;
	if (r->outcome != REPORT_BOOT)
		sweep_break(r, "it failed with %u: %s", r->rc,
			    sim_last_words(r));
}

void sweep_must_fail(struct sim_result *r, uint32_t rc)
{
	if (r->outcome != REPORT_FAILED || r->rc != rc)
		sweep_break(r, "it should fail with %u, and ended with %u: %s",
			    rc, r->rc, sim_last_words(r));
}

unsigned sweep_size(unsigned otherwise)
{
	const char *boots = getenv("SIM_BOOTS");

	return boots ? (unsigned)strtoul(boots, NULL, 10) : otherwise;
}

/* Boots number `i`; r->problem says what is wrong. */
static void run_one(const struct sweep *w, unsigned i, bool verbose,
		    struct sim_result *r)
{
	struct sim s;

	sim_init(&s);
	s.seed = i;
	w->prepare(&s, i);
	s.verbose = verbose;
	sim_run(&s, r);
	if (!r->problem[0] && w->judge)
		w->judge(i, r);
}

static void note(struct worker *k, const struct sweep *w, unsigned i,
		 const struct sim_result *r)
{
	unsigned kind = i % (w->kinds ? w->kinds : 1);

	k->boots++;
	k->tally.boots[kind]++;
	k->tally.booted[kind] += r->outcome == REPORT_BOOT;
	if (k->tally.most_draws < r->draws)
		k->tally.most_draws = r->draws;
	for (size_t met = 0; met < MET_KINDS; met++) {
		k->tally.met[SIM_UP][met] += r->met[SIM_UP][met];
		k->tally.met[SIM_DOWN][met] += r->met[SIM_DOWN][met];
	}
	if (r->problem[0] && k->broken++ < TOLD) {
		k->told[k->broken - 1].i = i;
		memcpy(k->told[k->broken - 1].problem, r->problem,
		       sizeof(r->problem));
	}
}

static void work(struct worker *k, const struct sweep *w, unsigned first,
		 unsigned step)
{
	struct sim_result *r = sim_result();

	for (unsigned i = first; i < w->boots; i += step) {
		run_one(w, i, false, r);
		note(k, w, i, r);
	}
	_exit(0);
}

static void start(struct worker *k, const struct sweep *w, unsigned workers)
{
	for (unsigned i = 0; i < workers; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			work(&k[i], w, i, workers);
	}
	for (unsigned i = 0; i < workers; i++)
		assert_true(wait(NULL) > 0);
}

static void replay(const struct sweep *w, unsigned i)
{
	struct sim_result *r = sim_result();

	if (i >= w->boots)
		return;
	fprintf(stderr, "---- boot %u of %u\n", i, w->boots);
	run_one(w, i, true, r);
	fprintf(stderr, "---- outcome %u, code %u, %s\n", r->outcome, r->rc,
		r->problem[0] ? r->problem : "no rule broken");
	if (r->problem[0])
		fail_msg("%s", r->problem);
}

static void add_tally(struct sweep_tally *t, const struct sweep_tally *more)
{
	for (unsigned kind = 0; kind < SWEEP_KINDS; kind++) {
		t->boots[kind] += more->boots[kind];
		t->booted[kind] += more->booted[kind];
	}
	if (t->most_draws < more->most_draws)
		t->most_draws = more->most_draws;
	for (size_t met = 0; met < MET_KINDS; met++) {
		t->met[SIM_UP][met] += more->met[SIM_UP][met];
		t->met[SIM_DOWN][met] += more->met[SIM_DOWN][met];
	}
}

/* Adds the workers up, and fails if one found something. */
static void sum_up(const struct worker *k, const struct sweep *w,
		   unsigned workers, struct sweep_tally *t)
{
	static char told[4096];
	unsigned boots = 0, broken = 0;
	size_t n = 0;

	for (unsigned i = 0; i < workers; i++) {
		add_tally(t, &k[i].tally);
		for (unsigned j = 0; j < k[i].broken && j < TOLD; j++)
			if (n < sizeof(told))
				n += (size_t)snprintf(told + n,
						      sizeof(told) - n,
						      "SIM_TEST=%s "
						      "SIM_SEED=%u %s: %s\n",
						      running, k[i].told[j].i,
						      program_invocation_name,
						      k[i].told[j].problem);
		boots += k[i].boots;
		broken += k[i].broken;
	}
	if (broken)
		fail_msg("%u of %u boots broke a rule; replay one with:\n%s",
			 broken, boots, told);
	assert_int_equal(boots, w->boots);
}

void sweep_run(const struct sweep *w, struct sweep_tally *t)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned workers = processors < 1       ? 1 :
			   processors > WORKERS ? WORKERS :
						  (unsigned)processors;
	struct sweep_tally unwanted;
	struct worker *k;

	t = t ? t : &unwanted;
	memset(t, 0, sizeof(*t));
	if (getenv("SIM_SEED")) {
		replay(w, (unsigned)strtoul(getenv("SIM_SEED"), NULL, 10));
		return;
	}
	k = mmap(NULL, sizeof(*k) * workers, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(k != MAP_FAILED);
	start(k, w, workers);
	sum_up(k, w, workers, t);
	munmap(k, sizeof(*k) * workers);
}

void sweep_show(const struct sweep *w, const struct sweep_tally *t,
		const char *(*name)(unsigned kind))
{
	static const char *const faults[] = {
		"lost",    "doubled", "late",      "cut",
		"corrupt", "runts",   "oversized", "noise",
	};

	if (!getenv("SIM_TALLY"))
		return;
	for (unsigned kind = 0; kind < w->kinds; kind++)
		fprintf(stderr, "%6u of %6u: %s\n", t->booted[kind],
			t->boots[kind], name(kind));
	for (size_t met = 0; met < MET_KINDS; met++)
		fprintf(stderr, "%8u frames up, %8u down: %s\n",
			t->met[SIM_UP][met], t->met[SIM_DOWN][met],
			faults[met]);
	fprintf(stderr, "at most %u random numbers in a boot\n", t->most_draws);
}

/* What sweep_gone() repeats, and how often it waits. */
static struct sim lonely;
static unsigned waits;

static void prepare_gone(struct sim *s, unsigned i)
{
	struct sim own = *s;

	*s = lonely;
	s->seed = own.seed;
	s->verbose = own.verbose;
	s->gone_at = i + 1;
}

static void judge_gone(unsigned i, struct sim_result *r)
{
	if (i < waits)
		sweep_must_fail(r, E_INTERRUPTED);
	else
		sweep_must_boot(i, r);
}

void sweep_gone(const struct sim *s)
{
	struct sweep w = { .prepare = prepare_gone, .judge = judge_gone };

	lonely = *s;
	waits = expect_boot(s)->waits;
	w.boots = waits + 1;
	sweep_run(&w, NULL);
}
