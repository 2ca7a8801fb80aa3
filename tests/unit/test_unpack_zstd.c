/* SPDX-License-Identifier: BSD-3-Clause */
#include "packed.h"

/* needs LWPXE_ZSTD */
static void every_part_is_right(void **state)
{
	(void)state;
	check_whole(PACKED_ZSTD, packed_zstd, sizeof(packed_zstd));
}

static void what_is_cut_is_damaged(void **state)
{
	(void)state;
	check_cuts(PACKED_ZSTD, packed_zstd, sizeof(packed_zstd));
}

static void what_is_changed_is_damaged(void **state)
{
	(void)state;
	check_changes(PACKED_ZSTD, packed_zstd, sizeof(packed_zstd), true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_is_right),
		cmocka_unit_test(what_is_cut_is_damaged),
		cmocka_unit_test(what_is_changed_is_damaged),
	};

	return cmocka_run_group_tests_name("unpack_zstd", tests, NULL, NULL);
}
