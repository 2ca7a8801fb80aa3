/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_PXECFG_H
#define FORMAT_PXECFG_H

#include "format/bootcfg.h"

/* The PXELINUX configuration language, read into a struct bootcfg.
 *
 * The reader owns one buffer for the text of all files and borrows spans from
 * it.  INCLUDE does not recurse: reading stops and gives the name to the
 * caller, who downloads the file into the room behind the text and opens it, or
 * goes on without.  Rules: Syslinux' com32/elflink/ldlinux/readconfig.c and
 * com32/menu/readconfig.c.  What the lines do is in format/directive and
 * format/menuword; which words there are, in doc/pxelinux.md. */

/* Longest line; PXELINUX reads longer ones in pieces, which is never meant. */
#define PXECFG_LINE_MAX 4095

struct pxecfg_file {
	uint16_t name;  /* index in file_name */
	size_t at, end; /* the part of `text` still to be read */
	uint32_t line;  /* the last line read, from 1 */
	bool in_text;   /* between TEXT and ENDTEXT */
	bool in_help;   /* and these are lines of the label's help... */
	size_t text_at; /* ...which begins here */
	bool ends_menu; /* its end is a MENU END: INCLUDE file tag */
};

struct pxecfg {
	struct bootcfg *cfg; /* borrowed */
	char text[LWPXE_CONFIG_BYTES];
	size_t used;
	struct span file_name[LWPXE_CONFIG_FILES];
	uint16_t files;
	struct pxecfg_file stack[LWPXE_CONFIG_DEPTH];
	unsigned depth;

	struct bootcfg_entry label; /* being read */
	bool in_label;
	bool own_append;     /* `label.append` is its own */
	int8_t immediate;    /* 1 MENU IMMEDIATE, -1 NOIMMEDIATE, 0 neither */
	struct span append;  /* the global one */
	uint16_t menu;       /* being read */
	struct span include; /* the file wanted next, {0} for none */
	struct span include_tag; /* not empty: it becomes a submenu */
	struct span queue;       /* names of files to be read behind these */
	int rc;                  /* of a limit passed inside a directive */

	/* May be set behind pxecfg_init(): is told of each line that means
	 * nothing to us, neither blank nor a comment... */
	void (*ignored)(void *arg, struct span file, uint32_t line,
			struct span text);
	void *ignored_arg;
	/* ...and of what SAY says. */
	void (*say)(struct span text);
};

enum pxecfg_step { PXECFG_END, PXECFG_INCLUDE };

/* Starts over, with *cfg to be filled. */
void pxecfg_init(struct pxecfg *c, struct bootcfg *cfg);

/* Sets the files to be read next, as one: pxecfg_read() asks for each by name,
 * as for an INCLUDE.  `names`, separated by blanks, are borrowed. */
void pxecfg_queue(struct pxecfg *c, struct span names);

/* Returns the room for the next file's text and closing NUL. */
struct text pxecfg_room(struct pxecfg *c);

/* Opens the file whose `n` bytes were put at the start of the room.  `name` is
 * copied, for messages.  Returns 0, or -E_CONFIG with a sentence in `why` if
 * files nest too deep or are too many. */
int pxecfg_open(struct pxecfg *c, struct span name, size_t n, struct text *why);

/* Reads on.  Returns PXECFG_INCLUDE, with the name of the file wanted in *name
 * (open it, or call again without); PXECFG_END when *cfg is complete; or
 * -E_CONFIG with a sentence in `why` when a limit is passed. */
int pxecfg_read(struct pxecfg *c, struct span *name, struct text *why);

/* Returns the name of file number `file`, as given to pxecfg_open(). */
struct span pxecfg_file_name(const struct pxecfg *c, uint16_t file);

#endif
