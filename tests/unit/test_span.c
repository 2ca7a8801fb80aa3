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
	word = span_get_word(&s);
	assert_span(word, "one");
	word = span_get_word(&s);
	assert_span(word, "two");
	word = span_get_word(&s);
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

static void hexadecimal_digits_have_either_case(void **state)
{
	struct span s = SPAN_LIT("0aFg1");
	uint8_t v;

	(void)state;
	assert_true(span_get_hex_byte(&s, &v));
	assert_int_equal(v, 0x0a);
	assert_false(span_get_hex_byte(&s, &v));
	assert_span(s, "Fg1");
	assert_true(span_get_hex_digit(&s, &v));
	assert_int_equal(v, 15);
	assert_false(span_get_hex_digit(&s, &v));
	span_get_u8(&s, &v);
	assert_false(span_get_hex_byte(&s, &v));
	assert_span(s, "1");
}

static void pieces_end_at_a_byte_or_at_the_end(void **state)
{
	struct span s = SPAN_LIT("a,,b"), piece, nothing = { 0 };

	(void)state;
	assert_true(span_get_until(&s, ',', &piece));
	assert_span(piece, "a");
	assert_true(span_get_until(&s, ',', &piece));
	assert_span(piece, "");
	assert_false(span_get_until(&s, ',', &piece));
	assert_span(piece, "b");
	assert_int_equal(s.n, 0);
	assert_false(span_get_until(&nothing, ',', &piece));
	assert_span(piece, "");
}

static void strings_end_at_their_nul(void **state)
{
	(void)state;
	assert_span(span_cut_nul(SPAN_LIT("ab\0cd")), "ab");
	assert_span(span_cut_nul(SPAN_LIT("ab")), "ab");
	assert_span(span_cut_nul(SPAN_LIT("\0")), "");
	assert_span(span_cut_nul((struct span){ 0 }), "");
}

static void blanks_are_cut_at_one_end_only(void **state)
{
	(void)state;
	assert_span(span_skip_blanks(SPAN_LIT("\t a b ")), "a b ");
	assert_span(span_trim_end(SPAN_LIT("\t a b \r\n")), "\t a b");
	assert_span(span_skip_blanks(SPAN_LIT(" \t")), "");
	assert_span(span_trim_end(SPAN_LIT(" \t")), "");
}

static void comparison_folds_ascii_letters_only(void **state)
{
	(void)state;
	assert_true(span_eq(SPAN_LIT("ab"), SPAN_LIT("ab")));
	assert_false(span_eq(SPAN_LIT("ab"), SPAN_LIT("Ab")));
	assert_false(span_eq(SPAN_LIT("ab"), SPAN_LIT("abc")));
	assert_true(span_eq((struct span){ 0 }, SPAN_LIT("")));
	assert_true(span_eq_nocase(SPAN_LIT("aZ09"), SPAN_LIT("Az09")));
	/* These differ in the bit that tells the cases of letters apart. */
	assert_false(span_eq_nocase(SPAN_LIT("[@"), SPAN_LIT("{`")));
	assert_false(span_eq_nocase(SPAN_LIT("\xc4"), SPAN_LIT("\xe4")));
	assert_true(span_starts(SPAN_LIT("abc"), SPAN_LIT("ab")));
	assert_false(span_starts(SPAN_LIT("ab"), SPAN_LIT("abc")));
	assert_true(span_starts_nocase(SPAN_LIT("ABc"), SPAN_LIT("ab")));
	assert_true(span_ends_nocase(SPAN_LIT("x.C32"), SPAN_LIT(".c32")));
	assert_false(span_starts_nocase(SPAN_LIT("AB"), SPAN_LIT("abc")));
	assert_true(span_ends_nocase(SPAN_LIT(".C32"), SPAN_LIT(".c32")));
	assert_false(span_ends_nocase(SPAN_LIT("c32"), SPAN_LIT(".c32")));
}

static void first_of_several_is_found(void **state)
{
	(void)state;
	assert_int_equal(span_find(SPAN_LIT("aabab"), SPAN_LIT("ab")), 1);
	assert_int_equal(span_find(SPAN_LIT("ab"), SPAN_LIT("ab")), 0);
	assert_int_equal(span_find(SPAN_LIT("xxab"), SPAN_LIT("ab")), 2);
	assert_int_equal(span_find(SPAN_LIT("a"), SPAN_LIT("ab")), SIZE_MAX);
	assert_int_equal(span_find(SPAN_LIT("ba"), SPAN_LIT("ab")), SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_big_endian),
		cmocka_unit_test(short_span_is_left_alone),
		cmocka_unit_test(words_are_cut_at_blanks),
		cmocka_unit_test(number_stops_at_its_maximum),
		cmocka_unit_test(hexadecimal_digits_have_either_case),
		cmocka_unit_test(pieces_end_at_a_byte_or_at_the_end),
		cmocka_unit_test(strings_end_at_their_nul),
		cmocka_unit_test(blanks_are_cut_at_one_end_only),
		cmocka_unit_test(comparison_folds_ascii_letters_only),
		cmocka_unit_test(first_of_several_is_found),
	};

	return cmocka_run_group_tests_name("span", tests, NULL, NULL);
}
