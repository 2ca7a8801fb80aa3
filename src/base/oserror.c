/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/oserror.h"

#include <errno.h>
#include <stddef.h>

#include "base/text.h"

/* Numbers, and in the same order words with a NUL behind each.  No pointers:
 * each in a table of a position-independent program costs a relocation of 24
 * bytes. */
static const unsigned char numbers[] = {
	EPERM,        ENOENT,     ENXIO,        ENODEV,   ENOMEM,  EACCES,
	EBUSY,        ENOTDIR,    EISDIR,       EINVAL,   ENFILE,  EMFILE,
	ENAMETOOLONG, ENOSPC,     EROFS,        EIO,      EPIPE,   ELOOP,
	ENOSYS,       EOPNOTSUPP, EAFNOSUPPORT, ENETDOWN, ENOEXEC,
};
static const char words[] =
	"operation not permitted\0no such file or directory\0"
	"no such device\0no such device\0not enough memory\0"
	"permission denied\0it is in use\0it is not a directory\0"
	"it is a directory\0not possible here\0too many open files\0"
	"too many open files\0the name is too long\0the disk is full\0"
	"read-only file system\0input/output error\0"
	"the reader has gone\0too many symbolic links\0"
	"not in this kernel\0not in this kernel\0not in this kernel\0"
	"the network is down\0not for this machine";

const char *oserror_show(int e)
{
	static char number[sizeof("error 4294967295")];
	struct text t = TEXT(number);
	const char *shown = words;

	for (size_t i = 0; i < sizeof(numbers); i++) {
		if (numbers[i] == e)
			return shown;
		shown += span_of(shown).n + 1;
	}
	text_printf(&t, "error %u", (unsigned)e);
	return number;
}
