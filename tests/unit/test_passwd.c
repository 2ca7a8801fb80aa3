/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/passwd.h"

static void test_plain_passwords(void **state)
{
	(void)state;
	assert_true(passwd_matches(SPAN_LIT("secret"), SPAN_LIT("secret")));
	assert_false(passwd_matches(SPAN_LIT("secret"), SPAN_LIT("Secret")));
	assert_false(passwd_matches(SPAN_LIT("secret"), SPAN_LIT("secre")));
	assert_true(passwd_matches(SPAN_LIT("$ 1"), SPAN_LIT("$ 1")));
	assert_true(passwd_known(SPAN_LIT("$ 1")));
	assert_true(passwd_known(SPAN_LIT("")));
}

static void test_hashes_are_never_taken_for_plain(void **state)
{
	(void)state;
	assert_true(passwd_is_hashed(SPAN_LIT("$9$")));
	assert_false(passwd_matches(SPAN_LIT("$9$a$b"), SPAN_LIT("$9$a$b")));
	assert_false(passwd_known(SPAN_LIT("$9$a$b")));
	assert_true(passwd_known(SPAN_LIT("$5$a$b")));
	assert_true(
		passwd_matches(SPAN_LIT("$4$abcd$7olcT80A8CUHg14OlVREG9iIg4g"),
			       SPAN_LIT("secret")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_passwords),
		cmocka_unit_test(test_hashes_are_never_taken_for_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
