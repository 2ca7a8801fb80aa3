/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_VIEWER_H
#define PRIV_VIEWER_H

/* Whoever looks on with "xl create -c". */

/* Waits, 3 s at most, until the console client that xl has started looks at our
 * terminal; returns at once if xl has started none, or is not our parent.
 *
 * xl lets the client sleep for a second first.  One that comes when we have
 * ended sees nothing of why there is no boot.  Worse, after a boot it finds the
 * guest's terminal and stays there, while xl waits for its end before it starts
 * another for that terminal and lets the guest run: for ever.  Source:
 * autoconnect_console() in Xen's tools/xl/xl_vmcontrol.c. */
void viewer_await(void);

#endif
