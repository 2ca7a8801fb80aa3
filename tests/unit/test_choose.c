/* SPDX-License-Identifier: BSD-3-Clause */
#include "read_config.h"

#include "base/err.h"
#include "boot/choose.h"

/* What is chosen is in tests/golden; here is what is said about it. */

static struct choice choice;
static char reason[256];

/* Chooses from the configuration, in a `why` that clips as the caller's. */
static int choose(const char *config, const char *label)
{
	struct text why = TEXT(reason);
	int rc;

	why.clip = true;
	read_config(config);
	rc = choose_entry(&cfg, NULL, label, &choice, &why);
	assert_int_equal(rc >= 0, !reason[0]);
	return rc;
}

#define assert_because(config, label, words) \
	do { \
		assert_int_equal(choose(config, label), 0); \
		assert_string_equal(choice.because, words); \
	} while (0)

static void reason_of_a_choice_is_told(void **state)
{
	(void)state;
	assert_because("DEFAULT a\nLABEL a\n", NULL, "it is the DEFAULT");
	assert_because("UI a\nLABEL a\n", NULL, "it is the UI");
	assert_because("DEFAULT k\n", NULL, "it is the DEFAULT");
	assert_because("ONTIMEOUT a\nLABEL a\n", NULL, "it is the ONTIMEOUT");
	assert_because("UI menu.c32\nONTIMEOUT a\nLABEL a\n", NULL,
		       "it is the ONTIMEOUT");
	assert_because("UI menu.c32\nLABEL a\nLABEL b\nMENU DEFAULT\n", NULL,
		       "it is the menu's default");
	assert_because("UI menu.c32\nLABEL a\n", NULL,
		       "it is the menu's first");
	assert_because("UI menu.c32\nMENU SEPARATOR\nLABEL a\n", NULL,
		       "it is the menu's first that can boot");
	assert_because("DEFAULT b\nLABEL a\nLABEL b\n", "a",
		       "--label= asks for it");
	assert_because("LABEL a\n", "0", "--label= asks for it");
}

static void choice_carries_the_entry(void **state)
{
	(void)state;
	assert_int_equal(choose("DEFAULT a x y\nLABEL z\nLABEL a\nLINUX k\n"
				"APPEND p\nINITRD i\nSYSAPPEND 3\n",
				NULL),
			 0);
	assert_int_equal(choice.entry, 1);
	assert_int_equal(choice.kind, KIND_LINUX);
	assert_span(choice.kernel, "k");
	assert_span(choice.append, "p");
	assert_span(choice.initrd, "i");
	assert_span(choice.extra, "x y");
	assert_int_equal(choice.sysappend, 3);
	assert_int_equal(choose("DEFAULT k x\nSYSAPPEND 1\n", NULL), 0);
	assert_int_equal(choice.entry, BOOTCFG_NONE);
	assert_int_equal(choice.kind, KIND_KERNEL);
	assert_span(choice.kernel, "k");
	assert_span(choice.append, "x");
	assert_int_equal(choice.sysappend, 1);
}

/* The last line on the console says what to do, so it lists the labels. */
static void failure_lists_the_labels(void **state)
{
	static const char labels[] = "LABEL one\nLABEL two words\n"
				     "LABEL off\nMENU DISABLE\n"
				     "MENU BEGIN sub\nLABEL three\n";

	(void)state;
	assert_int_equal(choose(labels, NULL), -E_NO_ENTRY);
	assert_contains(reason, "neither DEFAULT nor UI");
	assert_contains(reason, "; it has one, two words, three");
	assert_null(strstr(reason, "off"));
	assert_null(strstr(reason, "sub"));
	assert_int_equal(choose(labels, "four"), -E_NO_ENTRY);
	assert_contains(reason, "there is no label \"four\", for which "
				"--label= asks; it has one,");
	assert_int_equal(choose(labels, "off"), -E_NO_ENTRY);
	assert_contains(reason, "the entry \"off\" cannot be booted");
	assert_int_equal(choose("DEFAULT x\nIMPLICIT 0\nLABEL a\n", NULL),
			 -E_NO_ENTRY);
	assert_contains(reason, "there is no label \"x\"");
	assert_contains(reason, "it is the DEFAULT; it has a");
	assert_int_equal(choose("UI menu.c32\n", NULL), -E_NO_ENTRY);
	assert_string_equal(reason, "the menu has nothing to boot");
}

