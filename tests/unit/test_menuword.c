/* SPDX-License-Identifier: BSD-3-Clause */
#include "read_config.h"

/* What boots is in tests/golden; here is what a menu shows. */

/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void entries_have_labels_of_their_own(void **state)
{
	(void)state;
	read_config("LABEL a\nMENU LABEL The ^first one \nMENU INDENT 3\n"
		    "LABEL b\nMENU INDENT 80\nLABEL c\nMENU INDENT -1\n");
	assert_span(cfg.entry[0].menu_label, "The ^first one ");
	assert_int_equal(cfg.entry[0].indent, 3);
	assert_int_equal(cfg.entry[1].menu_label.n, 0);
	assert_int_equal(cfg.entry[1].indent, 0);
	assert_int_equal(cfg.entry[2].indent, 0);
}

/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void label_in_a_submenus_head_names_it(void **state)
{
	(void)state;
	read_config("MENU LABEL nobody\nMENU TITLE Top\n"
		    "MENU BEGIN m\nMENU LABEL ^Sub ^menu\nLABEL x\nMENU END\n"
		    "MENU BEGIN n\nMENU TITLE Other\nMENU LABEL ^o\n");
	assert_span(cfg.menu[0].title, "Top");
	assert_span(cfg.entry[0].menu_label, "^Sub ^menu");
	assert_span(cfg.menu[1].title, "Sub menu");
	assert_span(cfg.menu[2].title, "Other");
	assert_span(cfg.entry[2].menu_label, "^o");
}

/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void title_names_a_submenu_without_label(void **state)
{
	(void)state;
	read_config("MENU BEGIN m\nMENU TITLE One\nMENU TITLE Two\nMENU END\n"
		    "MENU BEGIN n\nMENU LABEL L\nMENU TITLE T\n");
	assert_span(cfg.entry[0].menu_label, "One");
	assert_span(cfg.menu[1].title, "Two");
	assert_span(cfg.entry[1].menu_label, "L");
	assert_span(cfg.menu[2].title, "T");
	/* A title is not inherited. */
	read_config("MENU TITLE T\nMENU BEGIN m\n");
	assert_int_equal(cfg.menu[1].title.n, 0);
}

/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void passwords_are_of_entries_and_menus(void **state)
{
	(void)state;
	read_config("MENU PASSWD nobody\nMENU MASTER PASSWD $4$x y\n"
		    "LABEL a\nMENU PASSWD secret word\nLABEL b\nMENU PASSWD\n"
		    "LABEL c\nMENU DISABLE\nMENU PASSWD x\nLABEL d\n"
		    "MENU BEGIN m\nMENU PASSWD sub\n");
	assert_span(cfg.entry[0].passwd, "secret word");
	assert_non_null(cfg.entry[1].passwd.p);
	assert_int_equal(cfg.entry[1].passwd.n, 0);
	assert_null(cfg.entry[2].passwd.p);
	assert_null(cfg.entry[3].passwd.p);
	assert_span(cfg.entry[4].passwd, "sub");
	assert_span(cfg.menu[0].master_passwd, "$4$x y");
	assert_span(cfg.menu[1].master_passwd, "$4$x y");
}

/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void messages_may_be_replaced(void **state)
{
	(void)state;
	read_config("MENU AUTOBOOT In # second{,s}\nMENU TABMSG\n"
		    "MENU BEGIN m\nMENU NOTABMSG n\nMENU PASSPROMPT p\n");
	assert_span(cfg.menu[0].message[MESSAGE_AUTOBOOT], "In # second{,s}");
	assert_non_null(cfg.menu[0].message[MESSAGE_TABMSG].p);
	assert_int_equal(cfg.menu[0].message[MESSAGE_TABMSG].n, 0);
	assert_null(cfg.menu[0].message[MESSAGE_NOTABMSG].p);
	assert_span(cfg.menu[1].message[MESSAGE_AUTOBOOT], "In # second{,s}");
	assert_span(cfg.menu[1].message[MESSAGE_NOTABMSG], "n");
	assert_span(cfg.menu[1].message[MESSAGE_PASSPROMPT], "p");
}

/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void immediate_is_of_menus_and_of_entries(void **state)
{
	(void)state;
	read_config("LABEL a\nMENU SEPARATOR\nMENU IMMEDIATE\n"
		    "LABEL b\nLABEL c\nMENU NOIMMEDIATE\n"
		    "MENU BEGIN m\nLABEL d\nMENU END\n"
		    "MENU NOIMMEDIATE\nLABEL e\nMENU IMMEDIATE\n");
	assert_false(cfg.entry[0].immediate);
	assert_false(cfg.entry[1].immediate);
	assert_true(cfg.entry[2].immediate);
	assert_false(cfg.entry[3].immediate);
	assert_true(cfg.entry[5].immediate);
	assert_true(cfg.entry[6].immediate);
	assert_false(cfg.menu[0].immediate);
}

static void separators_are_told_from_disabled_entries(void **state)
{
	(void)state;
	read_config("LABEL a\nMENU DISABLE\nMENU SEPARATOR\n");
	assert_int_equal(cfg.entry[0].action, ACTION_DISABLED);
	assert_false(cfg.entry[0].separator);
	assert_int_equal(cfg.entry[1].action, ACTION_DISABLED);
	assert_true(cfg.entry[1].separator);
}

/* needs LWPXE_MENU or LWPXE_EXPLAIN */
static void whole_menus_may_be_hidden(void **state)
{
	(void)state;
	read_config("MENU HIDDEN\n");
	assert_true(cfg.hidden);
	assert_false(cfg.shiftkey);
	read_config("MENU SHIFTKEY\n");
	assert_true(cfg.shiftkey);
	assert_false(cfg.hidden);
}

static void help_names_a_file(void **state)
{
	(void)state;
	read_config("LABEL a\nKERNEL k\nMENU HELP help.txt back.png\n");
	assert_int_equal(cfg.entry[0].action, ACTION_HELP);
	assert_span(cfg.entry[0].kernel, "help.txt");
}

static void onerror_is_of_the_menu(void **state)
{
	(void)state;
	read_config("MENU ONERROR a\nMENU BEGIN m\nMENU END\n"
		    "MENU BEGIN n\nMENU ONERROR b\n");
	assert_span(cfg.menu[0].onerror, "a");
	assert_span(cfg.menu[1].onerror, "a");
	assert_span(cfg.menu[2].onerror, "b");
	assert_span(cfg.onerror, "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_have_labels_of_their_own),
		cmocka_unit_test(label_in_a_submenus_head_names_it),
		cmocka_unit_test(title_names_a_submenu_without_label),
		cmocka_unit_test(passwords_are_of_entries_and_menus),
		cmocka_unit_test(messages_may_be_replaced),
		cmocka_unit_test(immediate_is_of_menus_and_of_entries),
		cmocka_unit_test(separators_are_told_from_disabled_entries),
		cmocka_unit_test(whole_menus_may_be_hidden),
		cmocka_unit_test(help_names_a_file),
		cmocka_unit_test(onerror_is_of_the_menu),
	};

	return cmocka_run_group_tests_name("menuword", tests, NULL, NULL);
}
