/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "base/text.h"
#include "format/json.h"

static char out[4096];
static struct text t;

static void put(void *arg, struct span s)
{
	text_put(arg, s);
}

static struct json start(void)
{
	t = (struct text)TEXT(out);
	return (struct json){ .put = put, .arg = &t };
}

static void values_are_separated_by_commas(void **state)
{
	struct json j = start();

	(void)state;
	json_open(&j, NULL, '{');
	json_string(&j, "s", SPAN_LIT("x"));
	json_number(&j, "n", 0);
	json_number(&j, "most", UINT64_MAX);
	json_bool(&j, "yes", true);
	json_bool(&j, "no", false);
	json_null(&j, "nothing");
	json_close(&j, '}');
	assert_string_equal(out, "{\"s\":\"x\",\"n\":0,"
				 "\"most\":18446744073709551615,\"yes\":true,"
				 "\"no\":false,\"nothing\":null}");
}

static void what_is_nested_begins_anew(void **state)
{
	struct json j = start();

	(void)state;
	json_open(&j, NULL, '{');
	json_open(&j, "none", '[');
	json_close(&j, ']');
	json_open(&j, "two", '[');
	json_open(&j, NULL, '{');
	json_close(&j, '}');
	json_string(&j, NULL, SPAN_LIT(""));
	json_close(&j, ']');
	json_null(&j, "last");
	json_close(&j, '}');
	assert_string_equal(out, "{\"none\":[],\"two\":[{},\"\"],"
				 "\"last\":null}");
}

static void every_byte_is_written_in_ascii(void **state)
{
	uint8_t all[256];
	struct json j = start();
	char expected[2048];
	struct text e = TEXT(expected);

	(void)state;
	text_puts(&e, "\"");
	for (unsigned i = 0; i < 256; i++) {
		all[i] = (uint8_t)i;
		if (i == '"' || i == '\\')
			text_printf(&e, "\\%c", (int)i);
		else if (i >= 0x20 && i <= 0x7e)
			text_printf(&e, "%c", (int)i);
		else
			text_printf(&e, "\\u%04x", i);
	}
	text_puts(&e, "\"");
	json_string(&j, NULL, (struct span){ all, sizeof(all) });
	assert_string_equal(out, expected);
}

/* The writer's own buffer ends somewhere in each of these. */
static void strings_of_any_length_are_whole(void **state)
{
	char in[200], expected[6 * 200 + 3];

	(void)state;
	for (size_t n = 0; n < sizeof(in); n++) {
		struct json j = start();
		struct text e = TEXT(expected);

		text_puts(&e, "\"");
		for (size_t i = 0; i < n; i++) {
			in[i] = i % 3 == n % 3 ? '\n' : '"';
			text_puts(&e, in[i] == '\n' ? "\\u000a" : "\\\"");
		}
		text_puts(&e, "\"");
		json_string(&j, NULL, (struct span){ (uint8_t *)in, n });
		assert_false(e.overflow);
		assert_string_equal(out, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_separated_by_commas),
		cmocka_unit_test(what_is_nested_begins_anew),
		cmocka_unit_test(every_byte_is_written_in_ascii),
		cmocka_unit_test(strings_of_any_length_are_whole),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
