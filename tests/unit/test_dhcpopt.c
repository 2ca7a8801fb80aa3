/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/dhcpopt.h"

#define NOTHING ((struct span){ 0 })

/* Finds option `code` in an options field alone. */
static bool get(struct span options, enum dhcpopt code, struct text *value)
{
	struct dhcpopt_areas a;

	dhcpopt_areas(&a, options, NOTHING, NOTHING);
	return dhcpopt_get(&a, code, value);
}

#define assert_option(options, code, expected) \
	do { \
		char buf_[64]; \
		struct text v_ = TEXT(buf_); \
		assert_true(get(SPAN_LIT(options), code, &v_)); \
		assert_span(text_span(&v_), expected); \
		assert_false(v_.overflow); \
	} while (0)

#define assert_absent(options, code) \
	do { \
		char buf_[64]; \
		struct text v_ = TEXT(buf_); \
		assert_false(get(SPAN_LIT(options), code, &v_)); \
		assert_int_equal(v_.n, 0); \
	} while (0)

static void options_are_found_by_their_code(void **state)
{
	(void)state;
	assert_option("\x42\3abc\x43\2de\xff", DHCPOPT_TFTP_NAME, "abc");
	assert_option("\x42\3abc\x43\2de\xff", DHCPOPT_BOOTFILE, "de");
	assert_absent("\x42\3abc\x43\2de\xff", DHCPOPT_CONFIG);
	assert_option("\xd2\0\xff", DHCPOPT_PREFIX, "");
	assert_absent("\xff", DHCPOPT_PREFIX);
	assert_absent("", DHCPOPT_PREFIX);
	/* A code inside another option's value is none. */
	assert_absent("\x0f\4\x42\2xx\xff", DHCPOPT_TFTP_NAME);
}

static void padding_has_no_length(void **state)
{
	(void)state;
	assert_option("\0\0\x42\3abc\0\0\x43\1d\0\xff", DHCPOPT_BOOTFILE, "d");
	assert_absent("\0\0\0", DHCPOPT_BOOTFILE);
}

static void nothing_is_read_behind_the_end(void **state)
{
	(void)state;
	assert_absent("\xff\x42\3abc", DHCPOPT_TFTP_NAME);
	assert_option("\x42\1a\xff\x42\1b", DHCPOPT_TFTP_NAME, "a");
	/* A missing end option is no error. */
	assert_option("\x42\3abc", DHCPOPT_TFTP_NAME, "abc");
}

/* In every prefix of an options field each option is there whole or not at
 * all, and no byte behind the prefix is read. */
static void every_prefix_of_an_area_is_read_safely(void **state)
{
	static const char whole[] = "\0\x35\1\2\x42\5abcde\0\xd1\3f/g\x36\4\1\2"
				    "\3\4\xff";
	static const struct {
		enum dhcpopt code;
		size_t end, size;
	} options[] = {
		{ DHCPOPT_TYPE, 4, 1 },
		{ DHCPOPT_TFTP_NAME, 11, 5 },
		{ DHCPOPT_CONFIG, 17, 3 },
		{ DHCPOPT_SERVER, 23, 4 },
	};

	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		uint8_t *copy = exact_copy(whole, n);
		struct span area = { copy, n };

		for (size_t i = 0; i < COUNT(options); i++) {
			char buf[16];
			struct text v = TEXT(buf);
			bool fits = n >= options[i].end;

			assert_int_equal(get(area, options[i].code, &v), fits);
			assert_int_equal(v.n, fits ? options[i].size : 0);
		}
		free(copy);
	}
}

/* The last option of an area, for every code and for lengths at the edges,
 * with all its bytes there, one missing, or one too many. */
static void last_option_may_lie_about_its_length(void **state)
{
	static const size_t lengths[] = { 0, 1, 254, 255 };
	uint8_t raw[2 + 256] = { 0 };
	char buf[300];
	size_t length;

	(void)state;
	for (unsigned code = 1; code < 255; code++)
		for (size_t i = 0; i < COUNT(lengths); i++)
			for (int more = -1; more <= 1; more++) {
				struct text v = TEXT(buf);
				uint8_t *copy;

				length = lengths[i];
				raw[0] = (uint8_t)code;
				raw[1] = (uint8_t)length;
				length += 2 + (size_t)more;
				copy = exact_copy(raw, length);
				assert_int_equal(get((struct span){ copy,
								    length },
						     (enum dhcpopt)code, &v),
						 more >= 0);
				assert_int_equal(v.n,
						 more >= 0 ? lengths[i] : 0);
				free(copy);
			}
}

