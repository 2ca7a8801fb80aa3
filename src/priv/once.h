/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_ONCE_H
#define PRIV_ONCE_H

#include "format/spec.h"

/* --once: the network once, then always the disk, for a boot server that does
 * not know which of its clients it has installed.
 *
 * That a guest has had its boot from the network is a file, named by its UUID,
 * in spec->state_directory.  The file's being there is all that counts; what is
 * in it is for people.  Only root and its own arguments, xl.cfg and xenstore
 * decide which file that is, and the network never does.
 *
 * Whatever cannot be looked at is an error, and no boot from the network: that
 * may install a guest, over what it has. */

/* Returns 1 if the guest has had its boot, having said so; 0 if that is still
 * to come and could be remembered; or -E_STATE with a sentence in `why`. */
int once_is_over(const struct spec *spec, struct text *why);

/* Remembers that the guest has been booted from the network with the arguments
 * `args`, once libxl has the result.  Returns 0 when that outlives a crash; or
 * -E_STATE or -E_SPACE with a sentence in `why`, and then the result must be
 * taken back, since whatever boots next would be a second boot. */
int once_end(const struct spec *spec, struct span args, struct text *why);

/* Forgets the guest, and says whether there was something to forget.  Returns 0,
 * or -E_STATE with a sentence in `why`. */
int once_reset(const struct spec *spec, struct text *why);

#endif
