/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "base/span.h"

static void numbers_are_big_endian(void **state)
{
	struct span s = SPAN_LIT("\x01\x02\x03\x04\x05\x06\x07");
	uint32_t word;
	uint16_t half;
	uint8_t byte;

	(void)state;
	assert_true(span_get_be32(&s, &word));
	assert_true(span_get_be16(&s, &half));
	assert_true(span_get_u8(&s, &byte));
	assert_int_equal(word, 0x01020304);
	assert_int_equal(half, 0x0506);
	assert_int_equal(byte, 7);
	assert_int_equal(s.n, 0);
}

static void short_span_is_left_alone(void **state)
{
	struct span s = SPAN_LIT("abc");
	uint32_t word = 99;

	(void)state;
	assert_false(span_get_be32(&s, &word));
	assert_int_equal(s.n, 3);
	assert_int_equal(word, 99);
}

static void words_are_cut_at_blanks(void **state)
{
	struct span s = SPAN_LIT(" \t one\x01two  \r"), word;

	(void)state;
	span_get_word(&s, &word);
	assert_span(word, "one");
	span_get_word(&s, &word);
	assert_span(word, "two");
	span_get_word(&s, &word);
	assert_span(word, "");
}

static void number_stops_at_its_maximum(void **state)
{
	struct span s = SPAN_LIT("255x"), over = SPAN_LIT("256");
	struct span huge = SPAN_LIT("99999999999999999999999999"), none = { 0 };
	uint32_t v;

	(void)state;
	assert_true(span_get_number(&s, 255, &v));
	assert_int_equal(v, 255);
	assert_span(s, "x");
	assert_false(span_get_number(&over, 255, &v));
	assert_false(span_get_number(&huge, UINT32_MAX, &v));
	assert_false(span_get_number(&none, 255, &v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(short_span_is_left_alone),
		cmocka_unit_test(words_are_cut_at_blanks),
		cmocka_unit_test(number_stops_at_its_maximum),
	};

	return cmocka_run_group_tests_name("span", tests, NULL, NULL);
}
