/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_TREE_H
#define SIM_TREE_H

#include "sim.h"

/* The files that sim->file describes. */

/* Returns the file, or NULL. */
const struct sim_file *tree_find(struct span path);

size_t tree_size(const struct sim_file *f);

/* Puts `n` bytes of the file, from byte `at` on, into `p`; bytes behind its
 * end too, for a server that sends more than there is. */
void tree_read(const struct sim_file *f, size_t at, uint8_t *p, size_t n);

#endif
