/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/uki.h"

/* Offsets of the image that is made here. */
enum { PE = 128, TABLE = PE + 24 + 240, DATA = 4096 };

static uint8_t bytes[8192];
static struct uki u;

static bool read_bytes(void *arg, uint64_t at, uint8_t *buf, size_t n)
{
	const uint64_t *size = arg;

	assert_true(at <= *size && n <= *size - at);
	memcpy(buf, bytes + at, n);
	return true;
}

static bool find(uint64_t size)
{
	const struct kernel_file f = { .size = size,
				       .read = read_bytes,
				       .arg = &size };

	return uki_find(&f, &u);
}

static void put_number(size_t at, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[at + i] = (uint8_t)(v >> 8 * i);
}

static void start(void)
{
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, "MZ", 2);
	put_number(0x3c, PE, 4);
	memcpy(bytes + PE, "PE\0\0", 4);
	put_number(PE + 20, 240, 2);
}

static void add(const char *name, uint32_t n, uint32_t has, uint32_t at)
{
	size_t i = bytes[PE + 6]++, row = TABLE + 40 * i;

	memcpy(bytes + row, name, strlen(name) < 8 ? strlen(name) : 8);
	put_number(row + 8, n, 4);
	put_number(row + 16, has, 4);
	put_number(row + 20, at, 4);
}

static void assert_part(struct uki_part part, uint64_t at, uint64_t n)
{
	assert_int_equal(part.n, n);
	if (n)
		assert_int_equal(part.at, at);
}

static void sections_are_found(void **state)
{
	(void)state;
	start();
	assert_false(find(8192));
	add(".text", 10, 512, DATA);
	add(".cmdline", 20, 512, DATA + 512);
	add(".initrd", 700, 1024, DATA + 1024);
	assert_false(find(8192));
	add(".linux", 512, 512, DATA + 2048);
	assert_true(find(8192));
	assert_part(u.cmdline, DATA + 512, 20);
	assert_part(u.initrd, DATA + 1024, 700);
	assert_part(u.linux, DATA + 2048, 512);
}

static void what_the_file_has_not_is_zeros(void **state)
{
	(void)state;
	start();
	add(".linux", 9000, 512, DATA);
	assert_true(find(8192));
	assert_part(u.linux, DATA, 512);
}

static void first_profile_counts(void **state)
{
	(void)state;
	start();
	add(".linux", 100, 512, DATA);
	add(".linux", 200, 512, DATA + 512);
	add(".profile", 9, 512, DATA + 1024);
	add(".cmdline", 9, 512, DATA + 1536);
	assert_true(find(8192));
	assert_part(u.linux, DATA, 100);
	assert_part(u.cmdline, 0, 0);
}

static void names_are_whole(void **state)
{
	(void)state;
	start();
	add(".linuxx", 100, 512, DATA);
	add(".linu", 100, 512, DATA);
	assert_false(find(8192));
}

static void headers_may_lie(void **state)
{
	static const uint32_t lies[] = { 8191, 8192, 0x7fffffff, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < COUNT(lies); i++) {
		start();
		put_number(0x3c, lies[i], 4);
		assert_false(find(8192));
		start();
		add(".linux", 100, 512, lies[i]);
		assert_false(find(8192));
		start();
		add(".linux", lies[i], lies[i], DATA);
		assert_false(find(8192));
		start();
		put_number(PE + 6, 0xffff, 2);
		put_number(PE + 20, lies[i], 2);
		assert_false(find(8192));
	}
}

static void every_cut_is_read_safely(void **state)
{
	(void)state;
	start();
	add(".initrd", 700, 1024, DATA + 1024);
	add(".linux", 512, 512, DATA);
	for (uint64_t n = 0; n < 8192; n++)
		assert_int_equal(find(n), n >= DATA + 512);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_are_found),
		cmocka_unit_test(what_the_file_has_not_is_zeros),
		cmocka_unit_test(first_profile_counts),
		cmocka_unit_test(names_are_whole),
		cmocka_unit_test(headers_may_lie),
		cmocka_unit_test(every_cut_is_read_safely),
	};

	return cmocka_run_group_tests_name("uki", tests, NULL, NULL);
}
