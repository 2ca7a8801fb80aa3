/* SPDX-License-Identifier: BSD-3-Clause */
#include "format/disk.h"

#include "base/err.h"
#include "format/word.h"

enum key { FORMAT, VDEV, SCRIPT, BACKEND, DEVTYPE };

/* Those behind devtype change nothing about whether a boot loader gets the disk. */
static const char keys[] =
	"format\0vdev\0script\0backend\0devtype\0access\0"
	"backendtype\0specification\0colo-host\0colo-port\0"
	"colo-export\0active-disk\0hidden-disk\0grant_usage\0"
	"transport\0";

static const char flags[] = "cdrom\0direct-io-safe\0discard\0no-discard\0colo\0"
			    "no-colo\0trusted\0untrusted\0";

/* Old prefixes: those that say a format, those that say a script, and those
 * that say nothing. */
enum { LAST_FORMAT = 3, LAST_SCRIPT = LAST_FORMAT + 4 };

static const char prefixes[] = "raw\0qcow\0qcow2\0vhd\0"
			       "iscsi\0nbd\0enbd\0drbd\0"
			       "tapdisk\0tap\0tap2\0aio\0ioemu\0file\0phy\0";

/* What has been read so far. */
struct reading {
	struct disk *disk;
	bool has_prefix, has_format, has_target;
	unsigned behind; /* positions behind the vdev */
};

static bool take_prefix(struct reading *r, struct span *s)
{
	struct span rest = *s, word;
	size_t i;

	if (!span_get_until(&rest, ':', &word))
		return false;
	i = word_find(word, prefixes);
	if (!*word_nth(prefixes, i))
		return false;
	if (i <= LAST_FORMAT)
		r->disk->format = word;
	else if (i <= LAST_SCRIPT)
		r->disk->script = word;
	r->has_prefix = true;
	*s = rest;
	return true;
}

/* Takes "xvda" or, of old, "xvda:cdrom". */
static void take_vdev(struct disk *disk, struct span s)
{
	disk->is_cdrom |= span_ends_nocase(s, SPAN_LIT(":cdrom"));
	span_get_until(&s, ':', &disk->vdev);
}

/* Takes what has no key; false if there is no place for it. */
static bool take_position(struct reading *r, struct span s)
{
	struct disk *disk = r->disk;

	if (!r->has_target) {
		disk->target = s;
		r->has_target = true;
	} else if (!r->has_prefix && !r->has_format) {
		r->has_format = true;
		disk->format = s;
		/* An empty drive, of old, needs no format. */
		if (disk->target.n || span_find(s, SPAN_LIT(":")) == SIZE_MAX)
			return true;
		disk->format = (struct span){ 0 };
		take_vdev(disk, s);
	} else if (!disk->vdev.n) {
		take_vdev(disk, s);
	} else {
		return !r->behind++;
	}
	return true;
}

/* Takes what has one; false if xl knows none such. */
static bool take_pair(struct reading *r, struct span key, struct span value)
{
	struct disk *disk = r->disk;

	switch (word_find(key, keys)) {
	case FORMAT:
		disk->format = value;
		r->has_format = true;
		return true;
	case VDEV:
		disk->vdev = value;
		return true;
	case SCRIPT:
		disk->script = value;
		return true;
	case BACKEND:
		disk->backend = value;
		return true;
	case DEVTYPE:
		disk->is_cdrom = span_eq(value, SPAN_LIT("cdrom"));
		return true;
	default:
		return *word_nth(keys, word_find(key, keys));
	}
}

static int fail(struct span part, const char *what, struct text *why)
{
	text_printf(why,
		    "\"%.*s\" in the disk %s; see xl-disk-configuration(5)",
		    SPAN_ARG(part), what);
	return -E_USAGE;
}

int disk_parse(struct span s, struct disk *disk, struct text *why)
{
	struct reading r = { .disk = disk };
	struct span part, rest, key;

	*disk = (struct disk){ .is_cdrom = false };
	for (s = span_skip_blanks(s); s.n; s = span_skip_blanks(s)) {
		if (span_starts(s, SPAN_LIT("target="))) {
			span_get(&s, sizeof("target=") - 1, &part);
			disk->target = s;
			break;
		}
		if (take_prefix(&r, &s))
			continue;
		span_get_until(&s, ',', &part);
		rest = part;
		if (!span_get_until(&rest, '=', &key)) {
			if (*word_nth(flags, word_find(part, flags)))
				disk->is_cdrom |= span_eq(part,
							  SPAN_LIT("cdrom"));
			else if (!take_position(&r, part))
				return fail(part, "is one word too many", why);
		} else if (!take_pair(&r, key, rest)) {
			return fail(key, "is no key of it", why);
		}
	}
	if (disk->vdev.n)
		return 0;
	text_puts(why, "the disk has no name for the guest, as xvda; see "
		       "xl-disk-configuration(5)");
	return -E_USAGE;
}
