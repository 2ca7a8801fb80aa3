/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/word.h"

static const char words[] = "one\0two\0";

static size_t take(const char *line, const char *rest)
{
	struct span s = span_of(line);
	size_t word = word_take(&s, words);

	assert_span(s, rest);
	return word;
}

static void words_are_whole_and_in_any_case(void **state)
{
	(void)state;
	assert_int_equal(take("one", ""), 0);
	assert_int_equal(take("  tWo\t x y ", "x y "), 1);
	assert_int_equal(take("", ""), 2);
	assert_int_equal(take("on e", "e"), 2);
	assert_int_equal(take("onetwo x", "x"), 2);
}

static void words_are_counted_from_0(void **state)
{
	(void)state;
	assert_string_equal(word_nth(words, 0), "one");
	assert_string_equal(word_nth(words, 1), "two");
	assert_string_equal(word_nth(words, 2), "");
	assert_string_equal(word_nth(words, 3), "");
	assert_string_equal(word_nth("", 0), "");
}

static uint32_t number(const char *s, uint32_t base)
{
	return word_number(span_of(s), base);
}

static void numbers_are_read_as_far_as_they_go(void **state)
{
	(void)state;
	assert_int_equal(number("", 10), 0);
	assert_int_equal(number("x", 10), 0);
	assert_int_equal(number("100 #", 10), 100);
	assert_int_equal(number("+7x", 10), 7);
	assert_int_equal(number("0x10", 10), 0);
	assert_int_equal(number("010", 10), 10);
	assert_int_equal(number("0x1F", 0), 31);
	assert_int_equal(number("0X", 0), 0);
	assert_int_equal(number("010", 0), 8);
	assert_int_equal(number("08", 0), 0);
	assert_int_equal(number("12", 0), 12);
	assert_int_equal(number("zZ", 36), 35 * 36 + 35);
}

static void numbers_that_do_not_fit_are_the_largest(void **state)
{
	(void)state;
	assert_int_equal(number("4294967295", 10), UINT32_MAX);
	assert_int_equal(number("4294967296", 10), UINT32_MAX);
	assert_int_equal(number("99999999999999999999999999", 10), UINT32_MAX);
	assert_int_equal(number("-1", 10), UINT32_MAX);
	assert_int_equal(number("-", 0), 0);
	assert_int_equal(number("-0x2", 0), UINT32_MAX - 1);
}

static void beginning_is_compared_as_asked(void **state)
{
	static const char two[] = "one=\0two\0";

	(void)state;
	assert_true(word_begins(SPAN_LIT("one=1"), two, false));
	assert_true(word_begins(SPAN_LIT("two"), two, false));
	assert_false(word_begins(SPAN_LIT("Two"), two, false));
	assert_true(word_begins(SPAN_LIT("Two"), two, true));
	assert_false(word_begins(SPAN_LIT("one"), two, true));
	assert_false(word_begins(SPAN_LIT(""), two, false));
	assert_false(word_begins(SPAN_LIT("one"), "", false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_whole_and_in_any_case),
		cmocka_unit_test(words_are_counted_from_0),
		cmocka_unit_test(numbers_are_read_as_far_as_they_go),
		cmocka_unit_test(numbers_that_do_not_fit_are_the_largest),
		cmocka_unit_test(beginning_is_compared_as_asked),
	};

	return cmocka_run_group_tests_name("word", tests, NULL, NULL);
}
