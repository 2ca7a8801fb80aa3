/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_XENSTORE_H
#define PRIV_XENSTORE_H

#include "format/spec.h"

/* The guest's UUID, which libxl has written to xenstore before it runs a boot
 * loader and does not pass on.  With it the guest can be known to DHCP servers
 * (option 97) and to PXELINUX (the first name it searches). */

/* Fills spec->uuid if it is not known: the domain's number is in the name of
 * the output file, /local/domain/N/vm points to the UUID (libxl__domain_make()
 * in Xen's libxl_create.c).  Without a xenstore, or within a second without an
 * answer, it stays unknown; that is no error. */
void xenstore_fill_uuid(struct spec *spec);

#endif
