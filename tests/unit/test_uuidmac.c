/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/uuidmac.h"

/* What sha256sum says: 00:16:3e and six digits, the first less 8. */
static void addresses_are_as_documented(void **state)
{
	static const struct {
		const char *uuid;
		uint32_t nic;
		const char *mac;
	} cases[] = {
		{ "6d1b5b1e-2f0c-4a55-9c3a-0f5e7d8c9b1a", 0,
		  "00:16:3e:5c:fd:3c" },
		{ "6D1B5B1E-2F0C-4A55-9C3A-0F5E7D8C9B1A", 0,
		  "00:16:3e:5c:fd:3c" },
		{ "6d1b5b1e-2f0c-4a55-9c3a-0f5e7d8c9b1a", 1,
		  "00:16:3e:74:cb:63" },
		{ "6d1b5b1e-2f0c-4a55-9c3a-0f5e7d8c9b1a", 255,
		  "00:16:3e:2e:d9:9c" },
		{ "00000000-0000-0000-0000-000000000000", 0,
		  "00:16:3e:12:b9:37" },
		{ "ffffffff-ffff-ffff-ffff-ffffffffffff", 0,
		  "00:16:3e:13:98:4a" },
	};
	char buf[18];
	struct uuid uuid;
	struct mac mac;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct text t = TEXT(buf);

		assert_true(uuid_parse(span_of(cases[i].uuid), &uuid));
		uuidmac_make(&uuid, cases[i].nic, &mac);
		mac_put(&t, &mac, ':');
		assert_string_equal(buf, cases[i].mac);
		assert_true(mac_is_station(&mac));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_as_documented),
	};

	return cmocka_run_group_tests_name("uuidmac", tests, NULL, NULL);
}
