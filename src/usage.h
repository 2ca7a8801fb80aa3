/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef USAGE_H
#define USAGE_H

/* What --help, --help=all and --version print.  The first fits a terminal of
 * 24 lines and 80 columns. */
extern const char usage[], usage_all[], version[];

#endif
