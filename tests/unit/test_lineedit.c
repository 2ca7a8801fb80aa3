/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/key.h"
#include "format/lineedit.h"

static char buf[12];
static struct text line;
static struct lineedit edit;

static int start(void **state)
{
	(void)state;
	line = TEXT(buf);
	text_puts(&line, "one two");
	edit = lineedit_over(&line);
	return 0;
}

static void press(int key)
{
	assert_true(lineedit_key(&edit, key));
	assert_true(edit.at <= line.n && line.n < line.cap);
	assert_int_equal(line.p[line.n], 0);
}

static void test_typing(void **state)
{
	(void)state;
	press('!');
	press(KEY_HOME);
	press('>');
	press(0xe4);
	assert_string_equal(buf, ">\xe4one two!");
	press('x');
	press('y');
	assert_string_equal(buf, ">\xe4xone two!");
}

static void test_moving(void **state)
{
	(void)state;
	press(KEY_LEFT);
	press(KEY_CTRL('B'));
	assert_int_equal(edit.at, 5);
	press(KEY_RIGHT);
	press(KEY_CTRL('F'));
	press(KEY_RIGHT);
	assert_int_equal(edit.at, 7);
	press(KEY_CTRL('A'));
	press(KEY_LEFT);
	assert_int_equal(edit.at, 0);
	press(KEY_CTRL('E'));
	assert_int_equal(edit.at, 7);
	press(KEY_HOME);
	press(KEY_END);
	assert_int_equal(edit.at, 7);
}

static void test_deleting(void **state)
{
	(void)state;
	press(KEY_DELETE);
	press(KEY_BACKSPACE);
	assert_string_equal(buf, "one tw");
	press(KEY_HOME);
	press(KEY_BACKSPACE);
	press(KEY_DELETE);
	press(KEY_CTRL('D'));
	assert_string_equal(buf, "e tw");
	press(KEY_RIGHT);
	press(KEY_CTRL('K'));
	assert_string_equal(buf, "e");
	press(KEY_CTRL('U'));
	assert_string_equal(buf, "");
}

static void test_deleting_words(void **state)
{
	(void)state;
	press(' ');
	press(KEY_CTRL('W'));
	assert_string_equal(buf, "one ");
	press(KEY_CTRL('W'));
	press(KEY_CTRL('W'));
	assert_string_equal(buf, "");
}

static void test_other_keys_are_the_callers(void **state)
{
	static const int others[] = { KEY_ENTER,    KEY_ESC, KEY_TAB,
				      KEY_F1,       KEY_UP,  KEY_PAGE_DOWN,
				      KEY_CTRL('C') };

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(lineedit_key(&edit, others[i]));
	assert_string_equal(buf, "one two");
}

static void test_insertion_fits_or_is_dropped(void **state)
{
	(void)state;
	press(KEY_HOME);
	lineedit_insert(&edit, SPAN_LIT("12345"));
	lineedit_insert(&edit, (struct span){ 0 });
	assert_string_equal(buf, "one two");
	lineedit_insert(&edit, SPAN_LIT("1234"));
	assert_string_equal(buf, "1234one two");
	assert_int_equal(edit.at, 4);
	assert_false(line.overflow);
}

static void test_the_window_holds_the_cursor(void **state)
{
	size_t cursor;

	(void)state;
	assert_span(lineedit_window(&edit, 8, &cursor), "one two");
	assert_int_equal(cursor, 7);
	assert_span(lineedit_window(&edit, 7, &cursor), "ne two");
	assert_int_equal(cursor, 6);
	press(KEY_HOME);
	assert_span(lineedit_window(&edit, 3, &cursor), "one");
	assert_int_equal(cursor, 0);
	assert_span(lineedit_window(&edit, 1, &cursor), "o");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_typing, start),
		cmocka_unit_test_setup(test_moving, start),
		cmocka_unit_test_setup(test_deleting, start),
		cmocka_unit_test_setup(test_deleting_words, start),
		cmocka_unit_test_setup(test_other_keys_are_the_callers, start),
		cmocka_unit_test_setup(test_insertion_fits_or_is_dropped,
				       start),
		cmocka_unit_test_setup(test_the_window_holds_the_cursor, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
