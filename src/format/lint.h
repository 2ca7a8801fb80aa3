/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_LINT_H
#define FORMAT_LINT_H

#include "base/text.h"
#include "format/addr.h"

/* What keeps a guest from booting over the network, as far as its xl.cfg tells:
 * for --lint. */

#define LINT_FINDINGS 32
#define LINT_VIFS 32
#define LINT_PATH 512
#define LINT_ROOM 8192

/* Of a note, the guest may boot all the same. */
enum lint_kind { LINT_NOTE, LINT_ERROR };

struct lint_finding {
	enum lint_kind kind;
	uint32_t line;
	struct span sentence; /* borrowed from the struct lint */
};

/* A setting's value that the Dom0 has to be asked about; "" if there is none. */
struct lint_value {
	char text[LINT_PATH];
	uint32_t line;
};

struct lint {
	struct lint_finding finding[LINT_FINDINGS];
	size_t findings;
	bool has_errors;
	bool is_ours; /* lwpxeboot boots it; else the rest is not set,
		       * but for the MAC addresses */
	struct {
		struct mac mac;
		uint32_t line;
	} vif[LINT_VIFS]; /* those with a MAC address */
	size_t vifs;

	struct lint_value bootloader; /* a path, or a name */
	struct lint_value disk;       /* the first one's file or device */
	struct lint_value kernel, ramdisk;
	struct lint_value user; /* bootloader_user */
	uint32_t restricted;    /* line of what switches that on; 0: off */
	uint32_t memory_mib;    /* 0: not said */

	char room[LINT_ROOM];
	struct text text; /* over it: the sentences */
};

/* Checks what the file called `file` says, in `text`, into *l.  Looks at
 * nothing else. */
void lint_check(struct lint *l, const char *file, struct span text);

/* Adds a finding.  When there is no room for more it adds none, but has_errors
 * is right; notes leave half of the room to errors. */
void lint_say(struct lint *l, enum lint_kind kind, uint32_t line,
	      const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
