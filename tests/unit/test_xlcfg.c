/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "base/err.h"
#include "format/xlcfg.h"

static char reason[256];

/* Reads a text of one setting, or returns what is wrong with it. */
static const char *read_one(const char *text, struct xlcfg_setting *s)
{
	struct xlcfg c = { .rest = span_of(text), .line = 1 };
	struct text why = TEXT(reason);
	struct xlcfg_setting next;
	int rc = xlcfg_next(&c, s);

	if (rc == 1)
		rc = xlcfg_next(&c, &next);
	assert_int_equal(rc < 0, c.wrong != NULL);
	assert_true(rc <= 0);
	if (rc)
		text_printf(&why, "line %u: %s", c.line, c.wrong);
	return reason;
}

#define assert_setting(text, name_, value_, list) \
	do { \
		struct xlcfg_setting set_; \
		assert_string_equal(read_one(text, &set_), ""); \
		assert_span(set_.name, name_); \
		assert_span(set_.value, value_); \
		assert_int_equal(set_.is_list, list); \
	} while (0)

static void settings_have_three_kinds_of_values(void **state)
{
	(void)state;
	assert_setting("memory=1024", "memory", "1024", false);
	assert_setting("memory = 0x400 # comment", "memory", "0x400", false);
	assert_setting("name\t= \"web1\"\n", "name", "\"web1\"", false);
	assert_setting("name='it\"s';", "name", "'it\"s'", false);
	assert_setting("name=\"a\\\"b\"", "name", "\"a\\\"b\"", false);
	assert_setting("vif=[]", "vif", "", true);
	assert_setting("vif=['a','b']\n\n", "vif", "'a','b'", true);
	assert_setting("vif = [ 'a' ,\n\t# one\n 'b', ] # two\n", "vif",
		       " 'a' ,\n\t# one\n 'b', ", true);
	assert_setting("x=[1,[2,'3'],\"]\"]", "x", "1,[2,'3'],\"]\"", true);
	assert_setting("\n;;\n # \n a_1=0;\n;", "a_1", "0", false);
	assert_setting("a='#'", "a", "'#'", false);
}

static void several_settings_have_their_lines(void **state)
{
	struct xlcfg c = { .rest = SPAN_LIT("a=1;b=2\n\nvif=[\n'x',\n]\n"
					    "# c\nd+='e'"),
			   .line = 1 };
	static const struct {
		const char *name;
		uint32_t line;
		bool adds;
	} expected[] = { { "a", 1, false },
			 { "b", 1, false },
			 { "vif", 3, false },
			 { "d", 7, true } };
	struct xlcfg_setting s;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(xlcfg_next(&c, &s), 1);
		assert_span(s.name, expected[i].name);
		assert_int_equal(s.line, expected[i].line);
		assert_int_equal(s.adds, expected[i].adds);
	}
	assert_int_equal(xlcfg_next(&c, &s), 0);
	assert_int_equal(xlcfg_next(&c, &s), 0);
}

static void mistakes_are_told_with_their_line(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "vif=[", "line 1: the list that begins here has no" },
		{ "\nvif=['a',\n\n", "line 2: the list that begins here" },
		{ "vif=['a' 'b']", "line 1: this is no list" },
		{ "vif=[,]", "this is no list" },
		{ "vif=['a',,]", "this is no list" },
		{ "vif=['a\n']", "this is no list" },
		{ "vif=[a]", "this is no list" },
		{ "vif=[=]", "this is no list" },
		{ "vif=['a'=]", "this is no list" },
		{ "name=web1", "line 1: behind the \"=\" belongs" },
		{ "name=", "behind the \"=\" belongs" },
		{ "name=\n'a'", "behind the \"=\" belongs" },
		{ "name=\"web1", "behind the \"=\" belongs" },
		{ "name='web1\\'", "behind the \"=\" belongs" },
		{ "name='a' 'b'", "one setting is one line" },
		{ "a=1 b=2", "one setting is one line" },
		{ "a=1\r\n", "line 1: it ends in a carriage return" },
		{ "a=1\n\r\n", "line 2: it ends in a carriage return" },
		{ "a=[\r\n1]", "line 1: it ends in a carriage return" },
		{ "\xef\xbb\xbf"
		  "a=1",
		  "line 1: it begins with a byte order" },
		{ "import os", "line 1: this is no setting" },
		{ "\n\n'a'=1", "line 3: this is no setting" },
		{ "Name='a'", "this is no setting" },
		{ "name", "this is no setting" },
		{ "name+'a'", "this is no setting" },
		{ "=1", "this is no setting" },
		{ "\\", "this is no setting" },
	};
	struct xlcfg_setting s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_non_null(strstr(read_one(cases[i].text, &s),
				       cases[i].says));
}

static void nul_is_no_blank(void **state)
{
	struct xlcfg c = { .rest = SPAN_LIT("a=1\0b=2"), .line = 1 };
	struct xlcfg_setting s;

	(void)state;
	assert_int_equal(xlcfg_next(&c, &s), -E_USAGE);
}

