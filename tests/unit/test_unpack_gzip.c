/* SPDX-License-Identifier: BSD-3-Clause */
#include "packed.h"

/* needs LWPXE_GZIP */
static void every_part_is_right(void **state)
{
	(void)state;
	check_whole(PACKED_GZIP, packed_gzip, sizeof(packed_gzip));
}

static void what_is_cut_is_damaged(void **state)
{
	(void)state;
	check_cuts(PACKED_GZIP, packed_gzip, sizeof(packed_gzip));
}

static void what_is_changed_is_damaged(void **state)
{
	(void)state;
	check_changes(PACKED_GZIP, packed_gzip, sizeof(packed_gzip), true);
}

/* needs LWPXE_GZIP */
static void header_may_have_all_there_is(void **state)
{
	static const uint8_t more[] = {
		0x1f, 0x8b, 8,   0x1e, 0,   0, 0,   0, 0, 3,
		2,    0,    'x', 'y',  'n', 0, 'c', 0, 1, 2,
	};
	uint8_t all[sizeof(more) + sizeof(packed_gzip) - 10];

	(void)state;
	memcpy(all, more, sizeof(more));
	memcpy(all + sizeof(more), packed_gzip + 10, sizeof(packed_gzip) - 10);
	check_whole(PACKED_GZIP, all, sizeof(all));
	check_cuts(PACKED_GZIP, all, sizeof(all));
}

/* needs LWPXE_GZIP */
static void what_follows_does_not_matter(void **state)
{
	uint8_t more[sizeof(packed_gzip) + 9] = { 0 };

	(void)state;
	memcpy(more, packed_gzip, sizeof(packed_gzip));
	check_whole(PACKED_GZIP, more, sizeof(more));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_is_right),
		cmocka_unit_test(what_is_cut_is_damaged),
		cmocka_unit_test(what_is_changed_is_damaged),
		cmocka_unit_test(header_may_have_all_there_is),
		cmocka_unit_test(what_follows_does_not_matter),
	};

	return cmocka_run_group_tests_name("unpack_gzip", tests, NULL, NULL);
}
