/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/hypervisor.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/guard.h"

static GUARDED uint32_t read_number(const char *path)
{
	uint8_t text[16];
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	struct span s = { text, n < 0 ? 0 : (size_t)n };
	uint32_t v = 0;

	if (fd >= 0)
		close(fd);
	span_get_number(&s, UINT16_MAX, &v);
	return v;
}

void hypervisor_identify(struct spec *spec)
{
	spec->xen_major = read_number("/sys/hypervisor/version/major");
	spec->xen_minor = read_number("/sys/hypervisor/version/minor");
}
