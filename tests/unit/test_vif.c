/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "base/err.h"
#include "format/vif.h"

#define MAC "mac=00:16:3e:12:34:56"

static const uint8_t mac[] = { 0x00, 0x16, 0x3e, 0x12, 0x34, 0x56 };

/* Parses what must be accepted, from a copy of exactly its size. */
static struct vif taken(const char *s)
{
	size_t n = strlen(s);
	uint8_t *copy = exact_copy(s, n);
	char reason[256];
	struct text why = TEXT(reason);
	struct vif vif;
	int rc = vif_parse((struct span){ copy, n }, &vif, &why);

	free(copy);
	assert_string_equal(reason, "");
	assert_int_equal(rc, 0);
	return vif;
}

static struct vif parsed(const char *s)
{
	struct vif vif = taken(s);

	assert_memory_equal(vif.mac.b, mac, sizeof(mac));
	return vif;
}

#define assert_refused(s, part) \
	do { \
		char reason_[256]; \
		struct text why_ = TEXT(reason_); \
		struct vif vif_; \
		assert_int_equal(vif_parse(span_of(s), &vif_, &why_), \
				 -E_USAGE); \
		assert_contains(reason_, part); \
		assert_false(why_.overflow); \
	} while (0)

static void xl_s_own_lines_are_accepted(void **state)
{
	struct vif vif = parsed(MAC ",bridge=xenbr0");

	(void)state;
	assert_string_equal(vif.bridge, "xenbr0");
	assert_int_equal(vif.mtu, 0);
	vif = parsed("bridge=br1,mtu=1400," MAC);
	assert_string_equal(vif.bridge, "br1");
	assert_int_equal(vif.mtu, 1400);
	vif = parsed(MAC);
	assert_string_equal(vif.bridge, "");
}

static void keys_that_do_not_matter_are_ignored(void **state)
{
	static const char *const keys[] = {
		"type=vif",
		"model=e1000",
		"vifname=web1.0",
		"script=vif-bridge",
		"ip=192.0.2.7 192.0.2.8",
		"rate=10Mb/s@50ms",
		"devid=0",
		"gatewaydev=eth0",
		"netdev=eth0",
		"backendtype=vif",
		"accel=eth1",
		"trusted=1",
		"forwarddev=eth1",
		"colo_checkpoint_host=x",
		"backend=0",
		"backend=Domain-0",
		"backend=domain-0",
		"backend=",
		"script=a=b",
	};
	char line[128];
	struct text t = TEXT(line);

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		text_reset(&t);
		text_printf(&t, "%s,%s,bridge=b", keys[i], MAC);
		assert_string_equal(parsed(line).bridge, "b");
	}
}

static void first_address_is_taken(void **state)
{
	static const struct {
		const char *vif;
		uint32_t ip;
	} rows[] = {
		{ "mac=00:16:3e:00:00:01,ip=192.0.2.7", 0xc0000207 },
		{ "mac=00:16:3e:00:00:01,ip=192.0.2.7 192.0.2.8", 0xc0000207 },
		{ "ip=2001:db8::1,mac=00:16:3e:00:00:01", 0 },
		{ "ip=,mac=00:16:3e:00:00:01", 0 },
		{ "mac=00:16:3e:00:00:01", 0 },
	};
	struct vif vif;
	char reason[256];
	struct text why = TEXT(reason);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(vif_parse(span_of(rows[i].vif), &vif, &why),
				 0);
		assert_int_equal(vif.ip, rows[i].ip);
	}
}

static void blanks_and_stray_commas_are_accepted(void **state)
{
	(void)state;
	assert_string_equal(parsed(" " MAC " , bridge=xenbr0 ,").bridge,
			    "xenbr0");
	assert_string_equal(parsed(",," MAC ",").bridge, "");
	assert_string_equal(parsed(MAC ",bridge=xenbr0\n").bridge, "xenbr0");
}

/* Whoever needs one asks. */
static void mac_may_be_missing(void **state)
{
	static const char *const cases[] = { "", ",", "bridge=xenbr0",
					     "vifname" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct vif vif = taken(cases[i]);

		assert_true(vif.given);
		assert_false(mac_is_station(&vif.mac));
	}
}

static void last_of_two_counts(void **state)
{
	(void)state;
	assert_string_equal(parsed("mac=00:16:3e:00:00:01,bridge=a," MAC
				   ",bridge=b")
				    .bridge,
			    "b");
}

static void mac_that_no_guest_can_have_is_refused(void **state)
{
	(void)state;
	assert_refused("mac", "\"\" is not a MAC address");
	assert_refused("mac=", "\"\" is not a MAC address");
	assert_refused("mac=00:16:3e:12:34", "is not a MAC address");
	assert_refused("mac=00:16:3e:12:34:56:78", "is not a MAC address");
	assert_refused("mac=00:00:00:00:00:00", "zero");
	assert_refused("mac=01:00:5e:00:00:01", "a group address");
	assert_refused("mac=ff:ff:ff:ff:ff:ff", "a group address");
	assert_refused("MAC=00:16:3e:12:34:56", "\"MAC\" is no key");
}

