/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/search.h"

/* Compares the whole sequence of names with a list that ends in NULL. */
static void check_names(struct search s, const char *const *names)
{
	char buf[SEARCH_NAME_SIZE];
	struct text name = TEXT(buf);

	for (; *names; names++) {
		assert_true(search_next(&s, &name));
		assert_string_equal(buf, *names);
		assert_int_equal(name.n, strlen(*names));
		assert_false(name.overflow);
	}
	assert_false(search_next(&s, &name));
	assert_false(search_next(&s, &name));
	assert_string_equal(buf, "");
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct search guest = {
	.config = "",
	.mac = { { 0x00, 0x16, 0x3e, 0xAB, 0xCD, 0xEF } },
	.ip = 0xc0a80a1f,
};

static void order_is_pxelinux_s(void **state)
{
	struct search s = guest;

	(void)state;
	s.config = "cfg/web1";
	s.uuid = (struct uuid){ { 0xb8, 0x94, 0x59, 0x08, 0xd6, 0xa6, 0x41,
				  0xa9, 0x96, 0x11, 0x74, 0xa6, 0xab, 0x80,
				  0xb8, 0x3d },
				true };
	check_names(s,
		    NAMES("cfg/web1",
			  "pxelinux.cfg/b8945908-d6a6-41a9-9611-74a6ab80b83d",
			  "pxelinux.cfg/085994b8-a6d6-a941-9611-74a6ab80b83d",
			  "pxelinux.cfg/01-00-16-3e-ab-cd-ef",
			  "pxelinux.cfg/C0A80A1F", "pxelinux.cfg/C0A80A1",
			  "pxelinux.cfg/C0A80A", "pxelinux.cfg/C0A80",
			  "pxelinux.cfg/C0A8", "pxelinux.cfg/C0A",
			  "pxelinux.cfg/C0", "pxelinux.cfg/C",
			  "pxelinux.cfg/default"));
}

static void directory_may_be_another(void **state)
{
	struct search s = guest;

	(void)state;
	s.config = "cfg/web1";
	s.directory = "pxeboot.cfg";
	s.ip = 0;
	check_names(s, NAMES("cfg/web1", "pxeboot.cfg/01-00-16-3e-ab-cd-ef",
			     "pxeboot.cfg/default"));
}

/* Whose first fields read the same from both ends. */
static void uuid_with_one_order_is_one_name(void **state)
{
	struct search s = guest;

	(void)state;
	s.uuid = (struct uuid){ { 1, 2, 2, 1, 3, 3, 4, 4, 0x96, 0x11, 0x74,
				  0xa6, 0xab, 0x80, 0xb8, 0x3d },
				true };
	check_names(s,
		    NAMES("pxelinux.cfg/01020201-0303-0404-9611-74a6ab80b83d",
			  "pxelinux.cfg/01-00-16-3e-ab-cd-ef",
			  "pxelinux.cfg/C0A80A1F", "pxelinux.cfg/C0A80A1",
			  "pxelinux.cfg/C0A80A", "pxelinux.cfg/C0A80",
			  "pxelinux.cfg/C0A8", "pxelinux.cfg/C0A",
			  "pxelinux.cfg/C0", "pxelinux.cfg/C",
			  "pxelinux.cfg/default"));
}

static void unknown_uuid_and_absent_option_are_skipped(void **state)
{
	(void)state;
	check_names(guest, NAMES("pxelinux.cfg/01-00-16-3e-ab-cd-ef",
				 "pxelinux.cfg/C0A80A1F",
				 "pxelinux.cfg/C0A80A1", "pxelinux.cfg/C0A80A",
				 "pxelinux.cfg/C0A80", "pxelinux.cfg/C0A8",
				 "pxelinux.cfg/C0A", "pxelinux.cfg/C0",
				 "pxelinux.cfg/C", "pxelinux.cfg/default"));
}

static void without_an_address_its_names_are_skipped(void **state)
{
	struct search s = guest;

	(void)state;
	s.ip = 0;
	check_names(s, NAMES("pxelinux.cfg/01-00-16-3e-ab-cd-ef",
			     "pxelinux.cfg/default"));
}

static void zeros_of_an_address_are_written(void **state)
{
	struct search s = guest;
	char buf[SEARCH_NAME_SIZE];
	struct text name = TEXT(buf);

	(void)state;
	s.ip = 0x0a000001;
	assert_true(search_next(&s, &name));
	assert_true(search_next(&s, &name));
	assert_string_equal(buf, "pxelinux.cfg/0A000001");
}

/* The name comes from DHCP and may be as long as that lets it be. */
static void longest_option_209_fits(void **state)
{
	char config[SEARCH_NAME_SIZE], buf[SEARCH_NAME_SIZE];
	struct text name = TEXT(buf);
	struct search s = guest;

	(void)state;
	memset(config, 'c', sizeof(config) - 1);
	config[sizeof(config) - 1] = '\0';
	s.config = config;
	assert_true(search_next(&s, &name));
	assert_string_equal(buf, config);
	assert_false(name.overflow);
}

static void short_buffer_overflows(void **state)
{
	for (size_t cap = 1; cap < sizeof("pxelinux.cfg/C0A80A1F"); cap++) {
		struct search s = guest;
		char *p = malloc(cap);
		struct text name = text_over(p, cap);

		(void)state;
		assert_true(search_next(&s, &name));
		assert_true(name.overflow);
		assert_true(search_next(&s, &name));
		assert_true(name.overflow);
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_pxelinux_s),
		cmocka_unit_test(directory_may_be_another),
		cmocka_unit_test(uuid_with_one_order_is_one_name),
		cmocka_unit_test(unknown_uuid_and_absent_option_are_skipped),
		cmocka_unit_test(without_an_address_its_names_are_skipped),
		cmocka_unit_test(zeros_of_an_address_are_written),
		cmocka_unit_test(longest_option_209_fits),
		cmocka_unit_test(short_buffer_overflows),
	};

	return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
