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
 * "...".  Control sequences are ours only: those that draw over, and colors. */

/* Chooses the descriptor, 1 at start; --output to stdout moves it to 2.  Asks
 * there and then whether it is a terminal, since a jailed process may not. */
void log_open(int fd);

/* Draws nothing over from now on, on a terminal either. */
void log_set_plain(void);

/* Shows from now on what errors and warnings begin with in color, if that is a
 * terminal. */
void log_set_color(void);

/* Writes from now on one JSON object in each line (RFC 8259), as described in
 * lwpxeboot-json(5).  `members` is what each has about the guest: JSON, empty or
 * ending in a comma, borrowed. */
void log_set_json(const char *members);

/* Sends from now on each line to this datagram socket of a syslog daemon, too,
 * also what --quiet drops; 0 is none.  Each begins with `tag`, which is borrowed;
 * NULL leaves that as it is. */
void log_set_syslog(int fd, const char *tag);

/* Shows from now on what log_detail() says at up to this many --verbose. */
void log_set_verbose(unsigned verbose);

/* Drops everything but warnings and errors from now on (--quiet). */
void log_set_quiet(bool quiet);

/* Puts "RuntimeError: " in front of errors from now on: XAPI shows its users what
 * stands behind that. */
void log_set_xapi(void);

/* Writes a line: what happens, what is odd, why the boot failed, with the exit
 * code for that. */
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_error(int code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes a line that is seen with so many --verbose only. */
void log_detail(unsigned verbose, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Appends `s` as it is shown in a line, and stops with "..." before the text is
 * full. */
void log_put(struct text *line, struct span s);

/* Draws a line that the next one, of whatever kind, is drawn over.  Without a
 * terminal there is nothing to draw over, and nothing is written. */
void log_progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Tells that another process may have left such a line behind. */
void log_resume(void);

/* Returns true where log_progress() shows something. */
bool log_redraws(void);

#endif
