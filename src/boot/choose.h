/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_CHOOSE_H
#define BOOT_CHOOSE_H

#include "format/bootcfg.h"

/* Which entry boots when nobody types.
 *
 * PXELINUX runs UI, else DEFAULT.  If that is a label, it boots.  If it is the
 * menu program, the menu decides: ONTIMEOUT, else the default entry, else the
 * first; a default that is a submenu or a GOTO leads on.  Sources: main() in
 * Syslinux' com32/elflink/ldlinux/ldlinux.c, run_menu() in
 * com32/menu/menumain.c. */

struct choice {
	uint16_t entry;        /* NONE: a kernel named without a label */
	enum bootcfg_kind kind;
	struct span kernel, append, initrd;
	struct span extra;     /* what stands behind the label in DEFAULT */
	uint32_t sysappend;
	const char *because;   /* "it is the DEFAULT"… */
};

/* Decides.  `label`, if not NULL, is what the admin asked for: a label, its
 * first word, or the number of an entry that can boot, counted from 0.  Returns 0, or
 * -E_NO_ENTRY with a sentence in `why`. */
int choose_entry(const struct bootcfg *cfg, const char *label,
		 struct choice *choice, struct text *why);

#endif
