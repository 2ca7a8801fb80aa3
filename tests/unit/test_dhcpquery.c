/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/dhcpmsg.h"

/* Who asks, and what for, in a query's options; its frame is test_dhcpmsg's. */

#define OPTIONS 240

static const struct mac mac = { { 0x00, 0x16, 0x3e, 0x12, 0x34, 0x56 } };

/* Builds the query's packet into `packet`, and returns its size. */
static size_t built(const struct dhcpmsg_query *q, uint8_t *packet)
{
	char buf[DHCPMSG_MAX + 1];
	struct text t = TEXT(buf);

	dhcpmsg_put(&t, q);
	assert_false(t.overflow);
	memcpy(packet, buf, t.n);
	return t.n;
}

/* Returns the value of an option in a built packet; empty if absent. */
static struct span option_of(const uint8_t *packet, size_t n, uint8_t code)
{
	struct span s = { packet + OPTIONS, n - OPTIONS }, value;
	uint8_t c, length;

	while (span_get_u8(&s, &c) && c != 255) {
		assert_true(span_get_u8(&s, &length));
		assert_true(span_get(&s, length, &value));
		if (c == code)
			return value;
	}
	return (struct span){ 0 };
}

/* needs LWPXE_PROXYDHCP */
static void request_to_a_boot_server_has_address_and_item(void **state)
{
	const struct dhcpmsg_query q = {
		.type = DHCP_REQUEST,
		.mac = mac,
		.ciaddr = 0xc0000207,
		.has_item = true,
		.item = { 0x8001, 2 },
	};
	uint8_t packet[DHCPMSG_MAX];
	size_t n = built(&q, packet);

	(void)state;
	assert_memory_equal(packet + 10, "\0\0\xc0\0\2\7", 6);
	assert_true(span_eq(option_of(packet, n, 43),
			    SPAN_LIT("\x47\4\x80\1\0\2\xff")));
}

static void class_tells_the_architecture(void **state)
{
	static const struct {
		uint16_t arch;
		const char *value;
	} rows[] = {
		{ 0, "PXEClient:Arch:00000:UNDI:002001" },
		{ 7, "PXEClient:Arch:00007:UNDI:002001" },
		{ 14, "PXEClient:Arch:00014:UNDI:002001" },
		{ 15, "HTTPClient:Arch:00015:UNDI:002001" },
		{ 16, "HTTPClient:Arch:00016:UNDI:002001" },
		{ 21, "PXEClient:Arch:00021:UNDI:002001" },
		{ 65535, "PXEClient:Arch:65535:UNDI:002001" },
	};
	uint8_t packet[DHCPMSG_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dhcpmsg_query q = { .type = DHCP_DISCOVER,
					   .identity.arch = rows[i].arch };
		size_t n = built(&q, packet);
		struct span arch = option_of(packet, n, 93);

		assert_span(option_of(packet, n, 60), rows[i].value);
		assert_int_equal(arch.n, 2);
		assert_int_equal(arch.p[0] << 8 | arch.p[1], rows[i].arch);
	}
}

static void identity_is_told(void **state)
{
	struct dhcpmsg_query q = {
		.type = DHCP_DISCOVER,
		.mac = mac,
		.uuid = { { 7 }, true },
		.identity = { .vendor_class = "V",
			      .user_class = "iPXE",
			      .hostname = "web1",
			      .client_id = CLIENT_ID_BYTES,
			      .id = { 0xff, 1, 2 },
			      .id_n = 3 },
	};
	uint8_t packet[DHCPMSG_MAX];
	size_t n = built(&q, packet);

	(void)state;
	assert_true(n >= 300);
	assert_span(option_of(packet, n, 60), "V");
	assert_span(option_of(packet, n, 77), "iPXE");
	assert_span(option_of(packet, n, 12), "web1");
	assert_true(span_eq(option_of(packet, n, 61), SPAN_LIT("\xff\1\2")));
	q.identity.client_id = CLIENT_ID_MAC;
	n = built(&q, packet);
	assert_true(span_eq(option_of(packet, n, 61),
			    SPAN_LIT("\1\0\x16\x3e\x12\x34\x56")));
	q.identity.client_id = CLIENT_ID_UUID;
	n = built(&q, packet);
	assert_true(span_eq(option_of(packet, n, 61),
			    option_of(packet, n, 97)));
	assert_int_equal(option_of(packet, n, 61).n, 17);
	q.uuid.known = false;
	n = built(&q, packet);
	assert_int_equal(option_of(packet, n, 61).n, 0);
	q.identity.client_id = CLIENT_ID_NONE;
	n = built(&q, packet);
	assert_int_equal(option_of(packet, n, 61).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_to_a_boot_server_has_address_and_item),
		cmocka_unit_test(class_tells_the_architecture),
		cmocka_unit_test(identity_is_told),
	};

	return cmocka_run_group_tests_name("dhcpquery", tests, NULL, NULL);
}
