/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_SWEEP_H
#define SIM_SWEEP_H

#include "sim.h"
#include "unit/unit.h"

/* Many boots that differ in a number, on all processors.
 *
 * Everything in a boot follows from its number.  A test whose boots break a rule
 * names some of them, as commands that replay one alone and show its log and
 * each frame:
 *
 *   SIM_TEST=boots_end_well_or_with_a_reason SIM_SEED=2759 \
 *       build/tests/sim/test_storm
 *
 * Also in the environment: SIM_BOOTS=n runs so many boots of a storm, SIM_TALLY=1
 * shows what came of them and which faults they met, and SIM_VERBOSE=1 shows
 * every single boot of a test. */

#define SWEEP_KINDS 32

struct sweep {
	unsigned boots; /* numbered from 0 */
	/* Changes *s, which is as sim_init() made it, for number `i`. */
	void (*prepare)(struct sim *s, unsigned i);
	/* Sets r->problem, with sweep_break(), if something is wrong with what
	 * came of number `i`; NULL if every end of a boot is right. */
	void (*judge)(unsigned i, struct sim_result *r);
	unsigned kinds; /* number `i` is of kind i % kinds; 0 = 1 */
};

/* What came of it, by kind; and which faults all of them met. */
struct sweep_tally {
	unsigned boots[SWEEP_KINDS], booted[SWEEP_KINDS];
	unsigned met[2][MET_KINDS];
	unsigned most_draws; /* of random numbers in one boot */
};

/* Runs all, and fails the test with the commands that replay the first boots
 * that broke a rule.  A replay runs only that one, and its tally is empty. */
void sweep_run(const struct sweep *w, struct sweep_tally *t);

/* Shows a tally on stderr if SIM_TALLY is in the environment; name() says what
 * a kind is. */
void sweep_show(const struct sweep *w, const struct sweep_tally *t,
		const char *(*name)(unsigned kind));

/* Boots *s, and then as often again as it waits: the n-th time the parent is
 * gone at the n-th wait, which must end the boot. */
void sweep_gone(const struct sim *s);

/* Notes what is wrong. */
void sweep_break(struct sim_result *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Judges: the boot must succeed; must fail with this code. */
void sweep_must_boot(unsigned i, struct sim_result *r);
void sweep_must_fail(struct sim_result *r, uint32_t rc);

/* Returns the boots that fit into a test: SIM_BOOTS from the environment, or
 * `otherwise`. */
unsigned sweep_size(unsigned otherwise);

/* Runs the tests of a group; those whose names match SIM_TEST from the
 * environment, if it is there. */
int sweep_group(const char *name, const struct CMUnitTest *tests, size_t n);

#define sweep_main(name, tests) sweep_group(name, tests, COUNT(tests))

#endif
