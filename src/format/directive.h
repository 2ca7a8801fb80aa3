/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_DIRECTIVE_H
#define FORMAT_DIRECTIVE_H

#include "format/pxecfg.h"

/* What the lines of a PXELINUX configuration do, each by its first word.
 *
 * Only format/pxecfg and format/menuword are here for this. */

/* Runs the line.  Returns false if it means nothing to us: an unknown word, one
 * that has no meaning for a guest, or one that lacks the label it is about.
 * Keeps the first limit that is passed in c->rc. */
bool directive_run(struct pxecfg *c, struct span line);

/* Returns the file that is being read. */
struct pxecfg_file *directive_file(struct pxecfg *c);

/* Starts a label, after the end of the open one. */
void directive_open_label(struct pxecfg *c, struct span label);

/* Enters the open label, if there is one, into the menu being read. */
void directive_close_label(struct pxecfg *c);

/* Starts a menu below the one being read, or goes back to that above it. */
void directive_begin_menu(struct pxecfg *c, struct span tag);
void directive_end_menu(struct pxecfg *c);

/* Asks for a file; pxecfg_read() hands the name out before the next line. */
void directive_include(struct pxecfg *c, struct span rest);

#endif
