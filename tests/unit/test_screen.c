/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/screen.h"

static struct screen screen;

/* Returns all that a terminal is sent. */
static const char *drawn(void)
{
	static char all[100000];
	char buf[SCREEN_PIECE];
	struct text sum = TEXT(all), piece;
	bool more;

	do {
		piece = TEXT(buf);
		more = screen_draw(&screen, &piece);
		assert_false(piece.overflow);
		text_put(&sum, text_span(&piece));
	} while (more);
	assert_false(sum.overflow);
	return all;
}

static void test_an_empty_screen_is_cleared(void **state)
{
	(void)state;
	screen_open(&screen, 24, 80);
	assert_string_equal(drawn(), "\033[0m\033[2J\033[24;1H");
	assert_string_equal(drawn(), "\033[24;1H");
}

static void test_only_what_changed_is_drawn(void **state)
{
	(void)state;
	screen_open(&screen, 5, 20);
	screen_put(&screen, 2, 3, SCREEN_PLAIN, SPAN_LIT("abc def"));
	screen_move(&screen, 2, 10);
	assert_string_equal(drawn(),
			    "\033[0m\033[2J\033[2;3Habc def\033[2;10H");
	screen_clear(&screen);
	screen_put(&screen, 2, 3, SCREEN_PLAIN, SPAN_LIT("abX deY"));
	screen_put(&screen, 4, 1, SCREEN_PLAIN, SPAN_LIT("Z"));
	assert_string_equal(drawn(), "\033[2;5HX deY\033[4;1HZ\033[5;1H");
	screen_clear(&screen);
	assert_string_equal(drawn(), "\033[2;3H       \033[4;1H \033[5;1H");
}

static void test_attributes_change_where_they_do(void **state)
{
	(void)state;
	screen_open(&screen, 5, 20);
	drawn();
	screen_put(&screen, 1, 1, SCREEN_PLAIN, SPAN_LIT("a"));
	screen_put(&screen, 1, 2, SCREEN_REVERSE, SPAN_LIT("bb"));
	screen_put(&screen, 1, 4, SCREEN_BOLD | SCREEN_FAINT, SPAN_LIT("c"));
	assert_string_equal(drawn(), "\033[1;1Ha\033[0;7mbb\033[0;1;2mc\033[0m"
				     "\033[5;1H");
}

static void test_what_does_not_fit_is_cut(void **state)
{
	(void)state;
	screen_open(&screen, 3, 6);
	drawn();
	assert_int_equal(screen_put(&screen, 1, 4, SCREEN_PLAIN,
				    SPAN_LIT("12345")),
			 6);
	screen_put(&screen, 0, 1, SCREEN_PLAIN, SPAN_LIT("x"));
	screen_put(&screen, 4, 1, SCREEN_PLAIN, SPAN_LIT("x"));
	screen_put(&screen, 2, 0, SCREEN_PLAIN, SPAN_LIT("x"));
	screen_fill(&screen, 3, 1, SCREEN_PLAIN, '-', 1000);
	screen_move(&screen, 99, 99);
	assert_string_equal(drawn(), "\033[1;4H12\033[3;1H-----\033[3;5H");
}

static void test_bytes_are_made_printable(void **state)
{
	(void)state;
	screen_open(&screen, 3, 20);
	drawn();
	screen_put(&screen, 1, 1, SCREEN_PLAIN,
		   SPAN_LIT("a\033[2J\0\x9b\x7f~"));
	assert_string_equal(drawn(), "\033[1;1Ha?[2J???~\033[3;1H");
}

static void test_forgetting_draws_all_again(void **state)
{
	(void)state;
	screen_open(&screen, 3, 20);
	screen_put(&screen, 1, 1, SCREEN_PLAIN, SPAN_LIT("a"));
	drawn();
	screen_forget(&screen);
	assert_string_equal(drawn(), "\033[0m\033[2J\033[1;1Ha\033[3;1H");
}

static void test_large_terminals_are_used_in_part(void **state)
{
	(void)state;
	screen_open(&screen, 65535, 65535);
	assert_int_equal(screen.rows, SCREEN_ROWS);
	assert_int_equal(screen.columns, SCREEN_COLUMNS);
	for (unsigned x = 1; x <= SCREEN_COLUMNS; x++)
		screen_fill(&screen, 1, x, x & 7, 'x', 1);
	assert_true(strlen(drawn()) > SCREEN_COLUMNS * 5);
	screen_open(&screen, 50, 300);
	assert_int_equal(screen.columns, 299);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_empty_screen_is_cleared),
		cmocka_unit_test(test_only_what_changed_is_drawn),
		cmocka_unit_test(test_attributes_change_where_they_do),
		cmocka_unit_test(test_what_does_not_fit_is_cut),
		cmocka_unit_test(test_bytes_are_made_printable),
		cmocka_unit_test(test_forgetting_draws_all_again),
		cmocka_unit_test(test_large_terminals_are_used_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
