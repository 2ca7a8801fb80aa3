/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_WAIT_H
#define PORT_WAIT_H

#include <stdbool.h>

#include "base/clock.h"

/* Waits until descriptor `fd` or `keys` is readable or the time `until` comes,
 * and says in *typed whether `keys` is.  Returns false if `peer`, the other end
 * of a socket, has gone meanwhile; -1 stands for no peer and no keys.
 * Simulations link their own wait.c. */
bool wait_readable(int fd, int peer, int keys, bool *typed, ms_t until);

#endif
