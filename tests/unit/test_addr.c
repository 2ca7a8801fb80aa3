/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "base/err.h"
#include "format/addr.h"

static void mac_is_six_pairs(void **state)
{
	static const char *const good[] = {
		"00:16:3e:12:ab:cd",
		"00-16-3e-12-ab-cd",
		"00:16:3E:12:AB:CD",
	};
	static const char *const bad[] = {
		"",
		"00",
		"00:16:3e:12:ab",
		"00:16:3e:12:ab:",
		"0:16:3e:12:ab:cd",
		"00:16:3e:12:ab:cd:",
		"00:16:3e:12:ab:cd:ef",
		"00:16:3e:12:ab:cg",
		"00163e12abcd",
		"00.16.3e.12.ab.cd",
		" 00:16:3e:12:ab:cd",
		"00:16:3e:12:ab:cd ",
		"00:16:3e:12:ab:c",
		"00::16:3e:12:ab:cd",
		"+0:16:3e:12:ab:cd",
		"0x:16:3e:12:ab:cd",
	};
	static const uint8_t bytes[] = { 0x00, 0x16, 0x3e, 0x12, 0xab, 0xcd };
	struct mac mac;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		memset(&mac, 0xee, sizeof(mac));
		assert_true(mac_parse(span_of(good[i]), &mac));
		assert_memory_equal(mac.b, bytes, sizeof(bytes));
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(mac_parse(span_of(bad[i]), &mac));
}

static void every_prefix_of_a_mac_is_none(void **state)
{
	static const char whole[] = "00:16:3e:12:ab:cd";
	struct mac mac;

	(void)state;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		uint8_t *copy = exact_copy(whole, n);

		assert_false(mac_parse((struct span){ copy, n }, &mac));
		free(copy);
	}
}

static void bytes_are_pairs_with_colons_or_without(void **state)
{
	static const char *const good[] = { "ff00ab", "ff:00:ab", "FF00AB" };
	static const char *const bad[] = {
		"",        "f",     "fg",     "ff0",    "ff:",
		":ff",     "ff:0",  "ff:00:", "ff::00", "ff:00ab",
		"ff00:ab", "ff 00", "0xff",   "ff-00",  "ff00abcd01",
	};
	uint8_t b[4];
	size_t n;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(bytes_parse(span_of(good[i]), b, sizeof(b), &n));
		assert_int_equal(n, 3);
		assert_memory_equal(b, "\xff\0\xab", 3);
	}
	assert_true(bytes_parse(span_of("7f"), b, sizeof(b), &n));
	assert_int_equal(n, 1);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(bytes_parse(span_of(bad[i]), b, sizeof(b), &n));
}

static void uuid_is_swapped_in_its_first_three_fields(void **state)
{
	struct uuid u, other, back;
	char buf[64];
	struct text t = TEXT(buf);

	(void)state;
	assert_true(uuid_parse(span_of("b8945908-d6a6-41a9-9611-74a6ab80b83d"),
			       &u));
	assert_true(uuid_swap(&u, &other));
	uuid_put(&t, &other);
	assert_string_equal(buf, "085994b8-a6d6-a941-9611-74a6ab80b83d");
	assert_true(uuid_swap(&other, &back));
	assert_memory_equal(back.b, u.b, sizeof(u.b));
	assert_false(uuid_swap(&(struct uuid){ .known = true }, &other));
}

static void station_is_neither_zero_nor_a_group(void **state)
{
	(void)state;
	assert_true(mac_is_station(&(struct mac){ { 0, 0x16, 0x3e } }));
	assert_true(mac_is_station(&(struct mac){ { 2, 0, 0, 0, 0, 0 } }));
	assert_true(mac_is_station(&(struct mac){ { 0, 0, 0, 0, 0, 1 } }));
	assert_false(mac_is_station(&(struct mac){ { 0 } }));
	assert_false(mac_is_station(&(struct mac){ { 1, 0, 0x5e, 0, 0, 1 } }));
	assert_false(mac_is_station(&(struct mac){
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } }));
}

static void mac_is_written_in_lower_case(void **state)
{
	const struct mac mac = { { 0, 0x16, 0x3E, 0x0a, 0xBC, 0xff } };
	char buf[18];
	struct text t = TEXT(buf);

	(void)state;
	mac_put(&t, &mac, '-');
	assert_string_equal(buf, "00-16-3e-0a-bc-ff");
	assert_false(t.overflow);
}

