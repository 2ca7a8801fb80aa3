/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_ASKER_H
#define BOOT_ASKER_H

#include "boot/boot.h"

/* Returns who asks at the boot's terminal, with the menus and the prompt of
 * boot/choose.h; NULL if nobody may be there, or if no menu is built in. */
const struct asker *asker_open(struct boot *b);

#endif
