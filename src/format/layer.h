/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_LAYER_H
#define FORMAT_LAYER_H

#include "format/unpack.h"

/* A kernel inside of another, or of a file: an ELF in a bzImage, a bzImage in a
 * unified image, a kernel that is compressed as a whole.  It is read like a
 * file, and unpacked only as far as it is read, into memory that is lent. */

/* A bzImage in a unified image in gzip, and one more. */
#define LAYER_MAX 5

/* Memory to unpack into; no bytes if there is none. */
struct area {
	uint8_t *p;
	size_t n;
};

struct layer {
	struct kernel k;      /* what it is */
	struct kernel_file f; /* how to read it */

	struct layer *outer; /* what it is in; NULL: it is the file */
	bool packed;         /* else its bytes are the outer one's */
	struct unpacking u;
	size_t room; /* for what is unpacked */
	enum unpacked state;
	unsigned times; /* that it was unpacked, further each time */
	bool full;      /* somebody wanted more than fits */
};

/* Begins with the file itself. */
void layer_start(struct layer *l, const struct kernel_file *f);

enum layer_found {
	LAYER_NONE, /* nothing is inside */
	LAYER_FOUND,
	LAYER_SKIPPED, /* it cannot be looked at */
	LAYER_DAMAGED, /* it cannot be unpacked, by nobody */
};

/* Begins with what is inside of `outer`, which must hold still until the end,
 * and looks at it.  Takes what it needs from *area.  If it is skipped, a clause
 * in `gap` says what keeps it from a look. */
enum layer_found layer_open(struct layer *l, struct layer *outer,
			    struct area *area, struct text *gap);

/* Unpacks all of it, so that l->f.size is its size; nobody may look at what is
 * inside of it after that.  Returns LAYER_FOUND, LAYER_DAMAGED, or LAYER_SKIPPED
 * if there is not enough memory. */
enum layer_found layer_finish(struct layer *l);

#endif
