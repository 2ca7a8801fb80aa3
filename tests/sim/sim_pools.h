/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_POOLS_H
#define SIM_POOLS_H

/* lwIP's memory, of which it keeps no statistics: what is free is what can be
 * taken. */

/* Breaks the rule if anything is allocated that a boot which has ended does
 * not need, which is one UDP socket: the last transfer's, lingering. */
void pools_check(void);

#endif
