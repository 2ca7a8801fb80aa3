/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/cpio.h"

static void empty_archive_is_a_trailer_and_zeros(void **state)
{
	static const char trailer[] =
		"070701" "00000000" "00000000" "00000000" "00000000"
		"00000001" "00000000" "00000000" "00000000" "00000000"
		"00000000" "00000000" "0000000b" "00000000" "TRAILER!!!";
	char buf[CPIO_EMPTY_SIZE + 1];
	struct text t = TEXT(buf);

	(void)state;
	cpio_put_empty(&t);
	assert_false(t.overflow);
	assert_int_equal(t.n, CPIO_EMPTY_SIZE);
	/* Its own NUL ends the name. */
	assert_memory_equal(buf, trailer, sizeof(trailer));
	for (size_t i = sizeof(trailer); i < CPIO_EMPTY_SIZE; i++)
		assert_int_equal(buf[i], 0);
}

/* Where it stands does not change it. */
static void archive_is_appended(void **state)
{
	char first[CPIO_EMPTY_SIZE + 1], second[CPIO_EMPTY_SIZE + 4];
	struct text a = TEXT(first), b = TEXT(second);

	(void)state;
	cpio_put_empty(&a);
	text_puts(&b, "abc");
	cpio_put_empty(&b);
	assert_false(b.overflow);
	assert_int_equal(b.n, 3 + CPIO_EMPTY_SIZE);
	assert_memory_equal(second + 3, first, CPIO_EMPTY_SIZE);
}

static void short_buffer_overflows(void **state)
{
	(void)state;
	for (size_t cap = 1; cap <= CPIO_EMPTY_SIZE; cap++) {
		char *p = malloc(cap);
		struct text t = text_over(p, cap);

		cpio_put_empty(&t);
		assert_true(t.overflow);
		assert_true(t.n < cap);
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_archive_is_a_trailer_and_zeros),
		cmocka_unit_test(archive_is_appended),
		cmocka_unit_test(short_buffer_overflows),
	};

	return cmocka_run_group_tests_name("cpio", tests, NULL, NULL);
}
