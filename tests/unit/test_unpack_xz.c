/* SPDX-License-Identifier: BSD-3-Clause */
#include "packed.h"

/* Where the index begins, which nobody reads; it, and the footer, have 24
 * bytes. */
#define SUM_END (sizeof(packed_xz) - 24)

/* needs LWPXE_XZ */
static void every_part_is_right(void **state)
{
	(void)state;
	check_whole(PACKED_XZ, packed_xz, sizeof(packed_xz));
}

static void what_is_cut_is_damaged(void **state)
{
	(void)state;
	check_cuts(PACKED_XZ, packed_xz, SUM_END);
}

static void what_is_changed_is_damaged(void **state)
{
	(void)state;
	check_changes(PACKED_XZ, packed_xz, sizeof(packed_xz), true);
}

/* needs LWPXE_XZ */
static void strange_headers_are_told(void **state)
{
	struct unpacking u;
	uint8_t copy[sizeof(packed_xz)];

	(void)state;
	memcpy(copy, packed_xz, sizeof(copy));
	copy[13] = 0x02; /* three filters; and the header's sum is wrong */
	assert_int_equal(unpack_exactly(PACKED_XZ, copy, sizeof(copy), 9, 9,
					&u),
			 UNPACK_DAMAGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_is_right),
		cmocka_unit_test(what_is_cut_is_damaged),
		cmocka_unit_test(what_is_changed_is_damaged),
		cmocka_unit_test(strange_headers_are_told),
	};

	return cmocka_run_group_tests_name("unpack_xz", tests, NULL, NULL);
}
