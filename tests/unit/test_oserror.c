/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include <errno.h>

#include "base/oserror.h"

static void errors_that_admins_meet_have_words(void **state)
{
	(void)state;
	assert_string_equal(OSERROR_SHOW(EPERM), "operation not permitted");
	assert_string_equal(OSERROR_SHOW(ENOSPC), "the disk is full");
	assert_string_equal(OSERROR_SHOW(ENOENT), "no such file or directory");
	assert_string_equal(OSERROR_SHOW(ENOEXEC), "not for this machine");
}

static void others_are_numbers(void **state)
{
	(void)state;
	assert_string_equal(OSERROR_SHOW(0), "error 0");
	assert_string_equal(OSERROR_SHOW(EXDEV), "error 18");
	assert_string_equal(OSERROR_SHOW(9999), "error 9999");
}

/* A number that has words by chance of its low byte would be a lie. */
static void every_number_has_one_meaning(void **state)
{
	(void)state;
	for (int e = 0; e < 1000; e++) {
		const char *shown = oserror_show(e);

		assert_true(strlen(shown) > 0);
		assert_true(strlen(shown) < 27);
		if (e > 255)
			assert_memory_equal(shown, "error ", 6);
	}
}

static void words_live_until_the_statement_ends(void **state)
{
	char both[64];

	(void)state;
	strcpy(both, OSERROR_SHOW(EIO));
	assert_string_equal(both, "input/output error");
	assert_string_not_equal(OSERROR_SHOW(EIO), OSERROR_SHOW(EBUSY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_that_admins_meet_have_words),
		cmocka_unit_test(others_are_numbers),
		cmocka_unit_test(every_number_has_one_meaning),
		cmocka_unit_test(words_live_until_the_statement_ends),
	};

	return cmocka_run_group_tests_name("oserror", tests, NULL, NULL);
}
