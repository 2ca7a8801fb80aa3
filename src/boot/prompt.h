/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_PROMPT_H
#define BOOT_PROMPT_H

#include "boot/tty.h"

/* PXELINUX' prompt, "boot:" (edit_cmdline() in com32/elflink/ldlinux/cli.c): a
 * label or a kernel is typed, Tab completes labels or lists them, F1 to F12
 * show help.  The `prompt` of boot/choose.h, with a struct tty as `arg`. */
int prompt_ask(void *arg, const struct bootcfg *cfg, struct answer *answer);

#endif
