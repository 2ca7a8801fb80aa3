/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_UNIT_KERNELFILE_H
#define TESTS_UNIT_KERNELFILE_H

#include "unit.h"

#include "format/kernel.h"

/* Files are made here, piece by piece, in memory. */

static uint8_t bytes[65536];
static uint64_t size;
static char reason[256];
static struct kernel k;

static inline bool read_bytes(void *arg, uint64_t at, uint8_t *buf, size_t n)
{
	(void)arg;
	assert_true(at <= size && n <= size - at);
	memcpy(buf, bytes + at, n);
	return true;
}

static inline void look(void)
{
	const struct kernel_file f = { .size = size, .read = read_bytes };

	kernel_look(&f, &k);
}

static inline void start(size_t n)
{
	memset(bytes, 0, sizeof(bytes));
	size = n;
}

static inline void put(size_t at, const void *p, size_t n)
{
	memcpy(bytes + at, p, n);
	if (at + n > size)
		size = at + n;
}

static inline void put_number(size_t at, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[at + i] = (uint8_t)(v >> 8 * i);
	if (at + n > size)
		size = at + n;
}

static inline const char *judge(uint16_t machine, enum spec_guest guest,
				uint32_t major, uint32_t minor)
{
	const struct kernel_host host = {
		.machine = machine,
		.guest = guest,
		.major = major,
		.minor = minor,
	};
	struct text why = TEXT(reason);
	bool fits;

	look();
	fits = kernel_fits(&k, &host, &why);
	assert_int_equal(fits, !why.n);
	assert_false(why.overflow);
	return reason;
}

#define assert_fits(guest) \
	assert_string_equal(judge(MACHINE_X86_64, guest, 4, 17), "")
#define assert_says(words, guest, major, minor) \
	assert_non_null(strstr(judge(MACHINE_X86_64, guest, major, minor), \
			       words))

/* ---- bzImage */

#define SETUP (5 * 512)

static inline void make_bzimage(uint16_t protocol, const char *magic, size_t n)
{
	start(0);
	bytes[0x1f1] = 4;
	put(0x202, "HdrS", 4);
	put_number(0x206, protocol, 2);
	put_number(0x248, 1000, 4);
	put_number(0x24c, 500, 4);
	put(SETUP + 1000, magic, n);
	size = SETUP + 1000 + 500;
}

#endif
