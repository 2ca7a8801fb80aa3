/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_HELPTEXT_H
#define FORMAT_HELPTEXT_H

#include "base/text.h"

/* Syslinux' message files, of F1 to F12, DISPLAY and MENU HELP: text with
 * control characters for colours, pictures and clearing the screen, none of
 * which mean anything here (draw_message_file() in com32/menu/printmsg.c). */

/* Takes the next line off *file, broken at `columns` bytes, and puts its
 * printable form into the empty *line.  Returns false at the end. */
bool helptext_line(struct span *file, size_t columns, struct text *line);

#endif
