/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/libxenguest.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/guard.h"
#include "format/kernel.h"
#include "format/word.h"

/* The libraries, and which of enum kernel_packing take the third and on. */
static const char libraries[] = "/libxenguest.so\0/libz.so\0/liblzma.so\0"
				"/libbz2.so\0/liblzo2.so\0/libzstd.so\0";

#define KNOWN 3u /* the first two, by bit */

static const uint32_t packings[] = {
	1u << PACKED_XZ | 1u << PACKED_LZMA,
	1u << PACKED_BZIP2,
	1u << PACKED_LZO,
	1u << PACKED_ZSTD,
};

#define LIBRARIES (2 + sizeof(packings) / sizeof(*packings))

/* No name of the above has more bytes before its last one. */
#define OVERLAP 16

/* As much of the list of mappings as is looked at. */
#define MAPS_MAX (1u << 20)

/* Returns which of the libraries the text in a file names, by bit. */
static GUARDED uint32_t find_libraries(int fd)
{
	uint8_t text[4096];
	struct span s = { text, 0 };
	uint32_t found = 0;
	ssize_t r;

	for (size_t total = 0; total < MAPS_MAX; total += (size_t)r) {
		r = read(fd, text + s.n, sizeof(text) - s.n);
		if (r <= 0)
			break;
		s.n += (size_t)r;
		for (unsigned i = 0; i < LIBRARIES; i++)
			if (span_find(s, span_of(word_nth(libraries, i))) !=
			    SIZE_MAX)
				found |= 1u << i;
		if (s.n > OVERLAP) {
			memmove(text, text + s.n - OVERLAP, OVERLAP);
			s.n = OVERLAP;
		}
	}
	return found;
}

GUARDED void libxenguest_identify(struct spec *spec)
{
	char path[32];
	struct text t = TEXT(path);
	uint32_t found;
	int fd;

	text_printf(&t, "/proc/%u/maps", (unsigned)getppid());
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return;
	found = find_libraries(fd);
	close(fd);
	for (size_t i = 2; i < LIBRARIES; i++)
		if ((found & KNOWN) == KNOWN && !(found & 1u << i))
			spec->xen_lacks |= packings[i - 2];
}