#define FILE_OPTIONS SPAN_LIT("\x42\1f\x43\1F\xff")
#define SNAME_OPTIONS SPAN_LIT("\x42\1s\xff")

/* Builds the areas of a message whose options field is `options`, and joins
 * option 66, which is in all three. */
static struct dhcpopt_areas overloaded(struct span options, char *joined,
				       size_t cap)
{
	struct dhcpopt_areas a;
	struct text v = text_over(joined, cap);

	dhcpopt_areas(&a, options, FILE_OPTIONS, SNAME_OPTIONS);
	dhcpopt_get(&a, DHCPOPT_TFTP_NAME, &v);
	return a;
}

static void option_52_opens_the_other_fields(void **state)
{
	char joined[16];
	struct dhcpopt_areas a;

	(void)state;
	a = overloaded(SPAN_LIT("\x42\1o\xff"), joined, sizeof(joined));
	assert_string_equal(joined, "o");
	assert_false(a.file_overloaded || a.sname_overloaded);
	a = overloaded(SPAN_LIT("\x42\1o\x34\1\1\xff"), joined, sizeof(joined));
	assert_string_equal(joined, "of");
	assert_true(a.file_overloaded && !a.sname_overloaded);
	a = overloaded(SPAN_LIT("\x42\1o\x34\1\2\xff"), joined, sizeof(joined));
	assert_string_equal(joined, "os");
	assert_true(!a.file_overloaded && a.sname_overloaded);
	a = overloaded(SPAN_LIT("\x34\1\3\x42\1o\xff"), joined, sizeof(joined));
	assert_string_equal(joined, "ofs");
	assert_true(a.file_overloaded && a.sname_overloaded);
}

static void malformed_option_52_opens_nothing(void **state)
{
	char joined[16];
	struct dhcpopt_areas a;

	(void)state;
	a = overloaded(SPAN_LIT("\x34\0\x42\1o\xff"), joined, sizeof(joined));
	assert_int_equal(a.n, 1);
	a = overloaded(SPAN_LIT("\x34\2\0\3\x42\1o\xff"), joined,
		       sizeof(joined));
	assert_int_equal(a.n, 1);
	/* Twice is one option of two bytes, by RFC 3396. */
	a = overloaded(SPAN_LIT("\x34\1\1\x34\1\2\xff"), joined,
		       sizeof(joined));
	assert_int_equal(a.n, 1);
	a = overloaded(SPAN_LIT("\x34\1\0\x42\1o\xff"), joined, sizeof(joined));
	assert_int_equal(a.n, 1);
}

static void option_52_counts_in_the_options_field_only(void **state)
{
	struct dhcpopt_areas a;

	(void)state;
	dhcpopt_areas(&a, SPAN_LIT("\x34\1\1\xff"), SPAN_LIT("\x34\1\2\xff"),
		      SNAME_OPTIONS);
	assert_int_equal(a.n, 2);
	assert_false(a.sname_overloaded);
}

static void pieces_are_joined_in_their_order(void **state)
{
	struct dhcpopt_areas a;
	char joined[32];
	struct text v = TEXT(joined);

	(void)state;
	dhcpopt_areas(&a, SPAN_LIT("\x34\1\3\xd1\3one\x0f\1x\xd1\3two\xff"),
		      SPAN_LIT("\xd1\5three\xff"), SPAN_LIT("\0\xd1\4four"));
	assert_true(dhcpopt_get(&a, DHCPOPT_CONFIG, &v));
	assert_string_equal(joined, "onetwothreefour");
}

static void option_longer_than_its_room_overflows(void **state)
{
	char four[4], five[5];
	struct text v = TEXT(four), w = TEXT(five);

	(void)state;
	assert_true(get(SPAN_LIT("\x42\4abcd\xff"), DHCPOPT_TFTP_NAME, &v));
	assert_true(v.overflow);
	assert_true(get(SPAN_LIT("\x42\4abcd\xff"), DHCPOPT_TFTP_NAME, &w));
	assert_false(w.overflow);
}

