/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PORT_WAIT_H
#define PORT_WAIT_H

#include <stdbool.h>

#include "base/clock.h"

/* Waits until descriptor `fd` is readable or the time `until` comes.  Returns
 * false if `peer`, the other end of a socket, has gone meanwhile; -1 stands
 * for no peer.  Simulations link their own wait.c. */
bool wait_readable(int fd, int peer, ms_t until);

#endif
