/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_CHOOSE_H
#define BOOT_CHOOSE_H

#include "format/bootcfg.h"
#include "format/pxecfg.h"

/* Which entry boots.
 *
 * PXELINUX runs UI, else DEFAULT.  If that is a label, it boots.  If it is the
 * menu program, the menu decides: ONTIMEOUT, else the default entry, else the
 * first; a default that is a submenu or a GOTO leads on.  What names a module
 * that we can stand in for (format/module) is what the module would boot.
 * Sources: main() in Syslinux' com32/elflink/ldlinux/ldlinux.c, run_menu() in
 * com32/menu/menumain.c. */

/* What somebody at the console answers. */
enum answer_kind {
	ANSWER_TIMEOUT, /* nothing: the time of menu number `menu` is over */
	ANSWER_ENTRY,   /* entry number `entry` */
	ANSWER_EDITED,  /* that entry with `text` as kernel and command line,
			 * which has its INITRD as "initrd=", if any */
	ANSWER_COMMAND, /* `text`, as typed at the prompt; may be empty */
	ANSWER_PROMPT,  /* to leave the menu for the prompt */
};

struct answer {
	enum answer_kind kind;
	uint16_t menu, entry;
	struct span text; /* borrowed from the asker until it asks again */
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
	uint16_t entry;    /* NONE: a kernel named without a label */
	struct span label; /* of the entry */
	enum bootcfg_kind kind;
	struct span kernel, append, initrd;
	struct span extra; /* what stands behind the label in DEFAULT */
	uint32_t sysappend;
	const char *because; /* "it is the DEFAULT"… */
	struct span line;    /* the command that was run, for ONERROR */
	struct span onerror; /* MENU ONERROR of the menu it is from */

	/* Of CHOOSE_FILES. */
	struct span files;     /* to be read; separated by blanks */
	struct span directory; /* what relative names are glued to; "" = as
				* before */
	bool for_menu;         /* choose_in_menu() comes next */
	bool asked;            /* somebody at the console wants it so */

	/* What the spans above borrow besides the configuration; of no concern
	 * to the caller, but a copy of the struct would not be one. */
	char room[PXECFG_LINE_MAX + 1];
	size_t used;
	bool overflow; /* they would need more */
};

/* Returns true if somebody made the choice; nobody can where no menu is built. */
static inline bool choice_was_asked(const struct choice *c)
{
	return LWPXE_MENU && c->asked;
}

/* What the functions below return when other files decide: read them, and
 * choose again. */
#define CHOOSE_FILES 1

/* Decides.  `asker`, NULL if nobody is there, asks wherever PXELINUX would show
 * a menu or its prompt.  `label`, if not NULL, is what the admin asked for: a
 * label, its first word, or the number of an entry that can boot, counted from
 * 0.  Returns 0, CHOOSE_FILES, what the asker failed with, or with a sentence
 * in `why` -E_NO_ENTRY or -E_UNSUPPORTED, for what no guest can boot. */
int choose_entry(const struct bootcfg *cfg, const struct asker *asker,
		 const char *label, struct choice *choice, struct text *why);

/* The same for the files that menu.c32 was given: begins with the menu. */
int choose_in_menu(const struct bootcfg *cfg, const struct asker *asker,
		   struct choice *choice, struct text *why);

/* Decides what ONERROR boots now that *choice cannot be loaded: MENU ONERROR as
 * it stands, or ONERROR with the failed line behind it.  Returns the same, and
 * -E_NO_ENTRY without a sentence if there is neither. */
int choose_onerror(const struct bootcfg *cfg, const struct asker *asker,
		   struct choice *choice, struct text *why);

/* Asks at the prompt, now that *choice, which somebody made, cannot be loaded.
 * Returns as choose_entry() does. */
int choose_again(const struct bootcfg *cfg, const struct asker *asker,
		 struct choice *choice, struct text *why);

#endif
