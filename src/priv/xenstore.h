/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_XENSTORE_H
#define PRIV_XENSTORE_H

#include "format/spec.h"

/* Who the guest is: libxl has written it to xenstore before it runs a boot
 * loader, and does not pass it on.  By its UUID the guest can be known to DHCP
 * servers (option 97) and to PXELINUX (the first name it searches); messages
 * say its name; its type decides what kernels it can boot. */

/* Fills spec->uuid, if it is not known, spec->name and spec->type, for the
 * domain spec->domid: /local/domain/N/vm points to the UUID, beside it is the
 * name (libxl__domain_make() in Xen's libxl_create.c), and /libxl/N/type says
 * pv or pvh (Xen 4.10 on).  Without a xenstore, or within a second without an
 * answer, they stay unknown; that is no error. */
void xenstore_identify(struct spec *spec);

#endif
