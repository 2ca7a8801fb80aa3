/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PRIV_HYPERVISOR_H
#define PRIV_HYPERVISOR_H

#include "format/spec.h"

/* Fills spec->xen_major and spec->xen_minor from /sys/hypervisor/version
 * (Linux' Documentation/ABI/stable/sysfs-hypervisor-xen); both stay 0 where
 * there is no Xen, or Linux does not tell. */
void hypervisor_identify(struct spec *spec);

#endif
