/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_CONFIG_H
#define BOOT_CONFIG_H

#include "boot/boot.h"
#include "boot/choose.h"

/* The guest's PXELINUX configuration: found, read with its INCLUDEs, and asked
 * for the entry to boot; by way of other configurations and menus, where it
 * leads there. */

/* Finds the configuration on the first of the lease's servers that answers at
 * all, which becomes b->server, reads it and chooses.  *choice borrows from
 * memory that stays.  Returns 0, or negative with the reason on the log. */
int config_choose(struct boot *b, struct choice *choice);

/* Chooses what ONERROR says in place of *choice, whose loading failed.  Returns
 * 0; -E_NO_ENTRY, with nothing on the log, if it says nothing or was asked
 * before; or negative with the reason on the log. */
int config_onerror(struct boot *b, struct choice *choice);

/* Asks whoever made *choice, whose loading failed, for another.  Returns 0, or
 * negative with the reason on the log. */
int config_ask_again(struct boot *b, struct choice *choice);

/* Makes the lease's next server with an address the boot server.  Returns false
 * if there is none; then *b is as it was, but for messages. */
bool config_next_server(struct boot *b);

/* Returns how many attempts more to open a file the configuration wants, by
 * PXERETRY: 100 at most. */
uint32_t config_retries(void);

/* Makes the first server of the lease that has an address the boot server,
 * without asking it for anything.  Returns 0, or negative with the reason on
 * the log. */
int config_take_server(struct boot *b);

#endif
