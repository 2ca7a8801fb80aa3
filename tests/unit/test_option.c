/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/option.h"

static void options_are_found_by_their_whole_names(void **state)
{
	(void)state;
	assert_string_equal(option_find(SPAN_LIT("vif"))->name, "vif");
	assert_string_equal(option_find(SPAN_LIT("output"))->name, "output");
	assert_null(option_find(SPAN_LIT("outpu")));
	assert_null(option_find(SPAN_LIT("VIF")));
	assert_null(option_find(SPAN_LIT("")));
	assert_null(option_find((struct span){ (const uint8_t *)"vif\0", 4 }));
}

static void letters_stand_alone(void **state)
{
	(void)state;
	assert_string_equal(option_find_letter(SPAN_LIT("-q"))->name, "quiet");
	assert_null(option_find_letter(SPAN_LIT("-")));
	assert_null(option_find_letter(SPAN_LIT("-qq")));
	assert_null(option_find_letter((struct span){ (const uint8_t *)"-\0",
						      3 }));
}

static void nearest_option_is_suggested(void **state)
{
	static char reason[256];
	struct text why = TEXT(reason);

	(void)state;
	option_explain_unknown(SPAN_LIT("lable"), &why);
	assert_string_equal(reason, "--lable is no option of lwpxeboot; did "
				    "you mean --label?");
	why = TEXT(reason);
	option_explain_unknown(SPAN_LIT(""), &why);
	assert_string_equal(reason, "-- is no option of lwpxeboot; lwpxeboot "
				    "--help=all lists them");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_found_by_their_whole_names),
		cmocka_unit_test(letters_stand_alone),
		cmocka_unit_test(nearest_option_is_suggested),
	};

	return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
