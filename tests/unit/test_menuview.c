/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/key.h"
#include "menus.h"

static int start(void **state)
{
	(void)state;
	make_menus();
	menuview_open(&view, &cfg, 0);
	return 0;
}

static uint16_t after(int key)
{
	assert_true(menuview_move(&view, key, 3));
	return menuview_chosen(&view);
}

static void test_the_bar_starts_on_the_default(void **state)
{
	(void)state;
	assert_int_equal(menuview_chosen(&view), 1);
	cfg.menu[0].default_entry = 6;
	menuview_open(&view, &cfg, 0);
	assert_int_equal(menuview_chosen(&view), 6);
	menuview_open(&view, &cfg, 1);
	assert_int_equal(menuview_chosen(&view), 7);
}

static void test_a_default_that_is_off_is_passed_over(void **state)
{
	(void)state;
	cfg.menu[0].default_entry = 3;
	menuview_open(&view, &cfg, 0);
	assert_int_equal(menuview_chosen(&view), 5);
}

static void test_the_bar_passes_over_what_is_off(void **state)
{
	(void)state;
	assert_int_equal(after(KEY_DOWN), 2);
	assert_int_equal(after(KEY_CTRL('N')), 5);
	assert_int_equal(after('+'), 6);
	assert_int_equal(after(KEY_DOWN), 6);
	assert_int_equal(after(KEY_UP), 5);
	assert_int_equal(after(KEY_CTRL('P')), 2);
	assert_int_equal(after('-'), 1);
	assert_int_equal(after(KEY_UP), 1);
}

static void test_pages_and_ends(void **state)
{
	static const int on[] = { KEY_PAGE_DOWN, KEY_RIGHT, KEY_CTRL('F'), '>',
				  ' ' };
	static const int back[] = { KEY_PAGE_UP, KEY_LEFT, KEY_CTRL('B'), '<' };

	(void)state;
	assert_int_equal(after(KEY_PAGE_DOWN), 5);
	for (size_t i = 0; i < COUNT(on); i++)
		assert_int_equal(after(on[i]), 6);
	assert_int_equal(after(KEY_PAGE_UP), 2);
	for (size_t i = 0; i < COUNT(back); i++)
		assert_int_equal(after(back[i]), 1);
	assert_int_equal(after(KEY_END), 6);
	assert_int_equal(after(KEY_HOME), 1);
	assert_int_equal(after(KEY_CTRL('E')), 6);
	assert_int_equal(after(KEY_CTRL('A')), 1);
}

static void test_other_keys_move_nothing(void **state)
{
	(void)state;
	assert_false(menuview_move(&view, KEY_ENTER, 3));
	assert_false(menuview_move(&view, 'x', 3));
	assert_false(menuview_move(&view, KEY_F1, 3));
	assert_int_equal(menuview_chosen(&view), 1);
}

static void test_hot_keys(void **state)
{
	(void)state;
	assert_int_equal(menuview_hotkey(&view, 'f'), 1);
	assert_int_equal(menuview_hotkey(&view, 'F'), 1);
	assert_int_equal(menuview_hotkey(&view, 'e'), 5);
	assert_int_equal(menuview_hotkey(&view, 's'), 6);
	assert_int_equal(menuview_hotkey(&view, 'p'), BOOTCFG_NONE);
	assert_int_equal(menuview_hotkey(&view, 'b'), BOOTCFG_NONE);
	assert_int_equal(menuview_hotkey(&view, KEY_F1), BOOTCFG_NONE);
	assert_int_equal(menuview_hotkey(&view, KEY_NONE), BOOTCFG_NONE);
	cfg.entry[6].menu_label = SPAN_LIT("end^");
	assert_int_equal(menuview_hotkey(&view, 's'), BOOTCFG_NONE);
}

