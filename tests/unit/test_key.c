/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/key.h"

/* Returns the only key of a sequence, and checks that it is complete. */
static int key_of(const char *bytes)
{
	struct key_reader r = { 0 };
	uint8_t *copy = exact_copy(bytes, strlen(bytes));
	struct span in = { copy, strlen(bytes) };
	int key = key_next(&r, &in);

	assert_int_equal(in.n, 0);
	assert_int_equal(key_next(&r, &in), KEY_NONE);
	assert_false(key_pending(&r));
	free(copy);
	return key;
}

static void test_bytes_are_keys(void **state)
{
	(void)state;
	assert_int_equal(key_of("a"), 'a');
	assert_int_equal(key_of("\xc3"), 0xc3);
	assert_int_equal(key_of("\t"), KEY_TAB);
	assert_int_equal(key_of("\r"), KEY_ENTER);
	assert_int_equal(key_of("\n"), KEY_ENTER);
	assert_int_equal(key_of("\b"), KEY_BACKSPACE);
	assert_int_equal(key_of("\x7f"), KEY_BACKSPACE);
	assert_int_equal(key_of("\x10"), KEY_CTRL('P'));
}

static void test_sequences_of_all_terminals(void **state)
{
	static const struct {
		const char *bytes;
		int key;
	} known[] = {
		{ "\033[A", KEY_UP },         { "\033OA", KEY_UP },
		{ "\033[B", KEY_DOWN },       { "\033OB", KEY_DOWN },
		{ "\033[C", KEY_RIGHT },      { "\033OD", KEY_LEFT },
		{ "\033[H", KEY_HOME },       { "\033OH", KEY_HOME },
		{ "\033[1~", KEY_HOME },      { "\033[7~", KEY_HOME },
		{ "\033[F", KEY_END },        { "\033[4~", KEY_END },
		{ "\033[8~", KEY_END },       { "\033[3~", KEY_DELETE },
		{ "\033[5~", KEY_PAGE_UP },   { "\033[6~", KEY_PAGE_DOWN },
		{ "\033OP", KEY_F1 },         { "\033OS", KEY_F1 + 3 },
		{ "\033[11~", KEY_F1 },       { "\033[15~", KEY_F1 + 4 },
		{ "\033[17~", KEY_F1 + 5 },   { "\033[21~", KEY_F1 + 9 },
		{ "\033[24~", KEY_F12 },      { "\033[[A", KEY_F1 },
		{ "\033[[E", KEY_F1 + 4 },    { "\033[1;5A", KEY_UP },
		{ "\033[15;2~", KEY_F1 + 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++)
		assert_int_equal(key_of(known[i].bytes), known[i].key);
}

static void test_unknown_sequences_are_swallowed(void **state)
{
	static const char *const unknown[] = {
		"\033[2~",
		"\033[16~",
		"\033[999999999999999999999~",
		"\033[Z",
		"\033[?25h",
		"\033Ox",
		"\033[[Z",
		"\033[200~",
		"\033[;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;x",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(unknown); i++)
		assert_int_equal(key_of(unknown[i]), KEY_NONE);
}

static void test_sequences_may_come_in_pieces(void **state)
{
	static const char bytes[] = "\033[15;2~x";
	struct key_reader r = { 0 };
	struct span in;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		in = (struct span){ (const uint8_t *)bytes + i, 1 };
		assert_int_equal(key_next(&r, &in), KEY_NONE);
		assert_true(key_pending(&r));
	}
	in = (struct span){ (const uint8_t *)bytes + 6, 2 };
	assert_int_equal(key_next(&r, &in), KEY_F1 + 4);
	assert_int_equal(key_next(&r, &in), 'x');
}

static void test_a_lone_esc_is_a_key(void **state)
{
	struct key_reader r = { 0 };
	struct span in = SPAN_LIT("\033");

	(void)state;
	assert_int_equal(key_next(&r, &in), KEY_NONE);
	assert_true(key_pending(&r));
	assert_int_equal(key_give_up(&r), KEY_ESC);
	assert_false(key_pending(&r));
	in = SPAN_LIT("\033[");
	assert_int_equal(key_next(&r, &in), KEY_NONE);
	assert_int_equal(key_give_up(&r), KEY_NONE);
}

static void test_what_cannot_follow_esc_is_a_key_of_its_own(void **state)
{
	struct key_reader r = { 0 };
	struct span in = SPAN_LIT("\033b\033\033\r\033[1\r");

	(void)state;
	assert_int_equal(key_next(&r, &in), KEY_ESC);
	assert_int_equal(key_next(&r, &in), 'b');
	assert_int_equal(key_next(&r, &in), KEY_ESC);
	assert_int_equal(key_next(&r, &in), KEY_ESC);
	assert_int_equal(key_next(&r, &in), KEY_ENTER);
	assert_int_equal(key_next(&r, &in), KEY_ENTER);
	assert_int_equal(key_next(&r, &in), KEY_NONE);
}

static void test_cr_lf_is_one_enter(void **state)
{
	struct key_reader r = { 0 };
	struct span in = SPAN_LIT("\r\n\n\r\0\r");

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(key_next(&r, &in), KEY_ENTER);
	assert_int_equal(key_next(&r, &in), KEY_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_are_keys),
		cmocka_unit_test(test_sequences_of_all_terminals),
		cmocka_unit_test(test_unknown_sequences_are_swallowed),
		cmocka_unit_test(test_sequences_may_come_in_pieces),
		cmocka_unit_test(test_a_lone_esc_is_a_key),
		cmocka_unit_test(
			test_what_cannot_follow_esc_is_a_key_of_its_own),
		cmocka_unit_test(test_cr_lf_is_one_enter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
