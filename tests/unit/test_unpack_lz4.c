/* SPDX-License-Identifier: BSD-3-Clause */
#include "packed.h"

/* needs LWPXE_LZ4 */
static void every_part_is_right(void **state)
{
	(void)state;
	check_whole(PACKED_LZ4, packed_lz4, sizeof(packed_lz4));
}

static void what_is_cut_is_damaged(void **state)
{
	(void)state;
	check_cuts(PACKED_LZ4, packed_lz4, sizeof(packed_lz4));
}

static void what_is_changed_is_damaged(void **state)
{
	(void)state;
	check_changes(PACKED_LZ4, packed_lz4, sizeof(packed_lz4), false);
}

/* needs LWPXE_LZ4 */
static void blocks_follow_each_other(void **state)
{
	uint8_t two[2 * sizeof(packed_lz4)];
	const size_t n = sizeof(packed_lz4);
	struct unpacking u;

	(void)state;
	memcpy(two, packed_lz4, n);
	memcpy(two + n, packed_lz4 + 4, n - 4);
	for (unsigned i = 0; i < 4; i++) /* and the size of all */
		two[2 * n - 4 + i] = (uint8_t)(2 * ORIGINAL_N >> 8 * i);
	assert_int_equal(unpack_exactly(PACKED_LZ4, two, 2 * n, ROOM, ROOM, &u),
			 UNPACK_END);
	assert_int_equal(u.n, 2 * ORIGINAL_N);
	assert_memory_equal(u.out + ORIGINAL_N, original, ORIGINAL_N);
	assert_int_equal(unpack_exactly(PACKED_LZ4, two, 2 * n, 1, ROOM, &u),
			 UNPACK_ENOUGH);
	assert_int_equal(u.n, ORIGINAL_N);
	two[2 * n - 4]++;
	assert_int_equal(unpack_exactly(PACKED_LZ4, two, 2 * n, ROOM, ROOM, &u),
			 UNPACK_DAMAGED);
}

static void other_formats_are_strange(void **state)
{
	struct unpacking u;

	(void)state;
	assert_int_equal(
		unpack_exactly(PACKED_LZ4,
			       (const uint8_t *)"\x04\x22\x4d\x18\0\0\0\0", 8,
			       9, 9, &u),
		UNPACK_STRANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_is_right),
		cmocka_unit_test(what_is_cut_is_damaged),
		cmocka_unit_test(what_is_changed_is_damaged),
		cmocka_unit_test(blocks_follow_each_other),
		cmocka_unit_test(other_formats_are_strange),
	};

	return cmocka_run_group_tests_name("unpack_lz4", tests, NULL, NULL);
}
