/* SPDX-License-Identifier: BSD-3-Clause */
#include "priv/space.h"

#include <sys/vfs.h>

#include "priv/smallfile.h"

/* f_type of files in memory: statfs(2). */
#define TMPFS_MAGIC 0x01021994
#define RAMFS_MAGIC 0x858458f6

/* Reads the line "MemAvailable:  N kB" (proc(5); Linux 3.14), the third. */
static uint64_t memory_available(void)
{
	static uint8_t text[256];
	struct span line, word, rest;
	uint32_t kib;

	if (!smallfile_read("/proc/meminfo", text, sizeof(text), &rest))
		return 0;
	while (span_get_until(&rest, '\n', &line)) {
		word = span_get_word(&line);
		if (!span_eq(word, SPAN_LIT("MemAvailable:")))
			continue;
		word = span_get_word(&line);
		if (span_get_number(&word, UINT32_MAX, &kib) && !word.n)
			return (uint64_t)kib << 10;
	}
	return 0;
}

void space_measure(int directory, struct space *s)
{
	struct statfs f;

	*s = (struct space){ .memory = memory_available() };
	if (fstatfs(directory, &f))
		return;
	s->in_memory = (uint32_t)f.f_type == TMPFS_MAGIC ||
		       (uint32_t)f.f_type == RAMFS_MAGIC;
	if (!f.f_blocks) /* a ramfs has no size */
		return;
	s->disk = (uint64_t)f.f_bavail * (uint64_t)f.f_bsize;
	if (!s->disk)
		s->disk = 1;
}

uint64_t space_for_files(const struct space *s)
{
	bool less = s->memory && (!s->disk || s->memory < s->disk);

	return s->in_memory && less ? s->memory : s->disk;
}
