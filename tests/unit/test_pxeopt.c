/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/pxeopt.h"

static struct pxeopt parsed(struct span option)
{
	struct pxeopt o;

	pxeopt_parse(option, &o);
	return o;
}

/* As dnsmasq sends it, with what PXELINUX reads added. */
static const char whole[] = "\6\1\3\7\4\xef\1\2\3"
			    "\x08\x0e\x80\0\1\xc0\0\2\1\0\1\1\xc0\0\2\2"
			    "\x09\x0e\x80\0\x07Install\0\0\x01"
			    "D"
			    "\x0a\4\x1ePXE"
			    "\x47\4\x80\1\0\2"
			    "\xd1\4cfg\0\xd2\4dir/\xd3\4\0\0\1\x2c\xff";

/* needs LWPXE_PROXYDHCP */
static void every_option_is_read(void **state)
{
	struct pxeopt o = parsed(SPAN_LIT(whole));
	struct pxeopt_item item;
	struct span text;

	(void)state;
	assert_int_equal(o.control, 3);
	assert_int_equal(o.multicast, 0xef010203);
	assert_int_equal(o.servers.n, 14);
	assert_true(o.has_prompt);
	assert_int_equal(o.timeout, 30);
	assert_span(o.prompt, "PXE");
	assert_true(o.has_item);
	assert_int_equal(o.item.type, 0x8001);
	assert_int_equal(o.item.layer, 2);
	assert_true(o.has_config && o.has_prefix && o.has_reboot);
	assert_span(o.config, "cfg");
	assert_span(o.prefix, "dir/");
	assert_int_equal(o.reboot, 300);
	assert_true(pxeopt_next_item(&o.menu, &item, &text));
	assert_int_equal(item.type, 0x8000);
	assert_int_equal(item.layer, 0);
	assert_span(text, "Install");
	assert_true(pxeopt_next_item(&o.menu, &item, &text));
	assert_int_equal(item.type, PXEOPT_LOCAL);
	assert_span(text, "D");
	assert_false(pxeopt_next_item(&o.menu, &item, &text));
}

static void nothing_is_nothing(void **state)
{
	static const struct span none[] = {
		{ 0 },
		{ (const uint8_t *)"\xff\6\1\3", 4 },
		{ (const uint8_t *)"\0\0\0", 3 },
		{ (const uint8_t *)"\6", 1 },
		{ (const uint8_t *)"\6\1", 2 },
		{ (const uint8_t *)"\x01\xff\6\1\3", 5 },
		/* Sub-options of a length that cannot be. */
		{ (const uint8_t *)"\6\0\7\3abc\x0a\0\x47\3abc\xd3\5abcde",
		  21 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(none); i++) {
		struct pxeopt o = parsed(none[i]);

		assert_int_equal(o.control, 0);
		assert_int_equal(o.multicast, 0);
		assert_int_equal(o.menu.n + o.servers.n, 0);
		assert_false(o.has_prompt || o.has_item || o.has_config ||
			     o.has_prefix || o.has_reboot);
	}
}

/* needs LWPXE_PROXYDHCP */
static void every_prefix_is_read_safely(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		uint8_t *copy = exact_copy(whole, n);
		struct pxeopt o = parsed((struct span){ copy, n });
		struct pxeopt_item item;
		struct span text;

		assert_int_equal(o.control, n >= 3 ? 3 : 0);
		while (pxeopt_next_item(&o.menu, &item, &text))
			;
		assert_int_equal(pxeopt_lists(o.servers, 1, 0xc0000202),
				 n >= 25);
		free(copy);
	}
}

static void item_may_have_no_text(void **state)
{
	struct span menu = SPAN_LIT("\x80\7\0\0\1\2ab"), text;
	struct pxeopt_item item;

	(void)state;
	assert_true(pxeopt_next_item(&menu, &item, &text));
	assert_int_equal(item.type, 0x8007);
	assert_int_equal(text.n, 0);
	assert_true(pxeopt_next_item(&menu, &item, &text));
	assert_int_equal(item.type, 1);
	assert_span(text, "ab");
}

static void cut_item_is_none(void **state)
{
	struct span menu = SPAN_LIT("\x80\7\4abc"), text;
	struct pxeopt_item item;

	(void)state;
	assert_false(pxeopt_next_item(&menu, &item, &text));
}

static const char list[] = "\0\1\2\xc0\0\2\1\xc0\0\2\2"
			   "\0\2\0\0\3\1\xc0\0\2\3"
			   "\0\1\1\xc0\0\2\4";

static void servers_are_found_by_type(void **state)
{
	struct span rest = SPAN_LIT(list), group = { 0 };
	uint32_t ip;

	(void)state;
	assert_true(pxeopt_next_server(&rest, &group, 1, &ip));
	assert_int_equal(ip, 0xc0000201);
	assert_true(pxeopt_next_server(&rest, &group, 1, &ip));
	assert_int_equal(ip, 0xc0000202);
	assert_true(pxeopt_next_server(&rest, &group, 1, &ip));
	assert_int_equal(ip, 0xc0000204);
	assert_false(pxeopt_next_server(&rest, &group, 1, &ip));
}

static void lists_are_searched(void **state)
{
	(void)state;
	assert_true(pxeopt_lists(SPAN_LIT(list), 1, 0xc0000204));
	assert_true(pxeopt_lists(SPAN_LIT(list), 3, 0));
	assert_false(pxeopt_lists(SPAN_LIT(list), 3, 0xc0000201));
	assert_false(pxeopt_lists(SPAN_LIT(list), 2, 0));
	assert_false(pxeopt_lists(SPAN_LIT(list), 9, 0));
	assert_false(pxeopt_lists((struct span){ 0 }, 1, 0));
	/* A count that lies ends the list. */
	assert_false(pxeopt_lists(SPAN_LIT("\0\1\2\xc0\0\2\1"), 1, 0));
	assert_false(pxeopt_lists(SPAN_LIT("\0\1\xff\xc0\0\2\1"), 1, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_option_is_read),
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(every_prefix_is_read_safely),
		cmocka_unit_test(item_may_have_no_text),
		cmocka_unit_test(cut_item_is_none),
		cmocka_unit_test(servers_are_found_by_type),
		cmocka_unit_test(lists_are_searched),
	};

	return cmocka_run_group_tests_name("pxeopt", tests, NULL, NULL);
}
