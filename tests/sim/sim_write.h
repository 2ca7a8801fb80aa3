/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_WRITE_H
#define SIM_WRITE_H

/* write(2) in the simulated process: it fails and cuts as sim->writes wants,
 * on the two files of the boot. */

/* Tells which descriptors these are, and the log's, which is shown if
 * sim->verbose. */
void write_watch(int kernel_fd, int ramdisk_fd, int log_fd);

#endif
