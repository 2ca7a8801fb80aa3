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
 * begins a comment.  Of two settings of a name, the last one counts, and those
 * with "+=" behind it add to it: strings are joined, and so are lists.
 *
 * Source: libxlu_cfg_l.l, libxlu_cfg_y.y and libxlu_cfg.c in Xen's
 * tools/libs/util, and xl.cfg(5). */
struct xlcfg {
	struct span rest;  /* borrowed: what is still to be read */
	uint32_t line;     /* from 1, where that begins */
	const char *wrong; /* a sentence, once something fails, of that line */
};

struct xlcfg_setting {
	struct span name; /* names are as they are: xl compares letters' case */
	bool adds;        /* "+=" */
	bool is_list;
	struct span value;   /* a number, a string with its quotes, or what is
			      * between a list's brackets */
	uint32_t line;       /* where it begins; 0: there is none */
	struct xlcfg behind; /* where what adds to it is looked for */
};

/* Takes the next setting.  Returns 1; 0 at the end; or -E_USAGE, with the reason
 * in *c. */
int xlcfg_next(struct xlcfg *c, struct xlcfg_setting *s);

/* Reads the whole text: found[i] is the setting of the i-th of `names`, a list
 * as of word_find(), from which on the functions below read its value.  Returns
 * 0; or -E_USAGE, with the reason in *c. */
int xlcfg_find(struct span text, const char *names, struct xlcfg_setting *found,
	       struct xlcfg *c);

/* Takes the next item of a list into *item: a number, a string with its quotes,
 * or what is between the brackets of a list.  False at the end. */
bool xlcfg_get_item(struct xlcfg_setting *list, struct span *item);

/* Appends what a number or a string stands for, without quotes and with escapes
 * resolved.  Returns false, with what fits appended, if an escape means nothing
 * or a NUL; xlcfg_put_value() too if there is no such setting or it is a list. */
bool xlcfg_put_string(struct text *t, struct span value);
bool xlcfg_put_value(struct text *t, const struct xlcfg_setting *s);

/* Reads a number as strtol() with base 0 does, if it fits.  To one, nothing can
 * be added. */
bool xlcfg_get_number(const struct xlcfg_setting *s, uint32_t *v);

#endif
