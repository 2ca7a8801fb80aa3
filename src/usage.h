/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef USAGE_H
#define USAGE_H

/* What --help and --help=all print, both behind the synopsis, and --version.
 * The first fits a terminal of 24 lines and 80 columns. */
extern const char synopsis[], usage[], usage_all[], version[];

#endif
