/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_CONFIG_H
#define BOOT_CONFIG_H

#include "boot/boot.h"
#include "boot/choose.h"

/* The guest's PXELINUX configuration: found, read with its INCLUDEs, and asked
 * for the entry to boot. */

/* Finds the configuration on the first of the lease's servers that answers at
 * all, which becomes b->server, reads it and chooses.  *choice borrows from
 * memory that stays.  Returns 0, or negative with the reason on the log. */
int config_choose(struct boot *b, struct choice *choice);

/* Makes the first server of the lease that has an address the boot server,
 * without asking it for anything.  Returns 0, or negative with the reason on
 * the log. */
int config_take_server(struct boot *b);

#endif
