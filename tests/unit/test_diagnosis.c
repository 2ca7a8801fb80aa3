/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/diagnosis.h"

/* A usual bridge, on which nothing was heard. */
static const struct diagnosis silence = {
	.mac = { { 0x00, 0x16, 0x3e, 1, 2, 3 } },
	.seconds = 60,
	.is_port = true,
	.carrier = true,
};

static char words[512];

static const char *explain(const struct diagnosis *d)
{
	struct text t = TEXT(words);

	diagnosis_put_no_lease(&t, d);
	assert_false(t.overflow);
	return words;
}

static void silence_is_told(void **state)
{
	struct diagnosis d = silence;

	(void)state;
	assert_contains(explain(&d), "nothing at all was heard there; check");
	assert_null(strstr(words, "packet"));
	d.is_port = false;
	assert_contains(explain(&d), "cannot be reached by a packet link");
	d.carrier = false;
	assert_contains(explain(&d), "no port of that bridge has a link");
}

static void others_are_no_silence(void **state)
{
	struct diagnosis d = silence;

	(void)state;
	d.frames = 1;
	d.carrier = false; /* somebody in this Dom0 */
	assert_string_equal(explain(&d),
			    "others were heard there; check that a "
			    "server for 00:16:3e:01:02:03 serves that network");
	d.offers = true;
	assert_string_equal(explain(&d),
			    "check that a server for "
			    "00:16:3e:01:02:03 serves that network");
}

static void port_that_waits_is_told(void **state)
{
	struct diagnosis d = silence;

	(void)state;
	d.port_waits = 60;
	assert_contains(explain(&d), "keeps a new port waiting for 60 s");
	d.port_waits = 59; /* there was a second to hear something in */
	assert_contains(explain(&d), "nothing at all was heard");
	d.port_waits = 60;
	d.is_port = false;
	assert_contains(explain(&d), "nothing at all was heard");
}

static void tags_are_told(void **state)
{
	struct diagnosis d = silence;

	(void)state;
	d.strays = 7;
	d.stray_vlan = 10;
	assert_contains(explain(&d), "all 7 frames there have a tag, such as "
				     "that of VLAN 10; say --vlan=10");
	d.vlan = 11;
	assert_contains(explain(&d),
			"of other VLANs, such as 10, and the guest's "
			"is 11; correct --vlan=");
	d.stray_vlan = 0;
	assert_contains(explain(&d),
			"came without a tag, and the guest's VLAN is "
			"11; leave --vlan= out");
	d.frames = 1; /* it is not the tags */
	assert_contains(explain(&d), "others were heard");
}

static void filtering_bridge_is_told(void **state)
{
	struct diagnosis d = silence;

	(void)state;
	d.filters_vlans = true;
	assert_contains(explain(&d), "has its new ports in none; say");
	d.pvid = 1;
	assert_contains(explain(&d), "has its new ports in VLAN 1; if");
	d.vlan = 20;
	assert_contains(explain(&d), "nothing at all was heard there");
	d.vlan = 0;
	d.is_port = false;
	assert_contains(explain(&d), "nothing at all was heard there");
}

static void wrong_checksums_come_first(void **state)
{
	struct diagnosis d = silence;

	(void)state;
	d.wrong_sums = 3;
	d.offers = d.filters_vlans = true;
	d.port_waits = 100;
	assert_contains(explain(&d), "3 packets came with a wrong checksum");
	assert_contains(words, "; on the server: ethtool -K eth0 tx off");
}

static void silent_hop_is_named(void **state)
{
	static const struct {
		uint32_t hop;
		const char *words;
	} cases[] = {
		{ 0xc0000202, "answers for the address 192.0.2.2 (no ARP" },
		{ 0xc0000201,
		  "the router 192.0.2.1, the way to 192.0.2.2, does" },
		{ 0,
		  "192.0.2.2 is on another network, and the lease names no" },
	};
	struct text t;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		t = TEXT(words);
		diagnosis_put_deaf_hop(&t, 0xc0000202, cases[i].hop);
		assert_contains(words, cases[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_is_told),
		cmocka_unit_test(others_are_no_silence),
		cmocka_unit_test(port_that_waits_is_told),
		cmocka_unit_test(tags_are_told),
		cmocka_unit_test(filtering_bridge_is_told),
		cmocka_unit_test(wrong_checksums_come_first),
		cmocka_unit_test(silent_hop_is_named),
	};

	return cmocka_run_group_tests_name("diagnosis", tests, NULL, NULL);
}
