/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_SMALLFILE_H
#define PRIV_SMALLFILE_H

#include "base/span.h"

/* Reads the file at `path` into the `cap` bytes at `buf`, as far as they go.
 * Returns true, with what was read in *s, which borrows `buf`; or false, with
 * errno.  A FIFO or a device does not keep it waiting. */
bool smallfile_read(const char *path, uint8_t *buf, size_t cap, struct span *s);

#endif
