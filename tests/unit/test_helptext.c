/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/helptext.h"

static struct span file;
static char buf[11];

static const char *next(void)
{
	struct text line = TEXT(buf);

	return helptext_line(&file, 10, &line) ? buf : NULL;
}

static void test_lines(void **state)
{
	(void)state;
	file = SPAN_LIT("one\r\n\ntwo");
	assert_string_equal(next(), "one");
	assert_string_equal(next(), "");
	assert_string_equal(next(), "two");
	assert_null(next());
	file = (struct span){ 0 };
	assert_null(next());
}

static void test_long_lines_are_broken(void **state)
{
	(void)state;
	file = SPAN_LIT("0123456789\nabc\n0123456789abc\n");
	assert_string_equal(next(), "0123456789");
	assert_string_equal(next(), "abc");
	assert_string_equal(next(), "0123456789");
	assert_string_equal(next(), "abc");
	assert_null(next());
}

static void test_control_characters_mean_nothing(void **state)
{
	(void)state;
	file = SPAN_LIT("\f\x0f"
			"07a\x0f"
			"1fb\x18"
			"logo.lss\nc\td\033\x9b\n"
			"x\x1a"
			"never");
	assert_string_equal(next(), "abc d?");
	assert_string_equal(next(), "x");
	assert_null(next());
}

static void test_control_characters_may_be_cut_off(void **state)
{
	(void)state;
	file = SPAN_LIT("a\x0f"
			"0");
	assert_string_equal(next(), "a");
	assert_null(next());
	file = SPAN_LIT("a\x18no end");
	assert_string_equal(next(), "a");
	assert_null(next());
	file = SPAN_LIT("\x1a");
	assert_null(next());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_lines_are_broken),
		cmocka_unit_test(test_control_characters_mean_nothing),
		cmocka_unit_test(test_control_characters_may_be_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
