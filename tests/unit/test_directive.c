/* SPDX-License-Identifier: BSD-3-Clause */
#include "read_config.h"

/* What boots is in tests/golden; here is what else the lines set. */

static void settings_have_pxelinux_defaults(void **state)
{
	(void)state;
	read_config("");
	assert_true(cfg.implicit && cfg.allowoptions);
	assert_true(cfg.menu[0].allowoptions);
	assert_false(cfg.prompt || cfg.noescape || cfg.nocomplete ||
		     cfg.shiftkey || cfg.hidden);
	assert_int_equal(cfg.timeout, 0);
	assert_int_equal(cfg.totaltimeout, 0);
	assert_int_equal(cfg.pxeretry, 0);
	assert_int_equal(cfg.onerror.n, 0);
	assert_int_equal(cfg.display.n, 0);
}

static void settings_are_kept(void **state)
{
	(void)state;
	read_config("TIMEOUT 50 #\nTOTALTIMEOUT 600\nPXERETRY 3\n"
		    "NOESCAPE 1\nNOCOMPLETE 2\nALLOWOPTIONS 0\nIMPLICIT 0\n"
		    "PROMPT 1\nONERROR x  y \nDISPLAY a.txt b\n");
	assert_int_equal(cfg.timeout, 50);
	assert_int_equal(cfg.menu[0].timeout, 50);
	assert_int_equal(cfg.totaltimeout, 600);
	assert_int_equal(cfg.pxeretry, 3);
	assert_true(cfg.noescape && cfg.nocomplete && cfg.prompt);
	assert_false(cfg.allowoptions || cfg.implicit);
	assert_false(cfg.menu[0].allowoptions);
	assert_span(cfg.onerror, "x  y ");
	assert_int_equal(cfg.menu[0].onerror.n, 0);
	assert_span(cfg.display, "a.txt");
}

static void settings_inside_a_label_are_for_all(void **state)
{
	(void)state;
	read_config("LABEL a\nTIMEOUT 7\nDEFAULT b\nKERNEL k\n");
	assert_int_equal(cfg.timeout, 7);
	assert_span(cfg.default_value, "b");
	assert_span(cfg.entry[0].kernel, "k");
}

/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void submenus_begin_with_what_is_above(void **state)
{
	(void)state;
	read_config("TIMEOUT 5\nF1 help\nALLOWOPTIONS 0\n"
		    "MENU BEGIN m\nTIMEOUT 6\nF2 more\nMENU END\n"
		    "TIMEOUT 7\nF1 other\n");
	assert_int_equal(cfg.menu[0].timeout, 7);
	assert_int_equal(cfg.menu[1].timeout, 6);
	assert_false(cfg.menu[1].allowoptions);
	assert_span(cfg.menu[1].fkey[0], "help");
	assert_span(cfg.menu[1].fkey[1], "more");
	assert_span(cfg.menu[0].fkey[0], "other");
	assert_int_equal(cfg.menu[0].fkey[1].n, 0);
	/* The prompt has them all. */
	assert_span(cfg.fkey[0], "other");
	assert_span(cfg.fkey[1], "more");
}

/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void function_keys_have_help_files(void **state)
{
	(void)state;
	read_config("F1 a background\nf12 l\nF0 ten\nF13 x\nF 3 x\nF1x y\n");
	assert_span(cfg.fkey[0], "a");
	assert_span(cfg.fkey[11], "l");
	assert_span(cfg.fkey[9], "ten");
	read_config("F0 a\nF10 b\nF1 c\nF1\n");
	assert_span(cfg.fkey[9], "b");
	assert_int_equal(cfg.fkey[0].n, 0);
}

/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void help_is_the_lines_of_text_help(void **state)
{
	(void)state;
	read_config("LABEL a\nTEXT HELP\n one\r\n\n\ttwo\nLABEL b\nendtexts\n"
		    " EndText x\nKERNEL k\n");
	assert_int_equal(cfg.entries, 1);
	assert_span(cfg.entry[0].help, " one\r\n\n\ttwo\nLABEL b\nendtexts\n");
	assert_span(cfg.entry[0].kernel, "k");
}

static void other_text_is_no_help(void **state)
{
	(void)state;
	read_config("TEXT HELP\nx\nENDTEXT\nLABEL a\nTEXT\ny\nENDTEXT\n"
		    "TEXT HELPS\nz\nENDTEXT\nTEXT HELP\nENDTEXT\n");
	assert_int_equal(cfg.entries, 1);
	assert_int_equal(cfg.entry[0].help.n, 0);
}

/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void help_goes_on_behind_its_end(void **state)
{
	(void)state;
	read_config("LABEL a\nTEXT HELP\none\nENDTEXT\nTEXT HELP\ntwo\n"
		    "ENDTEXT\nTEXT HELP\nthree");
	assert_span(cfg.entry[0].help, "one\ntwo\nthree");
}

static char said[64];

static void say(struct span text)
{
	struct text t = TEXT(said);

	text_put(&t, text);
}

static void say_gives_all_behind_a_blank(void **state)
{
	char reason[256];
	struct text room, why = TEXT(reason);
	struct span name;

	(void)state;
	pxecfg_init(&reader, &cfg);
	reader.say = say;
	room = pxecfg_room(&reader);
	text_puts(&room, " sAy\t \033[2Jx \r\nLABEL a\n");
	assert_int_equal(pxecfg_open(&reader, SPAN_LIT("default"), room.n,
				     &why),
			 0);
	assert_int_equal(pxecfg_read(&reader, &name, &why), PXECFG_END);
	assert_string_equal(said, " \033[2Jx ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_have_pxelinux_defaults),
		cmocka_unit_test(settings_are_kept),
		cmocka_unit_test(settings_inside_a_label_are_for_all),
		cmocka_unit_test(submenus_begin_with_what_is_above),
		cmocka_unit_test(function_keys_have_help_files),
		cmocka_unit_test(help_is_the_lines_of_text_help),
		cmocka_unit_test(other_text_is_no_help),
		cmocka_unit_test(help_goes_on_behind_its_end),
		cmocka_unit_test(say_gives_all_behind_a_blank),
	};

	return cmocka_run_group_tests_name("directive", tests, NULL, NULL);
}
