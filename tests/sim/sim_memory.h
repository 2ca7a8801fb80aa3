/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include "sim.h"

/* Memory that runs out as sim->memory says.  This file also has, by way of the
 * linker's --wrap, what the program and lwIP get it from: memp_malloc(),
 * mem_malloc(), frame_take(). */

/* Lets there be memory again. */
void memory_repair(void);

/* Returns the name of a place. */
const char *memory_site(enum sim_site site);

#endif