static void test_menus_without_entries(void **state)
{
	(void)state;
	bootcfg_init(&cfg);
	menuview_open(&view, &cfg, 0);
	assert_int_equal(after(KEY_DOWN), BOOTCFG_NONE);
	assert_int_equal(after(KEY_END), BOOTCFG_NONE);
	add_separator(0);
	add_separator(0);
	menuview_open(&view, &cfg, 0);
	assert_int_equal(after(KEY_DOWN), BOOTCFG_NONE);
	assert_int_equal(after(KEY_UP), BOOTCFG_NONE);
}

static void test_names(void **state)
{
	(void)state;
	assert_span(menuview_label(&cfg.entry[1]), "The ^first");
	assert_span(menuview_label(&cfg.entry[2]), "plain");
	assert_span(menuview_label(&cfg.entry[3]), "");
	assert_span(menuview_title(&cfg, 0), "All of it");
	assert_span(menuview_title(&cfg, 1), "More ^entries");
	cfg.menu[0].title.n = 0;
	assert_span(menuview_title(&cfg, 0), "Boot menu");
}

static void test_labels_as_text(void **state)
{
	char buf[32];
	struct text t = TEXT(buf);

	(void)state;
	menuview_put_label(&t, SPAN_LIT("a^b\033\xff^^c"), 5);
	assert_string_equal(buf, "ab??c");
	text_reset(&t);
	menuview_put_label(&t, SPAN_LIT("^abc"), 2);
	assert_string_equal(buf, "ab");
}

static const char *countdown(const char *text, unsigned seconds)
{
	static char buf[64];
	struct text t = TEXT(buf);

	menuview_put_countdown(&t, span_of(text), seconds);
	return buf;
}

static void test_countdowns(void **state)
{
	static const char usual[] = "Automatic boot in # second{,s}...";

	(void)state;
	assert_span(menuview_message(&cfg.menu[0], MESSAGE_AUTOBOOT), usual);
	assert_string_equal(countdown(usual, 1),
			    "Automatic boot in 1 second...");
	assert_string_equal(countdown(usual, 90),
			    "Automatic boot in 90 seconds...");
	assert_string_equal(countdown("{a,b,c}", 1), "a");
	assert_string_equal(countdown("{a,b,c}", 2), "b");
	assert_string_equal(countdown("{a,b,c}", 3), "c");
	assert_string_equal(countdown("{a,b,c,d}", 3), "c");
	assert_string_equal(countdown("{a}#", 2), "a2");
	assert_string_equal(countdown("{s,}", 2), "");
	assert_string_equal(countdown("{}x{,y", 5), "xy");
	assert_string_equal(countdown("##\033{\n,\x9b}", 5), "55??");
}

static void test_the_author_may_replace_messages(void **state)
{
	(void)state;
	cfg.menu[0].message[MESSAGE_NOTABMSG] = SPAN_LIT("no editing");
	cfg.menu[0].message[MESSAGE_TABMSG] = SPAN_LIT("");
	assert_span(menuview_message(&cfg.menu[0], MESSAGE_NOTABMSG),
		    "no editing");
	assert_span(menuview_message(&cfg.menu[0], MESSAGE_TABMSG), "");
	assert_span(menuview_message(&cfg.menu[0], MESSAGE_PASSPROMPT),
		    "Password required");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_the_bar_starts_on_the_default,
				       start),
		cmocka_unit_test_setup(
			test_a_default_that_is_off_is_passed_over, start),
		cmocka_unit_test_setup(test_the_bar_passes_over_what_is_off,
				       start),
		cmocka_unit_test_setup(test_pages_and_ends, start),
		cmocka_unit_test_setup(test_other_keys_move_nothing, start),
		cmocka_unit_test_setup(test_hot_keys, start),
		cmocka_unit_test_setup(test_menus_without_entries, start),
		cmocka_unit_test_setup(test_names, start),
		cmocka_unit_test_setup(test_labels_as_text, start),
		cmocka_unit_test_setup(test_countdowns, start),
		cmocka_unit_test_setup(test_the_author_may_replace_messages,
				       start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
