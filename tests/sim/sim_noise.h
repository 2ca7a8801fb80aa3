/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_NOISE_H
#define SIM_NOISE_H

#include "base/text.h"
#include "sim.h"
#include "sim_random.h"

/* Frames that nobody asked for and that must change nothing: fragments of
 * frames, other people's, strangers' answers. */

/* Appends one, which may be empty. */
void noise_put(struct text *t, struct sim_random *r);

#endif