static void uuid_keeps_the_order_of_its_text(void **state)
{
	static const char text[] = "00112233-4455-6677-8899-aabbccddeeff";
	char buf[37];
	struct text t = TEXT(buf);
	struct uuid uuid = { .known = false };

	(void)state;
	assert_true(uuid_parse(SPAN_LIT(text), &uuid));
	assert_true(uuid.known);
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(uuid.b[i], i * 0x11);
	uuid_put(&t, &uuid);
	assert_string_equal(buf, text);
	assert_true(uuid_parse(SPAN_LIT("00112233-4455-6677-8899-AABBCCDDEEFF"),
			       &uuid));
}

static void malformed_uuid_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"00112233",
		"00112233-4455-6677-8899-aabbccddeef",
		"00112233-4455-6677-8899-aabbccddeeff0",
		"00112233-4455-6677-8899-aabbccddeefg",
		"00112233445566778899aabbccddeeff",
		"{00112233-4455-6677-8899-aabbccddeeff}",
		"0011223-34455-6677-8899-aabbccddeeff",
		"00112233_4455_6677_8899_aabbccddeeff",
		"00112233-4455-6677-8899-aabbccddeeff ",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct uuid uuid = { .known = false };

		assert_false(uuid_parse(span_of(bad[i]), &uuid));
		assert_false(uuid.known);
	}
}

static void ip4_is_a_dotted_quad_and_nothing_else(void **state)
{
	static const struct {
		const char *s;
		uint32_t ip;
	} good[] = {
		{ "0.0.0.0", 0 },
		{ "192.0.2.1", 0xc0000201 },
		{ "255.255.255.255", UINT32_MAX },
		{ "1.2.3.4", 0x01020304 },
	};
	static const char *const bad[] = {
		"",
		"1",
		"1.2.3",
		"1.2.3.",
		"1.2.3.4.",
		"1.2.3.4.5",
		"1.2.3.256",
		"1.2.3.4 ",
		" 1.2.3.4",
		"1..3.4",
		"1,2,3,4",
		"1.2.3.x",
		"-1.2.3.4",
		"0x1.2.3.4",
		"1.2.3.4294967297",
		"srv.example.org",
	};
	uint32_t ip;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(ip4_parse(span_of(good[i].s), &ip));
		assert_int_equal(ip, good[i].ip);
		assert_string_equal(IP4_SHOW(ip), good[i].s);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(ip4_parse(span_of(bad[i]), &ip));
}

static void host_addresses_are_pxelinux_s(void **state)
{
	static const struct {
		uint32_t ip;
		bool host;
	} table[] = {
		{ 0, false },          { 0x00ffffff, false },
		{ 0x01000000, true },  { 0x7effffff, true },
		{ 0x7f000001, false }, { 0x80000000, true },
		{ 0xdfffffff, true },  { 0xe0000000, false },
		{ 0xf0000000, false }, { UINT32_MAX, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		char buf[60];
		struct text why = TEXT(buf);
		int rc = ip4_check_host(table[i].ip, &why);

		assert_int_equal(ip4_is_host(table[i].ip), table[i].host);
		assert_int_equal(rc, table[i].host ? 0 : -E_RESOLVE);
		assert_int_equal(!why.n, table[i].host);
	}
}

static void two_addresses_can_be_shown_at_once(void **state)
{
	char buf[40];
	struct text t = TEXT(buf);

	(void)state;
	text_printf(&t, "%s %s", IP4_SHOW(0x0a000001), IP4_SHOW(UINT32_MAX));
	assert_string_equal(buf, "10.0.0.1 255.255.255.255");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mac_is_six_pairs),
		cmocka_unit_test(every_prefix_of_a_mac_is_none),
		cmocka_unit_test(bytes_are_pairs_with_colons_or_without),
		cmocka_unit_test(uuid_is_swapped_in_its_first_three_fields),
		cmocka_unit_test(station_is_neither_zero_nor_a_group),
		cmocka_unit_test(mac_is_written_in_lower_case),
		cmocka_unit_test(uuid_keeps_the_order_of_its_text),
		cmocka_unit_test(malformed_uuid_is_refused),
		cmocka_unit_test(ip4_is_a_dotted_quad_and_nothing_else),
		cmocka_unit_test(host_addresses_are_pxelinux_s),
		cmocka_unit_test(two_addresses_can_be_shown_at_once),
	};

	return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
