/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_GUESTCFG_H
#define FORMAT_GUESTCFG_H

#include "format/spec.h"

/* What the guest's own xl.cfg says, for --cfg=: the MAC address and the bridge
 * then stand in one place only. */

/* The largest file that is read, in bytes. */
#define GUESTCFG_MAX 65536

/* Puts into *spec what the text of xl.cfg says: the vif number spec->nic, unless
 * --vif= has said one or only a MAC address is to be made; uuid, unless it is known; name, type, memory and pvshim.
 * Returns 0, or -E_USAGE with a sentence in `why`: the text is no xl.cfg, it
 * has no such vif, it is of an HVM guest, or of another guest than the one that
 * xenstore tells of. */
int guestcfg_apply(struct span text, struct spec *spec, struct text *why);

#endif
