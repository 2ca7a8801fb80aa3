/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/key.h"
#include "menus.h"

static struct screen screen;
static const struct menuview_status idle = {
	.countdown = { (const uint8_t *)"Automatic boot", 14 },
};

static void start(unsigned rows, unsigned columns)
{
	make_menus();
	menuview_open(&view, &cfg, 0);
	screen_open(&screen, rows, columns);
}

/* Returns a row as text, without the blanks at its end. */
static const char *row(unsigned y)
{
	static char line[SCREEN_COLUMNS + 1];
	size_t n = screen.columns;

	for (size_t x = 0; x < n; x++)
		line[x] = (char)screen.cell[y - 1][x].c;
	while (n && line[n - 1] == ' ')
		n--;
	line[n] = '\0';
	return line;
}

/* Compares the screen's rows with lines that end in a newline. */
static void assert_screen(const char *expected)
{
	struct span rest = span_of(expected), line;

	for (unsigned y = 1; y <= screen.rows; y++) {
		assert_true(span_get_until(&rest, '\n', &line));
		assert_span(line, row(y));
	}
	assert_int_equal(rest.n, 0);
}

static void test_80_by_24(void **state)
{
	(void)state;
	start(24, 80);
	menuview_draw(&view, &screen, &idle);
	assert_screen(
		"          +----------------------------------------------------------+\n"
		"          |                        All of it                         |\n"
		"          +----------------------------------------------------------+\n"
		"          | A heading                                                |\n"
		"          |   The first                                              |\n"
		"          | plain                                                    |\n"
		"          |                                                          |\n"
		"          | Switched off                                             |\n"
		"          | More entries                                           > |\n"
		"          | Seven eleven                                             |\n"
		"          |                                                          |\n"
		"          |                                                          |\n"
		"          |                                                          |\n"
		"          |                                                          |\n"
		"          |                                                          |\n"
		"          +----------------------------------------------------------+\n"
		"\n"
		"                          Press [Tab] to edit options\n"
		"\n"
		"                                Automatic boot\n"
		"\n"
		"This is the first.\n"
		"[2JAnd? a second line.\n"
		"\n");
	assert_int_equal(screen.row, 24);
	assert_int_equal(screen.column, 1);
}

static void test_40_by_12(void **state)
{
	(void)state;
	start(12, 40);
	menuview_move(&view, KEY_END, 5);
	menuview_draw(&view, &screen, &idle);
	assert_screen("+-------------------------------------+\n"
		      "|              All of it              |\n"
		      "+-------------------------------------+\n"
		      "| plain                               |\n"
		      "|                                     #\n"
		      "| Switched off                        #\n"
		      "| More entries                      > #\n"
		      "| Seven eleven                        #\n"
		      "+-------------------------------------+\n"
		      "      Press [Tab] to edit options\n"
		      "            Automatic boot\n"
		      "\n");
}

static void test_300_by_50(void **state)
{
	(void)state;
	start(50, 300);
	menuview_draw(&view, &screen, &idle);
	assert_int_equal(strlen(row(1)), 200);
	assert_int_equal(strspn(row(1), " "), 100);
	assert_contains(row(6), "| plain ");
	assert_contains(row(16), "+---");
	assert_contains(row(20), "Automatic boot");
}

static void test_the_smallest_screen(void **state)
{
	(void)state;
	start(MENUVIEW_MIN_ROWS, MENUVIEW_MIN_COLUMNS);
	assert_int_equal(menuview_rows(&view, &screen), 3);
	cfg.entry[0].menu_label = SPAN_LIT("A very long heading^ indeed");
	cfg.entry[1].indent = 200;
	menuview_draw(&view, &screen, &idle);
	assert_string_equal(row(4), "| A very long hea #");
	assert_string_equal(row(5), "|                 #");
}

static uint8_t attributes(unsigned y, unsigned x)
{
	return screen.cell[y - 1][x - 1].attributes;
}