static void long_list_of_labels_is_cut(void **state)
{
	char config[2048];
	struct text t = TEXT(config);

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		text_printf(&t, "LABEL number%u\n", i);
	assert_false(t.overflow);
	assert_int_equal(choose(config, NULL), -E_NO_ENTRY);
	assert_contains(reason, "number0, number1,");
	assert_string_equal(reason + strlen(reason) - 3, "...");
}

static void circle_of_menus_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(choose("UI menu.c32\n"
				"MENU BEGIN x\nLABEL a\nMENU GOTO y\nMENU END\n"
				"MENU BEGIN y\nLABEL b\nMENU GOTO x\nMENU END\n"
				"LABEL way out\n",
				NULL),
			 -E_NO_ENTRY);
	assert_contains(reason, "the menus lead in a circle; it has way out");
}

/* Menus may lead on for long without leading in a circle. */
static void deep_menus_are_no_circle(void **state)
{
	char config[1024];
	struct text t = TEXT(config);

	(void)state;
	text_puts(&t, "UI menu.c32\n");
	for (unsigned i = 0; i < 12; i++)
		text_printf(&t, "MENU BEGIN m%u\n", i);
	text_puts(&t, "LABEL a\n");
	assert_int_equal(choose(config, NULL), 0);
	assert_span(choice.kernel, "a");
}

static void numbers_count_what_can_boot(void **state)
{
	static const char config[] = "LABEL a\nMENU SEPARATOR\n"
				     "MENU BEGIN m\nLABEL x\nMENU EXIT\n"
				     "LABEL b\nMENU END\n"
				     "LABEL c\nMENU HIDE\n";

	(void)state;
	assert_int_equal(choose(config, "0"), 0);
	assert_span(choice.kernel, "a");
	assert_int_equal(choose(config, "1"), 0);
	assert_span(choice.kernel, "b");
	assert_int_equal(choose(config, "2"), 0);
	assert_span(choice.kernel, "c");
	assert_int_equal(choose(config, "3"), -E_NO_ENTRY);
	assert_int_equal(choose(config, "65536"), -E_NO_ENTRY);
	assert_int_equal(choose(config, "-1"), -E_NO_ENTRY);
	assert_int_equal(choose(config, "0x"), -E_NO_ENTRY);
	assert_int_equal(choose(config, ""), -E_NO_ENTRY);
	assert_int_equal(choose("", "0"), -E_NO_ENTRY);
}

static void labels_of_an_earlier_configuration_are_gone(void **state)
{
	(void)state;
	assert_int_equal(choose("LABEL a\nLABEL b\n", "b"), 0);
	assert_int_equal(choose("LABEL c\n", "b"), -E_NO_ENTRY);
	assert_int_equal(choose("LABEL a\nLABEL b\n", "b"), 0);
	assert_int_equal(choose("IMPLICIT 0\nDEFAULT b\nLABEL c\n", NULL),
			 -E_NO_ENTRY);
}

static int choose_after(const char *config)
{
	struct text why = TEXT(reason);
	int rc;

	assert_int_equal(choose(config, NULL), 0);
	rc = choose_onerror(&cfg, NULL, &choice, &why);
	return rc;
}

