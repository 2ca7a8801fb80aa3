/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FORMAT_DISK_H
#define FORMAT_DISK_H

#include "base/span.h"
#include "base/text.h"

/* One entry of xl.cfg's disk= list, in xl's own grammar: what stands without a
 * key is the target, the format, the guest's name for it and the access, in this
 * order, or behind an old prefix like "phy:" without the format.  Sources:
 * xl-disk-configuration(5), libxlu_disk_l.l in Xen's tools/libs/util. */
struct disk {
	/* Borrowed; empty if not said. */
	struct span target;  /* a path, most often */
	struct span format;  /* "" is raw */
	struct span vdev;    /* "xvda" */
	struct span script;  /* of the backend, or an old prefix of one */
	struct span backend; /* the domain that has the disk */
	bool is_cdrom;
};

/* Reads `s` into *disk.  Returns 0, or -E_USAGE with a sentence in `why`. */
int disk_parse(struct span s, struct disk *disk, struct text *why);

#endif
