/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_EXPECT_H
#define SIM_EXPECT_H

#include "sim.h"
#include "unit/unit.h"

/* One boot in a test: runs it and fails the test if a rule is broken or if it
 * does not end as said.  SIM_VERBOSE=1 in the environment shows each.  What is
 * returned lasts until the next one. */
const struct sim_result *expect_boot(const struct sim *s);
const struct sim_result *expect_failure(const struct sim *s, uint32_t rc);

/* Fails unless that many frames of the kind were sent. */
void expect_count(const struct sim_result *r, enum sim_direction d,
		  enum sim_kind kind, unsigned n);

/* Returns the number in its direction, from 1, of the n-th frame of a kind:
 * what sim->fault.one and dies_at count. */
unsigned expect_nth(const struct sim_result *r, enum sim_direction d,
		    enum sim_kind kind, unsigned nth);

#endif
