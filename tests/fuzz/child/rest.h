/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FUZZ_CHILD_REST_H
#define FUZZ_CHILD_REST_H

#include "net/loop.h"

/* Lets the child wait, with nobody there any more, until lwIP has forgotten all;
 * nothing may be left allocated then. */
void rest_check(struct loop *loop);

#endif
