/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef LIAR_H
#define LIAR_H

#include <stdbool.h>

#include "boot/boot.h"

/* Makes the system call `name`, of those that the jail must not allow, which is
 * then the end.  Returns false if it knows no such call. */
bool liar_call(const char *name);

/* Leaves nonsense where the frames of --pcap= are kept, and tells the truth. */
void lie_frames(struct boot *b, struct report *r);

#endif
