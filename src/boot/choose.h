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

/* What somebody at the console answers. */
enum answer_kind {
	ANSWER_TIMEOUT, /* nothing: the time of menu number `menu` is over */
	ANSWER_ENTRY,   /* entry number `entry` */
	ANSWER_EDITED,  /* that entry with `text` as kernel and command line */
	ANSWER_COMMAND, /* `text`, as typed at the prompt; may be empty */
	ANSWER_PROMPT,  /* to leave the menu for the prompt */
};

struct answer {
	enum answer_kind kind;
	uint16_t menu, entry;
	struct span text;      /* borrowed from the asker until it asks again */
};

/* Who asks.  Each returns 0, or negative to end the boot. */
struct asker {
	void *arg;
	/* Shows the menu, and those it leads to, until its time is over. */
	int (*menu)(void *arg, const struct bootcfg *cfg, uint16_t menu,
		    struct answer *answer);
	/* Shows "boot:", for the prompt's time. */
	int (*prompt)(void *arg, const struct bootcfg *cfg,
		      struct answer *answer);
};

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
