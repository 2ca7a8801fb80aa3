/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/smallfile.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool smallfile_read(const char *path, uint8_t *buf, size_t cap, struct span *s)
{
	int fd = openat(AT_FDCWD, path,
			O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t r = fd < 0 ? -1 : 1;
	int e;

	*s = (struct span){ buf, 0 };
	while (r > 0 && s->n < cap) {
		r = read(fd, buf + s->n, cap - s->n);
		s->n += r > 0 ? (size_t)r : 0;
	}
	e = errno;
	if (fd >= 0)
		close(fd);
	errno = e;
	return r >= 0;
}