static void numbers_have_one_length(void **state)
{
	static const char field[] = "\1\1a\2\2bc\3\3def\4\4ghij\5\5klmno\6\0";
	struct dhcpopt_areas a;
	uint8_t byte = 7;
	uint16_t half = 7;
	uint32_t word = 7;

	(void)state;
	dhcpopt_areas(&a, SPAN_LIT(field), NOTHING, NOTHING);
	/* In this field option N has N bytes, 6 has none, 7 is absent. */
	for (unsigned code = 1; code <= 7; code++) {
		assert_int_equal(dhcpopt_get_u8(&a, (enum dhcpopt)code, &byte),
				 code == 1);
		assert_int_equal(dhcpopt_get_be16(&a, (enum dhcpopt)code,
						  &half),
				 code == 2);
		assert_int_equal(dhcpopt_get_be32(&a, (enum dhcpopt)code,
						  &word),
				 code == 4);
	}
	assert_int_equal(byte, 'a');
	assert_int_equal(half, 'b' << 8 | 'c');
	assert_int_equal(word, 0x6768696a);
}

/* ...however many pieces they come in. */
static void pieces_of_a_number_are_joined_first(void **state)
{
	struct dhcpopt_areas a;
	uint32_t word = 7;

	(void)state;
	dhcpopt_areas(&a, SPAN_LIT("\1\2ab\2\5xxxxx\1\2cd\2\4abcd"), NOTHING,
		      NOTHING);
	assert_true(dhcpopt_get_be32(&a, (enum dhcpopt)1, &word));
	assert_int_equal(word, 0x61626364);
	assert_false(dhcpopt_get_be32(&a, (enum dhcpopt)2, &word));
	assert_int_equal(word, 0x61626364);
}

static uint32_t first_address(struct span options)
{
	struct dhcpopt_areas a;

	dhcpopt_areas(&a, options, NOTHING, NOTHING);
	return dhcpopt_get_ip4(&a, DHCPOPT_DNS);
}

static void first_of_a_list_of_addresses_is_taken(void **state)
{
	(void)state;
	assert_int_equal(first_address(SPAN_LIT("\6\4\1\2\3\4\xff")),
			 0x01020304);
	assert_int_equal(first_address(SPAN_LIT("\6\10\1\2\3\4\5\6\7\10\xff")),
			 0x01020304);
	assert_int_equal(first_address(SPAN_LIT("\6\2\1\2\6\2\3\4\xff")),
			 0x01020304);
	assert_int_equal(first_address(SPAN_LIT("\6\0\xff")), 0);
	assert_int_equal(first_address(SPAN_LIT("\xff")), 0);
	/* What is no list of addresses: GRUB's sites put text into 150. */
	assert_int_equal(first_address(SPAN_LIT("\6\5\1\2\3\4\5\xff")), 0);
	assert_int_equal(first_address(SPAN_LIT("\6\3\1\2\3\xff")), 0);
}

/* A list of 64 has to be cut after 255 bytes, inside its last address. */
static void list_in_two_pieces_has_a_first_address(void **state)
{
	uint8_t field[2 + 255 + 2 + 1] = { DHCPOPT_DNS, 255, 1, 2, 3, 4 };

	(void)state;
	field[257] = DHCPOPT_DNS;
	field[258] = 1;
	assert_int_equal(first_address((struct span){ field, sizeof(field) }),
			 0x01020304);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_found_by_their_code),
		cmocka_unit_test(padding_has_no_length),
		cmocka_unit_test(nothing_is_read_behind_the_end),
		cmocka_unit_test(every_prefix_of_an_area_is_read_safely),
		cmocka_unit_test(last_option_may_lie_about_its_length),
		cmocka_unit_test(option_52_opens_the_other_fields),
		cmocka_unit_test(malformed_option_52_opens_nothing),
		cmocka_unit_test(option_52_counts_in_the_options_field_only),
		cmocka_unit_test(pieces_are_joined_in_their_order),
		cmocka_unit_test(option_longer_than_its_room_overflows),
		cmocka_unit_test(numbers_have_one_length),
		cmocka_unit_test(pieces_of_a_number_are_joined_first),
		cmocka_unit_test(first_of_a_list_of_addresses_is_taken),
		cmocka_unit_test(list_in_two_pieces_has_a_first_address),
	};

	return cmocka_run_group_tests_name("dhcpopt", tests, NULL, NULL);
}
