/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_ENVIRONMENT_H
#define PRIV_ENVIRONMENT_H

#include "base/span.h"

/* Returns the value of the environment's variable `name`, or the empty span.
 * The C library's getenv() brings half a kilobyte of string functions. */
struct span environment_get(struct span name);

#endif