static void test_attributes(void **state)
{
	(void)state;
	start(24, 80);
	menuview_draw(&view, &screen, &idle);
	assert_int_equal(attributes(4, 13), SCREEN_FAINT);
	assert_int_equal(attributes(5, 12), SCREEN_REVERSE);
	assert_int_equal(attributes(5, 69), SCREEN_REVERSE);
	assert_int_equal(attributes(5, 19), SCREEN_REVERSE | SCREEN_BOLD);
	assert_int_equal(attributes(5, 11), SCREEN_PLAIN);
	assert_int_equal(attributes(5, 70), SCREEN_PLAIN);
	assert_int_equal(attributes(6, 13), SCREEN_PLAIN);
	assert_int_equal(attributes(10, 13), SCREEN_BOLD);
	assert_int_equal(attributes(10, 19), SCREEN_PLAIN);
}

static void test_editing(void **state)
{
	char buf[200];
	struct text line = TEXT(buf);
	struct lineedit e;
	struct menuview_status status = { .prompt = SPAN_LIT("> ") };

	(void)state;
	start(24, 80);
	text_puts(&line, "vmlinuz root=/dev/xvda1 \033 quiet");
	e = lineedit_over(&line);
	status.edit = &e;
	menuview_draw(&view, &screen, &status);
	assert_string_equal(row(18), "> vmlinuz root=/dev/xvda1 ? quiet");
	assert_string_equal(row(22), "");
	assert_int_equal(screen.row, 18);
	assert_int_equal(screen.column, 34);
	for (int i = 0; i < 100; i++)
		lineedit_key(&e, 'x');
	menuview_draw(&view, &screen, &status);
	assert_int_equal(strlen(row(18)), 78);
	assert_int_equal(screen.column, 79);
}

static void test_passwords_are_stars(void **state)
{
	char buf[20];
	struct text line = TEXT(buf);
	struct lineedit e;
	const struct menuview_status status = {
		.prompt = SPAN_LIT("Password required"),
		.edit = &e,
		.stars = true,
	};

	(void)state;
	start(24, 80);
	text_puts(&line, "secret");
	e = lineedit_over(&line);
	menuview_draw(&view, &screen, &status);
	assert_string_equal(
		row(11),
		"          "
		"+-Password required----------------------------------------+");
	assert_string_equal(
		row(12),
		"          "
		"| ******                                                   |");
	assert_int_equal(screen.row, 12);
	assert_int_equal(screen.column, 19);
}

static void test_what_tab_does_is_said_only_where_it_does(void **state)
{
	(void)state;
	start(24, 80);
	cfg.menu[0].message[MESSAGE_NOTABMSG] = SPAN_LIT("no Tab");
	cfg.menu[0].master_passwd = SPAN_LIT("");
	menuview_draw(&view, &screen, &idle);
	assert_contains(row(18), "no Tab");
	cfg.menu[0].master_passwd.p = NULL;
	cfg.menu[0].allowoptions = false;
	menuview_draw(&view, &screen, &idle);
	assert_contains(row(18), "no Tab");
}

static void test_the_scroll_bar_follows(void **state)
{
	(void)state;
	start(12, 40);
	for (unsigned i = 0; i < 93; i++)
		add(0, "more", "");
	menuview_open(&view, &cfg, 0);
	menuview_draw(&view, &screen, &idle);
	assert_int_equal(row(4)[38], '#');
	assert_int_equal(row(5)[38], '|');
	menuview_move(&view, KEY_END, 5);
	menuview_draw(&view, &screen, &idle);
	assert_int_equal(row(7)[38], '|');
	assert_int_equal(row(8)[38], '#');
	menuview_move(&view, KEY_HOME, 5);
	menuview_draw(&view, &screen, &idle);
	assert_contains(row(4), "A heading");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_80_by_24),
		cmocka_unit_test(test_40_by_12),
		cmocka_unit_test(test_300_by_50),
		cmocka_unit_test(test_the_smallest_screen),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_editing),
		cmocka_unit_test(test_passwords_are_stars),
		cmocka_unit_test(test_what_tab_does_is_said_only_where_it_does),
		cmocka_unit_test(test_the_scroll_bar_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
