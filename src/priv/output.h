/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_OUTPUT_H
#define PRIV_OUTPUT_H

#include "base/span.h"

/* Writes all of `s` to a file, a pipe or a terminal, and waits up to 5 s at a
 * time for one that takes no more.  Returns false with errno if that fails. */
bool output_write(int fd, struct span s);

#endif
