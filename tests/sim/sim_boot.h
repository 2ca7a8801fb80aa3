/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_BOOT_H
#define SIM_BOOT_H

/* The boot itself, inside the simulated process; see sim_run(). */

/* Boots, with the log on descriptor `log`, and breaks the rule that is broken.
 */
void boot_simulate(int log);

#endif
