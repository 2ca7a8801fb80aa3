/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_MENUWORD_H
#define FORMAT_MENUWORD_H

#include "format/pxecfg.h"

/* What lines that begin with MENU do, each by its second word. */

/* Runs what stands behind MENU.  Returns false if it means nothing to us; what
 * is about the looks of a menu counts as meant, for a tree has dozens. */
bool menuword_run(struct pxecfg *c, struct span rest);

#endif