static void networks_out_of_reach_are_refused(void **state)
{
	(void)state;
	assert_refused(MAC ",backend=netdom", "driver domain \"netdom\"");
	assert_refused(MAC ",backend=1", "driver domain \"1\"");
	assert_refused(MAC ",brigde=xenbr0", "\"brigde\" is no key");
	assert_refused(MAC ",=x", "\"\" is no key");
	assert_refused("vifnam", "\"vifnam\" is no key");
}

static void bridge_name_is_an_interface_s(void **state)
{
	(void)state;
	assert_string_equal(parsed(MAC ",bridge=123456789012345").bridge,
			    "123456789012345");
	assert_refused(MAC ",bridge=1234567890123456", "no name for a bridge");
	assert_refused(MAC ",bridge=12345678901234567", "1 to 15 characters");
	assert_refused(MAC ",bridge=", "\"\" is no name");
	assert_refused(MAC ",bridge=../x", "no name for a bridge");
}

static void bridge_alone_obeys_the_same_rules(void **state)
{
	char reason[128];
	struct text why = TEXT(reason);
	struct vif vif = { .mtu = 0 };

	(void)state;
	assert_int_equal(vif_set_bridge(SPAN_LIT("br0"), &vif, &why), 0);
	assert_string_equal(vif.bridge, "br0");
	assert_int_equal(vif_set_bridge(SPAN_LIT("a/b"), &vif, &why), -E_USAGE);
	assert_contains(reason, "\"a/b\"");
	assert_string_equal(vif.bridge, "br0");
}

static void mtu_has_limits(void **state)
{
	(void)state;
	assert_int_equal(parsed(MAC ",mtu=576").mtu, 576);
	assert_int_equal(parsed(MAC ",mtu=65535").mtu, 65535);
	assert_refused(MAC ",mtu=575", "576 to 65535");
	assert_refused(MAC ",mtu=65536", "576 to 65535");
	assert_refused(MAC ",mtu=", "576 to 65535");
	assert_refused(MAC ",mtu=1500x", "576 to 65535");
	assert_refused(MAC ",mtu=-1500", "576 to 65535");
	assert_refused(MAC ",mtu=99999999999999999999", "576 to 65535");
}

static void vlan_is_the_one_of_untagged_frames(void **state)
{
	(void)state;
	assert_int_equal(parsed(MAC).vlan, 0);
	assert_int_equal(parsed(MAC ",vlan=1").vlan, 1);
	assert_int_equal(parsed(MAC ",vlan=4094").vlan, 4094);
	assert_int_equal(parsed(MAC ",vlan=10p").vlan, 10);
	assert_int_equal(parsed(MAC ",vlan=10P/20").vlan, 10);
	assert_int_equal(parsed(MAC ",vlan=20/10p/30").vlan, 10);
	assert_int_equal(parsed(MAC ",vlan=100+10x4/7p").vlan, 7);
	assert_int_equal(parsed(MAC ",vlan=7p/8-9").vlan, 7);
	assert_int_equal(parsed(MAC ",vlan=1,vlan=2").vlan, 2);
	assert_refused(MAC ",vlan=", "is not like 10");
	assert_refused(MAC ",vlan=0", "is not like 10");
	assert_refused(MAC ",vlan=4095", "is not like 10");
	assert_refused(MAC ",vlan=p", "is not like 10");
	assert_refused(MAC ",vlan=10p/x", "is not like 10");
	assert_refused(MAC ",vlan=1-2p", "is not like 10");
	assert_refused(MAC ",vlan=1-", "is not like 10");
	assert_refused(MAC ",vlan=10/20", "mark it with p");
	assert_refused(MAC ",vlan=10-12", "mark it with p");
}

static void vlan_alone_is_a_number(void **state)
{
	char reason[128];
	struct text why = TEXT(reason);
	struct vif vif = { .mtu = 0 };

	(void)state;
	assert_int_equal(vif_set_vlan(SPAN_LIT("4094"), &vif, &why), 0);
	assert_int_equal(vif.vlan, 4094);
	assert_int_equal(vif_set_vlan(SPAN_LIT("10p"), &vif, &why), -E_USAGE);
	assert_contains(reason, "from 1 to 4094");
	assert_int_equal(vif.vlan, 4094);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(xl_s_own_lines_are_accepted),
		cmocka_unit_test(keys_that_do_not_matter_are_ignored),
		cmocka_unit_test(first_address_is_taken),
		cmocka_unit_test(blanks_and_stray_commas_are_accepted),
		cmocka_unit_test(mac_may_be_missing),
		cmocka_unit_test(last_of_two_counts),
		cmocka_unit_test(mac_that_no_guest_can_have_is_refused),
		cmocka_unit_test(networks_out_of_reach_are_refused),
		cmocka_unit_test(bridge_name_is_an_interface_s),
		cmocka_unit_test(bridge_alone_obeys_the_same_rules),
		cmocka_unit_test(mtu_has_limits),
		cmocka_unit_test(vlan_is_the_one_of_untagged_frames),
		cmocka_unit_test(vlan_alone_is_a_number),
	};

	return cmocka_run_group_tests_name("vif", tests, NULL, NULL);
}
