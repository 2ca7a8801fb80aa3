/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_XLCFG_H
#define FORMAT_XLCFG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"

/* A reader of xl.cfg in xl's own grammar: settings NAME=VALUE or NAME+=VALUE,
 * each ended by a newline or ";"; a value is a number, a string in single or
 * double quotes, or a list in brackets, in which newlines mean nothing; "#"
 * begins a comment.  Of two settings of a name, the last one counts.
 *
 * Source: libxlu_cfg_l.l, libxlu_cfg_y.y and libxlu_cfg.c in Xen's
 * tools/libs/util, and xl.cfg(5). */
struct xlcfg {
	struct span rest;   /* borrowed: what is still to be read */
	uint32_t line;      /* from 1, where that begins */
};

struct xlcfg_setting {
	struct span name;   /* names are as they are: xl compares letters' case */
	bool adds;          /* "+=" */
	bool is_list;
	struct span value;  /* a number, a string with its quotes, or what is
			     * between a list's brackets */
	uint32_t line;      /* where it begins */
};

/* Takes the next setting.  Returns 1; 0 at the end; or -E_USAGE with a sentence
 * in `why` that begins with the line's number. */
int xlcfg_next(struct xlcfg *c, struct xlcfg_setting *s, struct text *why);

/* Takes the next item of a list's value into *item: a number, a string with its
 * quotes, or what is between the brackets of a list.  False at the end. */
bool xlcfg_get_item(struct span *list, struct span *item);

/* Appends what a number or a string stands for, without quotes and with escapes
 * resolved.  Returns false, with what fits appended, if an escape means nothing
 * or a NUL. */
bool xlcfg_put_string(struct text *t, struct span value);

/* Reads a number as strtol() with base 0 does, if it fits. */
bool xlcfg_get_number(struct span value, uint32_t *v);

#endif
