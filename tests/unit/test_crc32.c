/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/crc32.h"

static void known_sums(void **state)
{
	(void)state;
	assert_int_equal(crc32_of((struct span){ NULL, 0 }), 0);
	assert_int_equal(crc32_of(SPAN_LIT("a")), 0xe8b7be43);
	assert_int_equal(crc32_of(SPAN_LIT("123456789")), 0xcbf43926);
	assert_int_equal(crc32_of(SPAN_LIT("\0\0\0\0")), 0x2144df1c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(known_sums) };

	return cmocka_run_group_tests_name("crc32", tests, NULL, NULL);
}
