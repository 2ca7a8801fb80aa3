/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_LOGS_H
#define PRIV_LOGS_H

#include "format/spec.h"

/* Where and how the log is told, as argv and the environment say: what the jailed
 * process could not open or look up any more. */

/* Opens the log on descriptor `fd`, and for --syslog the daemon's socket, of which
 * *syslog is the descriptor then and else 0.  Lines are drawn over where somebody
 * may look at a terminal that can that: not with --menu=no, nor in libxl's restrict
 * mode, nor if TERM is not set or "dumb".  Colors are shown where TERM is that of
 * no older terminal and NO_COLOR is not set. */
void logs_open(const struct spec *spec, int fd, int *syslog);

/* Has each line name the guest, where lines do: in JSON and for syslog.  Once its
 * name and UUID are known, they are named, too. */
void logs_identify(const struct spec *spec, int syslog);

#endif
