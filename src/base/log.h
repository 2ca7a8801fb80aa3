/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "base/text.h"

/* What the admin sees: one sentence per line on one descriptor.
 *
 * libxl gives us its console pty, in raw mode, as descriptors 0 to 2; what is
 * written there reaches `xl console` and /var/log/xen/bootloader.N.log.  So
 * this is the one way out for text, and it lets through printable ASCII only:
 * any other byte, whoever sent it, is shown as \xNN.  Of "://user:password@"
 * the password is shown as ***.  Lines longer than 1023 bytes are cut and end in
 * "...". */

/* Chooses the descriptor, 1 at start; --output to stdout moves it to 2.  Asks
 * there and then whether it is a terminal, since a jailed process may not. */
void log_open(int fd);

/* Drops everything but warnings and errors from now on (--quiet). */
void log_set_quiet(bool quiet);

/* Puts "RuntimeError: " in front of errors from now on: XAPI shows its users what
 * stands behind that. */
void log_set_xapi(void);

/* Writes a line: what happens, what is odd, why the boot failed. */
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Appends `s` as it is shown in a line, and stops with "..." before the text is
 * full. */
void log_put(struct text *line, struct span s);

/* Draws a line that the next one, of whatever kind, is drawn over.  Without a
 * terminal there is nothing to draw over, and nothing is written. */
void log_progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Tells that another process may have left such a line behind. */
void log_resume(void);

/* Returns true on a terminal, where log_progress() shows something. */
bool log_is_tty(void);

#endif