static void onerror_has_the_failed_line(void **state)
{
	(void)state;
	assert_int_equal(choose_after("DEFAULT a  b\nONERROR x y\n"), 0);
	assert_span(choice.kernel, "x");
	assert_span(choice.append, "y a  b");
	assert_string_equal(choice.because, "it is the ONERROR");
	assert_int_equal(choose_after("UI menu.c32\nONERROR x\n"
				      "LABEL a b\n"),
			 0);
	assert_span(choice.append, "a b");
	assert_int_equal(choose_after("DEFAULT a\n"), -E_NO_ENTRY);
	assert_string_equal(reason, "");
	assert_int_equal(choose_after("DEFAULT a\nONERROR menu.c32 ~\n"),
			 CHOOSE_FILES);
	assert_span(choice.files, "~ a");
}

static void other_files_are_named(void **state)
{
	struct text why = TEXT(reason);

	(void)state;
	assert_int_equal(choose("DEFAULT c\nLABEL c\nCONFIG f  d/ e\n", NULL),
			 CHOOSE_FILES);
	assert_false(choice.for_menu || choice.asked);
	assert_span(choice.files, "f");
	assert_span(choice.directory, "d/");
	assert_int_equal(choose("DEFAULT menu.c32 f g\nPROMPT 0\n", NULL),
			 CHOOSE_FILES);
	assert_true(choice.for_menu);
	assert_span(choice.files, "f g");
	/* The files of a menu need no UI. */
	read_config("LABEL a\nLABEL b\nMENU DEFAULT\n");
	assert_int_equal(choose_in_menu(&cfg, NULL, &choice, &why), 0);
	assert_span(choice.kernel, "b");
}

static void refusals_name_the_module_and_the_reason(void **state)
{
	(void)state;
	assert_int_equal(choose("DEFAULT a\nLABEL a\nCOM32 pxechn.c32 x\n",
				NULL),
			 -E_UNSUPPORTED);
	assert_string_equal(reason, "the entry \"a\" asks for pxechn.c32, "
				    "which is a module that loads another boot "
				    "program, for real machines");
	assert_int_equal(choose("DEFAULT reboot\n", NULL), -E_UNSUPPORTED);
	assert_contains(reason, "reboot, which is a restart");
	assert_int_equal(choose("DEFAULT lua.c32 x\n", NULL), -E_UNSUPPORTED);
	assert_contains(reason, "localboot");
	assert_int_equal(choose("DEFAULT mboot.c32 x\n", NULL), -E_UNSUPPORTED);
	assert_contains(reason, "xen.gz --- kernel --- ramdisk");
}

static void arguments_of_a_module_have_a_limit(void **state)
{
	static char config[16384];
	struct text t = TEXT(config);

	(void)state;
	text_puts(&t, "DEFAULT m\nLABEL m\nKERNEL menu.c32 x\nAPPEND ");
	for (unsigned i = 0; i < PXECFG_LINE_MAX - 7; i++)
		text_puts(&t, "y");
	assert_int_equal(choose(config, NULL), CHOOSE_FILES);
	t = TEXT(config);
	text_puts(&t, "DEFAULT m\nLABEL m\nKERNEL menu.c32 xxxxxxxx\nAPPEND ");
	for (unsigned i = 0; i < PXECFG_LINE_MAX - 7; i++)
		text_puts(&t, "y");
	assert_int_equal(choose(config, NULL), -E_UNSUPPORTED);
	assert_contains(reason, "4095");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reason_of_a_choice_is_told),
		cmocka_unit_test(choice_carries_the_entry),
		cmocka_unit_test(failure_lists_the_labels),
		cmocka_unit_test(long_list_of_labels_is_cut),
		cmocka_unit_test(circle_of_menus_is_an_error),
		cmocka_unit_test(deep_menus_are_no_circle),
		cmocka_unit_test(numbers_count_what_can_boot),
		cmocka_unit_test(labels_of_an_earlier_configuration_are_gone),
		cmocka_unit_test(onerror_has_the_failed_line),
		cmocka_unit_test(other_files_are_named),
		cmocka_unit_test(refusals_name_the_module_and_the_reason),
		cmocka_unit_test(arguments_of_a_module_have_a_limit),
	};

	return cmocka_run_group_tests_name("choose", tests, NULL, NULL);
}
