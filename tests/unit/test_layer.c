/* SPDX-License-Identifier: BSD-3-Clause */
#include "packed.h"

#include "format/layer.h"

/* Files of layers by the real tools are in tests/unpack; here is what memory
 * there is, and the order of things. */

static uint8_t file[4096], memory[65536];
static struct layer layers[LAYER_MAX];
static char reason[80];
static struct text why;
static struct area area;

static bool read_file(void *arg, uint64_t at, uint8_t *buf, size_t n)
{
	(void)arg;
	memcpy(buf, file + at, n);
	return true;
}

static void put_number(size_t at, size_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		file[at + i] = (uint8_t)(v >> 8 * i);
}

/* Makes the file a bzImage with these bytes, and a size behind them. */
static void start(const uint8_t *p, size_t n, size_t said)
{
	const struct kernel_file f = { .size = 1024 + n + 4,
				       .read = read_file };

	memset(file, 0, sizeof(file));
	file[0x1f1] = 1;
	memcpy(file + 0x202, "HdrS\x0f\x02", 6);
	put_number(0x24c, n + 4, 4);
	memcpy(file + 1024, p, n);
	put_number(1024 + n, said, 4);
	area = (struct area){ memory, sizeof(memory) };
	why = TEXT(reason);
	layer_start(&layers[0], &f);
	assert_int_equal(layers[0].k.kind, KERNEL_BZIMAGE);
}

static enum layer_found open_one(void)
{
	return layer_open(&layers[1], &layers[0], &area, &why);
}

/* needs LWPXE_XZ */
static void what_is_inside_can_be_read(void **state)
{
	uint8_t all[ORIGINAL_N];

	(void)state;
	start(packed_xz, sizeof(packed_xz), ORIGINAL_N);
	assert_int_equal(open_one(), LAYER_FOUND);
	assert_int_equal(layers[1].f.size, ORIGINAL_N);
	assert_int_equal(layers[1].k.kind, KERNEL_UNKNOWN);
	assert_true(kernel_read(&layers[1].f, 0, all, ORIGINAL_N));
	assert_memory_equal(all, original, ORIGINAL_N);
	assert_false(kernel_read(&layers[1].f, 1, all, ORIGINAL_N));
	assert_int_equal(layer_finish(&layers[1]), LAYER_FOUND);
	assert_int_equal(layer_open(&layers[2], &layers[1], &area, &why),
			 LAYER_NONE);
}

/* needs LWPXE_XZ */
static void size_must_be_what_is_said(void **state)
{
	(void)state;
	start(packed_xz, sizeof(packed_xz), ORIGINAL_N + 1);
	assert_int_equal(open_one(), LAYER_DAMAGED);
	start(packed_xz, sizeof(packed_xz), 0); /* nothing is said */
	assert_int_equal(open_one(), LAYER_FOUND);
}

/* needs LWPXE_XZ */
static void memory_may_be_short(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(packed_xz) + 4 + ORIGINAL_N; n++) {
		start(packed_xz, sizeof(packed_xz), ORIGINAL_N);
		area.n = n;
		assert_int_equal(open_one(), LAYER_SKIPPED);
		assert_string_equal(reason, "there is not enough memory to "
					    "unpack it");
	}
}

static void what_is_not_built_in_is_skipped(void **state)
{
	(void)state;
	start((const uint8_t *)"BZh91AY&SY", 10, 0);
	assert_int_equal(open_one(), LAYER_SKIPPED);
	assert_string_equal(reason, "what would unpack it is not built in");
	start((const uint8_t *)"whatever!", 10, 0);
	assert_int_equal(open_one(), LAYER_SKIPPED);
}

static void plain_part_needs_no_memory(void **state)
{
	(void)state;
	start((const uint8_t *)"\177ELF plain", 10, 0);
	area.n = 0;
	assert_int_equal(open_one(), LAYER_FOUND);
	assert_int_equal(layers[1].k.kind, KERNEL_ELF);
	assert_false(layers[1].packed);
	assert_int_equal(layer_finish(&layers[1]), LAYER_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_inside_can_be_read),
		cmocka_unit_test(size_must_be_what_is_said),
		cmocka_unit_test(memory_may_be_short),
		cmocka_unit_test(what_is_not_built_in_is_skipped),
		cmocka_unit_test(plain_part_needs_no_memory),
	};

	return cmocka_run_group_tests_name("layer", tests, NULL, NULL);
}
