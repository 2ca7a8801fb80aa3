/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/progress.h"

static char line[512];

static const char *show(const struct progress_file *f, unsigned files,
			uint64_t rate)
{
	struct text t = TEXT(line);

	progress_put(&t, f, files, rate);
	assert_false(t.overflow);
	return line;
}

/* Returns the columns of the line, as the log shows it. */
static size_t columns(void)
{
	size_t n = 0;

	for (const char *p = line; *p; p++)
		n += *p < 0x20 || *p > 0x7e ? 4 : 1;
	return n;
}

static void one_file_is_shown(void **state)
{
	static const struct {
		uint64_t n, size, rate;
		const char *line;
	} cases[] = {
		{ 0, 1000, 0,
		  "kernel   vmlinuz: 0 bytes of 1.0 kB (0%), 0 bytes/s" },
		{ 500000, 2000000, 100000,
		  "kernel   vmlinuz: 500.0 kB of 2.0 MB "
		  "(25%), 100.0 kB/s, 0:15 left" },
		{ 999, 1000, 1000000,
		  "kernel   vmlinuz: 999 bytes of 1.0 kB "
		  "(99%), 1.0 MB/s, 0:01 left" },
		{ 1000, 1000, 10,
		  "kernel   vmlinuz: 1.0 kB of 1.0 kB (100%), 10 bytes/s" },
		{ 1, 125000, 1000,
		  "kernel   vmlinuz: 1 byte of 125.0 kB (0%), "
		  "1.0 kB/s, 2:05 left" },
		{ 0, 3725000, 1000,
		  "kernel   vmlinuz: 0 bytes of 3.7 MB (0%), "
		  "1.0 kB/s, 1:02:05 left" },
		{ 7000, 0, 1000, "kernel   vmlinuz: 7.0 kB, 1.0 kB/s" },
		{ 0, UINT64_MAX, 1, "kernel   vmlinuz: 0 bytes of" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct progress_file f = {
			.what = "kernel",
			.name = SPAN_LIT("vmlinuz"),
			.n = cases[i].n,
			.size = cases[i].size,
		};

		show(&f, 1, cases[i].rate);
		if (cases[i].size == UINT64_MAX)
			assert_null(strstr(line, "left"));
		else
			assert_string_equal(line, cases[i].line);
	}
}

static void several_files_are_one_line(void **state)
{
	struct progress_file f[16] = {
		{ .what = "kernel", .n = 50, .size = 100 },
		{ .what = "initrd", .n = 100, .size = 900 },
	};

	(void)state;
	assert_string_equal(show(f, 2, 85),
			    "2 files (50%, 11%): 150 bytes of "
			    "1.0 kB (15%), 85 bytes/s, 0:10 left");
	f[1].size = 0;
	assert_string_equal(show(f, 2, 85), "2 files (50%, ?): 150 bytes, "
					    "85 bytes/s");
	for (size_t i = 0; i < 16; i++)
		f[i] = (struct progress_file){ .n = 999999999,
					       .size = 1073741823 };
	show(f, 16, 999999);
	assert_in_range(columns(), 40, PROGRESS_COLUMNS);
}

static void line_is_never_too_wide(void **state)
{
	static char name[512];
	struct progress_file f = { .what = "kernel",
				   .n = 1023999999,
				   .size = 1073741824 };

	(void)state;
	for (int c = 1; c < 256; c += 63)
		for (size_t n = 0; n < sizeof(name); n += 7) {
			memset(name, c, sizeof(name));
			f.name = (struct span){ (uint8_t *)name, n };
			show(&f, 1, 999900000);
			assert_in_range(columns(), 40, PROGRESS_COLUMNS);
		}
}

static void end_of_a_long_name_is_shown(void **state)
{
	struct progress_file f = {
		.what = "initrd",
		.n = 1,
		.size = 2,
		.name = SPAN_LIT(
			"debian-installer/amd64/and/so/on/and/on/and/on/"
			"initrd.gz"),
	};

	(void)state;
	assert_contains(show(&f, 1, 0), "on/initrd.gz: 1 byte of");
	f.name =
		SPAN_LIT("http://me:s3cret-that-is-as-long-as-the-whole-of-the-"
			 "line@host/initrd.gz");
	assert_contains(show(&f, 1, 0), "initrd   host/initrd.gz: 1 byte of");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_file_is_shown),
		cmocka_unit_test(several_files_are_one_line),
		cmocka_unit_test(line_is_never_too_wide),
		cmocka_unit_test(end_of_a_long_name_is_shown),
	};

	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
