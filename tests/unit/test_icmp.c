/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/icmp.h"

/* Where the parts of a refusal lie: two IPv4 headers with the ICMP header
 * between them, and the first bytes of the UDP datagram that was refused. */
enum { ICMP = 20, INNER = ICMP + 8, UDP = INNER + 20, END = UDP + 4 };

static const uint8_t refusal[END + 4] = {
	0x45, 0, 0,   56, 0, 0, 0,    0,    64, 1,  0, 0,  192, 0,
	2,    1, 192, 0,  2, 7, 3,    3,    0,  0,  0, 0,  0,   0,
	0x45, 0, 0,   60, 0, 0, 0,    0,    64, 17, 0, 0,  192, 0,
	2,    7, 192, 0,  2, 1, 0xc0, 0x01, 0,  69, 0, 40, 0,   0,
};

static void refused_datagram_is_told(void **state)
{
	struct icmp_refusal r;

	(void)state;
	assert_true(icmp_get_refusal((struct span){ refusal, sizeof(refusal) },
				     &r));
	assert_int_equal(r.to, 0xc0000201);
	assert_int_equal(r.from_port, 0xc001);
	assert_int_equal(r.to_port, 69);
	assert_int_equal(r.code, ICMP_PORT_UNREACHABLE);
	assert_int_equal(r.protocol, ICMP_UDP);
}

static void refusal_is_explained(void **state)
{
	static const struct {
		uint8_t protocol, code;
		const char *words;
	} cases[] = {
		{ ICMP_UDP, 3, "nothing listens on UDP port 69 of 192.0.2.1" },
		{ ICMP_TCP, 3, "nothing listens on TCP port 69 of 192.0.2.1" },
		{ ICMP_TCP, 9, "a firewall does not let TCP port 69 of" },
		{ ICMP_UDP, 10, "a firewall does not let UDP port 69 of" },
		{ ICMP_UDP, 13, "a firewall does not let UDP port 69 of" },
		{ ICMP_UDP, 0, "192.0.2.1 cannot be reached, says a router" },
		{ ICMP_TCP, 255, "192.0.2.1 cannot be reached, says a router" },
	};
	uint8_t packet[sizeof(refusal)];
	struct icmp_refusal r;
	char words[128];
	struct text t;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		memcpy(packet, refusal, sizeof(refusal));
		packet[INNER + 9] = cases[i].protocol;
		packet[ICMP + 1] = cases[i].code;
		assert_true(icmp_get_refusal((struct span){ packet,
							    sizeof(packet) },
					     &r));
		t = TEXT(words);
		icmp_explain(&t, &r);
		assert_contains(words, cases[i].words);
	}
}

static void headers_may_hold_options(void **state)
{
	uint8_t packet[sizeof(refusal) + 8] = { 0 };
	struct icmp_refusal r;

	(void)state;
	memcpy(packet, refusal, ICMP);
	memcpy(packet + ICMP + 4, refusal + ICMP, UDP - ICMP);
	memcpy(packet + UDP + 8, refusal + UDP, sizeof(refusal) - UDP);
	packet[0] = 0x46;
	packet[INNER + 4] = 0x46;
	assert_true(icmp_get_refusal((struct span){ packet, sizeof(packet) },
				     &r));
	assert_int_equal(r.to, 0xc0000201);
	assert_int_equal(r.to_port, 69);
}

static void every_prefix_is_read_safely(void **state)
{
	struct icmp_refusal r;

	(void)state;
	for (size_t n = 0; n <= sizeof(refusal); n++) {
		uint8_t *copy = exact_copy(refusal, n);

		assert_int_equal(icmp_get_refusal((struct span){ copy, n }, &r),
				 n >= END);
		free(copy);
	}
}

static void what_is_no_refusal_is_passed_over(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} changes[] = {
		{ 0, 0x65 },      { 0, 0x44 },      { 0, 0x40 },
		{ 0, 0x4f },      { 9, 17 },        { 9, 6 },
		{ ICMP, 0 },      { ICMP, 8 },      { ICMP, 11 },
		{ INNER, 0x65 },  { INNER, 0x44 },  { INNER, 0x4f },
		{ INNER + 9, 1 }, { INNER + 9, 2 },
	};
	uint8_t packet[sizeof(refusal)];
	struct icmp_refusal r;

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		memcpy(packet, refusal, sizeof(refusal));
		packet[changes[i].at] = changes[i].value;
		assert_false(icmp_get_refusal((struct span){ packet,
							     sizeof(packet) },
					      &r));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_datagram_is_told),
		cmocka_unit_test(refusal_is_explained),
		cmocka_unit_test(headers_may_hold_options),
		cmocka_unit_test(every_prefix_is_read_safely),
		cmocka_unit_test(what_is_no_refusal_is_passed_over),
	};

	return cmocka_run_group_tests_name("icmp", tests, NULL, NULL);
}
