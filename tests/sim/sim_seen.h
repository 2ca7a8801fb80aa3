/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_SEEN_H
#define SIM_SEEN_H

#include "sim.h"

/* What was sent, by kind and in order, for the tests to count. */

extern const struct mac seen_client_mac;

/* Notes a frame in sim_out, and shows it if sim->verbose. */
void seen_add(enum sim_direction d, struct span frame);

/* Returns the UDP port of the client's last TFTP request; 0 before. */
uint16_t seen_client_port(void);

/* Returns when the n-th frame of a kind, from 1, was sent; fails the test, so
 * not for inside the simulated process, if there is none. */
us_t seen_at(const struct sim_result *r, enum sim_direction d,
	     enum sim_kind kind, unsigned nth);

#endif
