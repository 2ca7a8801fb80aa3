/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim_sweep.h"

#include "sim_expect.h"
#include "sim_seen.h"

/* A lease may name the boot server, and a DNS server knows its address. */

static struct sim named(const char *name)
{
	struct sim s;

	sim_init(&s);
	s.servers = 2;
	s.server[0].dhcpd.boot_name = name;
	s.server[0].dnsd.address = SIM_SECOND_IP;
	s.server[1].dhcpd.absent = true;
	return s;
}

static void name_is_asked_for_once(void **state)
{
	struct sim s = named(SIM_BOOT_NAME "." SIM_DOMAIN);
	const struct sim_result *r;

	(void)state;
	r = expect_boot(&s);
	assert_contains(r->log, "Boot server 192.0.2.2, from option 66");
	expect_count(r, SIM_UP, SAW_DNS_ASKS, 1);
	expect_count(r, SIM_UP, SAW_ARP_ASKS, 3);
}

static void name_without_a_dot_is_in_the_domain_of_the_lease(void **state)
{
	struct sim s = named(SIM_BOOT_NAME);

	(void)state;
	assert_contains(expect_boot(&s)->log, "Boot server 192.0.2.2,");
}

static void deaf_server_is_asked_again(void **state)
{
	struct sim s = named(SIM_BOOT_NAME);
	const struct sim_result *r;

	(void)state;
	for (unsigned deaf = 1; deaf < 4; deaf++) {
		s.server[0].dnsd.deaf = deaf;
		r = expect_boot(&s);
		assert_contains(r->log, "Boot server 192.0.2.2,");
		expect_count(r, SIM_UP, SAW_DNS_ASKS, deaf + 1);
		assert_in_range(r->took, deaf * US_PER_S, deaf * 4 * US_PER_S);
	}
}

/* Then the DHCP server may have the files as well. */
static void silent_server_is_given_up_soon(void **state)
{
	struct sim s = named(SIM_BOOT_NAME);
	const struct sim_result *r;

	(void)state;
	s.server[0].dnsd.absent = true;
	r = expect_boot(&s);
	assert_contains(r->log, "knows no address of boot.example.org; trying");
	assert_contains(r->log, "Boot server 192.0.2.1, from next-server");
	assert_in_range(r->took, 5 * US_PER_S, 20 * US_PER_S);
}

static void unknown_name_is_given_up_at_once(void **state)
{
	struct sim s = named("unknown");
	const struct sim_result *r;

	(void)state;
	r = expect_boot(&s);
	assert_contains(r->log, "knows no address of unknown.example.org");
	expect_count(r, SIM_UP, SAW_DNS_ASKS, 1);
	assert_true(r->took < US_PER_S);
}

static void question_ends_at_any_moment_with_the_parent(void **state)
{
	struct sim s = named(SIM_BOOT_NAME);

	(void)state;
	s.server[0].dnsd.deaf = 2;
	sweep_gone(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_is_asked_for_once),
		cmocka_unit_test(
			name_without_a_dot_is_in_the_domain_of_the_lease),
		cmocka_unit_test(deaf_server_is_asked_again),
		cmocka_unit_test(silent_server_is_given_up_soon),
		cmocka_unit_test(unknown_name_is_given_up_at_once),
		cmocka_unit_test(question_ends_at_any_moment_with_the_parent),
	};

	return sweep_main("resolver", tests);
}
