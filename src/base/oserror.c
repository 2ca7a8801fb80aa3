/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/oserror.h"

#include <errno.h>
#include <stddef.h>

#include "base/text.h"

/* Characters instead of pointers: each pointer in a table of a
 * position-independent program costs a relocation of 24 bytes. */
static const struct {
	unsigned char e;
	char words[27];
} errors[] = {
	{ EPERM, "operation not permitted" },
	{ ENOENT, "no such file or directory" },
	{ ENXIO, "no such device" },
	{ ENODEV, "no such device" },
	{ ENOMEM, "not enough memory" },
	{ EACCES, "permission denied" },
	{ EBUSY, "it is in use" },
	{ ENOTDIR, "it is not a directory" },
	{ EISDIR, "it is a directory" },
	{ EINVAL, "not possible here" },
	{ ENFILE, "too many open files" },
	{ EMFILE, "too many open files" },
	{ ENAMETOOLONG, "the name is too long" },
	{ ENOSPC, "the disk is full" },
	{ EROFS, "read-only file system" },
	{ EIO, "input/output error" },
	{ EPIPE, "the reader has gone" },
	{ ELOOP, "too many symbolic links" },
	{ ENOSYS, "not in this kernel" },
	{ EOPNOTSUPP, "not in this kernel" },
	{ EAFNOSUPPORT, "not in this kernel" },
	{ ENETDOWN, "the network is down" },
};

const char *oserror_show(int e)
{
	static char number[sizeof("error 4294967295")];
	struct text t = TEXT(number);

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i].e == e)
			return errors[i].words;
	text_printf(&t, "error %u", (unsigned)e);
	return number;
}
