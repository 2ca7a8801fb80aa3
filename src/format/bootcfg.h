/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_BOOTCFG_H
#define FORMAT_BOOTCFG_H

#include "base/span.h"
#include "base/text.h"
#include "config.h"

/* What a PXELINUX configuration says: entries, in menus, with defaults.
 *
 * format/pxecfg fills it from text; boot/choose decides with it.  Spans borrow
 * from that text.  Rules as in Syslinux' com32/menu/readconfig.c. */

/* Index of "no entry" and "no menu". */
#define BOOTCFG_NONE UINT16_MAX

/* What a label's value names; the words of PXELINUX' kernel types. */
enum bootcfg_kind {
	KIND_KERNEL, /* type guessed from the extension */
	KIND_LINUX,
	KIND_LOCALBOOT,
	KIND_BOOT,
	KIND_BSS,
	KIND_PXE,
	KIND_FDIMAGE,
	KIND_COMBOOT,
	KIND_COM32,
	KIND_CONFIG,
};

/* What choosing an entry does. */
enum bootcfg_action {
	ACTION_BOOT,
	ACTION_SUBMENU,  /* a MENU BEGIN: goes to menu `target` */
	ACTION_GOTO,     /* MENU GOTO: goes to menu `target` */
	ACTION_EXIT,     /* MENU EXIT: the same, but never a default */
	ACTION_DISABLED, /* a separator, MENU DISABLE, a GOTO to nowhere */
	ACTION_QUIT,     /* MENU QUIT: leaves the menu for the prompt */
	ACTION_HELP,     /* MENU HELP: shows the file that `kernel` names */
};

/* Texts of a menu that its author may replace, by MENU and these words. */
enum bootcfg_message {
	MESSAGE_AUTOBOOT,
	MESSAGE_TABMSG,
	MESSAGE_NOTABMSG,
	MESSAGE_PASSPROMPT,
	MESSAGES,
};

#define BOOTCFG_FKEYS 12

/* Whether anybody sees menus; else what is only about how they look is ignored
 * where it is read. */
#define BOOTCFG_LOOKS (LWPXE_MENU || LWPXE_EXPLAIN)

struct bootcfg_entry {
	struct span label;  /* all of the line behind LABEL */
	struct span kernel; /* all of the line behind KERNEL and its like */
	struct span append; /* as it applies: its own or the global one */
	struct span initrd;
	uint32_t sysappend;
	enum bootcfg_kind kind;
	enum bootcfg_action action;
	struct span target_tag; /* of a GOTO, until it is resolved */
	uint16_t target;        /* menu, for SUBMENU, GOTO and EXIT */
	uint16_t menu;          /* the menu it stands in; NONE if MENU HIDE */
	uint16_t file;          /* of the LABEL line, for messages */
	uint32_t line;
	bool menu_default; /* MENU DEFAULT, while the label is open */
	/* What a menu shows of it. */
	struct span menu_label; /* MENU LABEL, "^" before the hot key; if
				 * empty, the label */
	struct span help;       /* the lines between TEXT HELP and ENDTEXT */
	struct span passwd;     /* MENU PASSWD; .p is NULL without one */
	uint8_t indent;         /* columns: MENU INDENT */
	bool separator;         /* MENU SEPARATOR */
	bool immediate;         /* its hot key chooses it at once */
};

struct bootcfg_menu {
	struct span tag;
	uint16_t parent;        /* NONE for the top menu */
	uint16_t parent_entry;  /* the entry that leads here */
	uint16_t default_entry; /* NONE: the first one */
	/* From here on, a submenu starts with its parent's. */
	struct span ontimeout;
	uint32_t timeout;  /* tenths of a second; 0 = for ever */
	bool allowoptions; /* the command line may be edited */
	bool immediate;    /* what entries are if they do not say */
	struct span onerror;
	struct span master_passwd;     /* for editing; .p is NULL without one */
	struct span message[MESSAGES]; /* .p is NULL if not replaced */
	struct span fkey[BOOTCFG_FKEYS]; /* help files of F1 to F12 */
	/* Not inherited. */
	struct span title;
};

struct bootcfg {
	uint16_t entries; /* of entry[] */
	uint16_t menus;   /* of menu[], of which the first is the top one */
	uint16_t start_menu;

	struct span command; /* the value of UI, else of DEFAULT */
	bool has_command;
	bool has_ui;
	struct span default_value; /* of the last DEFAULT */
	struct span ontimeout;     /* of the last ONTIMEOUT */
	bool prompt;               /* PROMPT is not 0 */
	bool implicit;             /* a command may name a kernel: IMPLICIT */
	bool shiftkey;             /* MENU SHIFTKEY: no menu without that key */
	bool hidden;               /* MENU HIDDEN: a countdown until a key */
	bool noescape, nocomplete;
	bool allowoptions;     /* arguments may be typed behind a label */
	uint32_t timeout;      /* of the prompt; tenths of a second, 0 = none */
	uint32_t totaltimeout; /* the same, not stopped by keys */
	struct span onerror;   /* a command; "" = none */
	struct span display;   /* a file to be shown before the prompt */
	struct span fkey[BOOTCFG_FKEYS]; /* help files at the prompt */
	uint32_t sysappend;              /* the global value */
	uint32_t pxeretry;               /* extra attempts for each file */

	/* Last, since what is not in use of them need not be touched. */
	struct bootcfg_menu menu[LWPXE_CONFIG_MENUS];
	struct bootcfg_entry entry[LWPXE_CONFIG_LABELS];
};

/* Empties *cfg: a top menu without entries. */
void bootcfg_init(struct bootcfg *cfg);

/* Adds `e` to `menu`, as its default if the entry says so.  Returns 0, or
 * -E_CONFIG if LWPXE_CONFIG_LABELS are there already. */
int bootcfg_add(struct bootcfg *cfg, uint16_t menu,
		const struct bootcfg_entry *e);

/* Adds a menu below `parent`, with the entry that leads to it; the entry's
 * place is taken from `at`.  Puts its index into *menu.  Returns 0, or
 * -E_CONFIG at a limit. */
int bootcfg_add_menu(struct bootcfg *cfg, uint16_t parent, struct span tag,
		     const struct bootcfg_entry *at, uint16_t *menu);

/* Ties every GOTO to the menu of its tag, and applies the DEFAULT of a file
 * with UI to the menu its label is in.  Call once, after the last entry. */
void bootcfg_finish(struct bootcfg *cfg);

/* Finds the entry that the first word of `command` names; NONE if there is
 * none.  Labels are case-sensitive, and what is enabled comes first.  PXELINUX
 * knows a label by its first word, the menu program by all of its line. */
uint16_t bootcfg_find(const struct bootcfg *cfg, struct span command);
uint16_t bootcfg_find_in_menu(const struct bootcfg *cfg, struct span command);

/* Returns true if the entry goes to a menu, or if it does that or boots. */
bool bootcfg_leads_on(const struct bootcfg_entry *e);
bool bootcfg_is_of_use(const struct bootcfg_entry *e);

/* Returns the first entry of the menu, or the first one of use; NONE if there
 * is none. */
uint16_t bootcfg_first(const struct bootcfg *cfg, uint16_t menu, bool of_use);

/* Returns the n-th entry that can boot, counted from 0; NONE if there are
 * fewer. */
uint16_t bootcfg_nth(const struct bootcfg *cfg, uint32_t n);

#endif