static void items_come_one_by_one(void **state)
{
	struct xlcfg_setting list = {
		.value = SPAN_LIT(" 'a' ,\n#'b'\n\"c,]\",1,['d',[2]], 3,")
	};
	static const char *const expected[] = {
		"'a'", "\"c,]\"", "1", "'d',[2]", "3",
	};
	struct span item;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_true(xlcfg_get_item(&list, &item));
		assert_span(item, expected[i]);
	}
	assert_false(xlcfg_get_item(&list, &item));
	list = (struct xlcfg_setting){ 0 };
	assert_false(xlcfg_get_item(&list, &item));
}

static void escapes_are_resolved(void **state)
{
	static const struct {
		const char *value, *expected;
	} cases[] = {
		{ "'a'", "a" },
		{ "\"\"", "" },
		{ "1024", "1024" },
		{ "'a\\'b'", "a'b" },
		{ "\"\\\"\\\\\"", "\"\\" },
		{ "'\\n\\t'", "\n\t" },
		{ "'\\x41\\102\\7'", "AB\a" },
		{ "'\\q'", NULL },
		{ "'\\x4'", NULL },
		{ "'\\x00'", NULL },
		{ "'\\0'", NULL },
		{ "'\\777'", NULL },
		{ "'", NULL },
		{ "", NULL },
	};
	char buf[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct text t = TEXT(buf);

		assert_int_equal(xlcfg_put_string(&t, span_of(cases[i].value)),
				 cases[i].expected != NULL);
		if (cases[i].expected)
			assert_string_equal(buf, cases[i].expected);
	}
}

static void numbers_have_c_s_bases(void **state)
{
	static const struct {
		const char *value;
		int64_t expected;
	} cases[] = {
		{ "0", 0 },
		{ "1024", 1024 },
		{ "0x400", 1024 },
		{ "010", 8 },
		{ "'7'", 7 },
		{ "\"0xF\"", 15 },
		{ "4294967295", 4294967295 },
		{ "4294967296", -1 },
		{ "99999999999999999999", -1 },
		{ "08", -1 },
		{ "1x", -1 },
		{ "0x", -1 },
		{ "''", -1 },
		{ "'", -1 },
		{ "", -1 },
		{ "'-1'", -1 },
		{ "' 1'", -1 },
		{ "1f", -1 },
	};
	uint32_t v;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct xlcfg_setting s = { .value = span_of(cases[i].value),
					   .line = 1 };

		v = 77;
		assert_int_equal(xlcfg_get_number(&s, &v),
				 cases[i].expected >= 0);
		assert_int_equal(v, cases[i].expected >= 0 ? cases[i].expected :
							     77);
	}
}

/* Finds what is called a, b and c. */
static int find(const char *text, struct xlcfg_setting found[3])
{
	static struct xlcfg c;
	struct text why = TEXT(reason);
	int rc = xlcfg_find(span_of(text), "a\0b\0c\0", found, &c);

	text_puts(&why, rc ? c.wrong : "");
	return rc;
}

static void values_can_be_added_to(void **state)
{
	struct xlcfg_setting found[3];
	char buf[64];
	struct text t = TEXT(buf);
	struct span item;
	uint32_t v = 7;

	(void)state;
	assert_int_equal(find("a='x';b=[1,2]\na+='y'\nz+='!'\nb+=[]\nb+=['3']\n"
			      "a+=\"z\"\n",
			      found),
			 0);
	assert_true(xlcfg_put_value(&t, &found[0]));
	assert_string_equal(buf, "xyz");
	for (unsigned i = 1; i <= 3; i++)
		assert_true(xlcfg_get_item(&found[1], &item));
	assert_span(item, "'3'");
	assert_false(xlcfg_get_item(&found[1], &item));
	assert_int_equal(found[2].line, 0);
	assert_false(xlcfg_put_value(&t, &found[2]));
	assert_false(xlcfg_get_item(&found[2], &item));
	/* The last "=" starts over; "+=" may be the first. */
	assert_int_equal(find("a='x';a+='y';a='z';b+=['1'];b+=['2']", found),
			 0);
	text_reset(&t);
	assert_true(xlcfg_put_value(&t, &found[0]));
	assert_string_equal(buf, "z");
	assert_true(xlcfg_get_item(&found[1], &item) &&
		    xlcfg_get_item(&found[1], &item));
	assert_span(item, "'2'");
	/* Nothing adds to numbers. */
	assert_int_equal(find("a=1;a+=2;b+=1;c=1", found), 0);
	assert_false(xlcfg_get_number(&found[0], &v));
	assert_false(xlcfg_get_number(&found[1], &v));
	assert_int_equal(v, 7);
	assert_true(xlcfg_get_number(&found[2], &v));
	assert_int_equal(find("a=1\na+=[2]", found), -E_USAGE);
	assert_contains(reason, "+= adds a list to what is none");
	assert_int_equal(find("a=[1]\na+=2", found), -E_USAGE);
	assert_int_equal(find("a=[1]\na=2\na+=", found), -E_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_have_three_kinds_of_values),
		cmocka_unit_test(several_settings_have_their_lines),
		cmocka_unit_test(mistakes_are_told_with_their_line),
		cmocka_unit_test(nul_is_no_blank),
		cmocka_unit_test(items_come_one_by_one),
		cmocka_unit_test(escapes_are_resolved),
		cmocka_unit_test(numbers_have_c_s_bases),
		cmocka_unit_test(values_can_be_added_to),
	};

	return cmocka_run_group_tests_name("xlcfg", tests, NULL, NULL);
}
