/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BOOT_EXPLAIN_H
#define BOOT_EXPLAIN_H

#include "boot/boot.h"
#include "boot/choose.h"
#include "format/pxecfg.h"
#include "net/fetch.h"

/* Looking without booting: --explain, --list-entries and --tree=.
 *
 * The boot goes its usual way and tells here what it comes by; this keeps it.
 * Downloads of kernel and ramdisk only ask for sizes, and at the end one of two
 * writers shows what was kept: text by way of the log, or one JSON object.
 *
 * In a real boot, and in a build without LWPXE_EXPLAIN, all of these do
 * nothing. */

/* Starts over, for the boot `b`. */
void explain_start(const struct boot *b);

/* Returns true if nothing is to be booted. */
bool explain_only(void);

/* A name of the search was asked for, with that outcome: `n` bytes were found,
 * or `why` says what else. */
void explain_tried(struct span name, int rc, size_t n, const struct text *why);

/* The configuration is about to be read: asks to be told what is ignored. */
void explain_reading(struct pxecfg *reader);

/* The INCLUDE that stands on the reader's last line was not there.  Returns
 * true if that is kept, and to be shown at the end. */
bool explain_no_include(const struct pxecfg *reader, struct span name);

/* The configuration is complete; both are borrowed.  Returns true if no entry
 * needs to be chosen. */
bool explain_config(const struct bootcfg *cfg, const struct pxecfg *reader);

/* This is chosen; it is borrowed for good.  Returns true if its files need no look. */
bool explain_choice(const struct choice *c);

/* The file `name`, which is borrowed, was looked for as `what` ("kernel",
 * "initrd"), and that ended with `rc`, of which `why` is the reason. */
void explain_file(const char *what, struct span name, int rc,
		  const struct fetch *f, const struct text *why);

/* The boot ends with `rc` for the reason in the sentence; the first counts.
 * Returns true if that is kept, and to be shown at the end. */
bool explain_failure(int rc, const char *sentence);

/* Returns 0 for a failure that concerns one file, so that the others are looked
 * for too; else, and in a real boot, `rc`. */
int explain_later(int rc);

/* Shows what was kept of a boot that ended with `rc` and *r, or 0.  Returns how
 * it would have ended, and tells the parent in *r that it has nothing to do. */
int explain_end(struct report *r, int rc);

#endif
