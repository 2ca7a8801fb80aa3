/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_PARENT_H
#define PRIV_PARENT_H

#include "base/clock.h"
#include "format/report.h"

/* The parent's side of the cut: it starts the process that will be jailed,
 * waits for its one message, and believes nothing it has not checked. */

/* Runs `child(arg, control, report)` in a forked process, where `control` is
 * a socket that hangs up when the parent is gone, and sends what it left in
 * *report over that socket.  Descriptor `given` becomes the child's alone.
 * Waits until `deadline` and puts the checked message into *r.
 *
 * Returns 0 for a boot or a local boot.  Else a negative enum err, with a
 * sentence in `why` unless the child has told the reason itself: its own code,
 * -E_TIMEOUT, -E_INTERRUPTED after SIGTERM, SIGHUP, SIGINT or SIGQUIT, -E_CHILD
 * if it died or its message is not valid, -E_PRIVILEGE if it could not be killed.
 * The child is gone, and with it the link; but after a boot it has only been
 * killed, its files are closed, and the link and what was opened before it will
 * be in some milliseconds. */
int parent_run(void (*child)(void *arg, int *control, struct report *r),
	       void *arg, int given, ms_t deadline, struct report *r,
	       struct text *why);

/* Keeps the signals that end a boot for parent_run(): from here on, until they
 * are restored, they interrupt nothing.  Whatever has to be removed again is
 * created behind this. */
void parent_block_signals(void);

/* Undoes that, before an exec. */
void parent_restore_signals(void);

#endif
