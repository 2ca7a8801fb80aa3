/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/bootsource.h"

#define DHCP 0xc0000201u /* 192.0.2.1, the DHCP server */
#define OTHER 0xc0000202u
#define THIRD 0xc0000203u

/* Shows the servers as "192.0.2.1 next-server, srv option 66". */
static const char *servers_of(const struct dhcpmsg *m)
{
	static char buf[1024];
	struct text t = TEXT(buf);
	struct bootsource b;

	bootsource_from_lease(&b, m);
	for (size_t i = 0; i < b.servers; i++) {
		const struct bootserver *s = &b.server[i];

		assert_true(!s->ip == !!s->name);
		text_printf(&t, "%s%s %s", i ? ", " : "",
			    s->name ? s->name : IP4_SHOW(s->ip), s->from);
	}
	assert_false(t.overflow);
	return buf;
}

static void next_server_is_believed_first(void **state)
{
	const struct dhcpmsg m = { .siaddr = OTHER,
				   .server_id = DHCP,
				   .tftp_name = "192.0.2.3" };

	(void)state;
	assert_string_equal(servers_of(&m), "192.0.2.2 next-server, "
					    "192.0.2.3 option 66, "
					    "192.0.2.1 the DHCP server itself");
}

/* dnsmasq puts its own address there, whatever it was configured with. */
static void next_server_that_is_the_dhcp_s_comes_late(void **state)
{
	const struct dhcpmsg m = { .siaddr = DHCP,
				   .server_id = DHCP,
				   .tftp_name = "192.0.2.3" };

	(void)state;
	assert_string_equal(servers_of(&m), "192.0.2.3 option 66, "
					    "192.0.2.1 next-server");
}

/* A proxy's words are not the DHCP server's, which stays the last resort. */
static void proxy_comes_before_the_dhcp_server(void **state)
{
	const struct dhcpmsg m = { .siaddr = OTHER,
				   .server_id = DHCP,
				   .proxy = OTHER,
				   .sname = "192.0.2.3" };
	const struct dhcpmsg silent = { .server_id = DHCP, .proxy = OTHER };

	(void)state;
	assert_string_equal(servers_of(&m), "192.0.2.3 the server name field, "
					    "192.0.2.2 next-server, "
					    "192.0.2.1 the DHCP server itself");
	assert_string_equal(servers_of(&silent),
			    "192.0.2.2 the PXE server itself, "
			    "192.0.2.1 the DHCP server itself");
}

/* Everything is below that prefix, so another server would be asked for the
 * same URLs. */
static void host_of_a_url_is_the_one_server(void **state)
{
	static const char *const rows[][2] = {
		{ "http://192.0.2.9/dir/x", "192.0.2.9 the boot file's URL" },
		{ "http://u@h.example:8080/x",
		  "h.example the boot file's URL" },
		{ "tftp://h/x", "h the boot file's URL" },
		{ "192.0.2.9::x", "192.0.2.9 the boot file's URL" },
		{ "http:///x", "192.0.2.2 next-server, "
			       "192.0.2.1 the DHCP server itself" },
	};
	struct dhcpmsg m = { .type = 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		m = (struct dhcpmsg){ .siaddr = OTHER, .server_id = DHCP };
		strcpy(m.bootfile, rows[i][0]);
		assert_string_equal(servers_of(&m), rows[i][1]);
	}
	m = (struct dhcpmsg){ .server_id = DHCP,
			      .has_prefix = true,
			      .prefix = "http://h/x/",
			      .file = "pxelinux.0" };
	assert_string_equal(servers_of(&m), "h option 210");
}

static void every_place_has_its_rank(void **state)
{
	const struct dhcpmsg m = {
		.siaddr = OTHER,
		.server_id = DHCP,
		.tftp_name = "tftp.example.org",
		.sname = "boot",
		.tftp_server = THIRD,
	};

	(void)state;
	assert_string_equal(servers_of(&m), "192.0.2.2 next-server, "
					    "tftp.example.org option 66, "
					    "boot the server name field, "
					    "192.0.2.3 option 150, "
					    "192.0.2.1 the DHCP server itself");
}

static void address_named_twice_is_asked_once(void **state)
{
	const struct dhcpmsg m = {
		.siaddr = OTHER,
		.server_id = DHCP,
		.tftp_name = "192.0.2.2",
		.sname = "192.0.2.1",
		.tftp_server = OTHER,
	};

	(void)state;
	assert_string_equal(servers_of(&m), "192.0.2.2 next-server, "
					    "192.0.2.1 the server name field");
}

static void name_given_twice_is_asked_once(void **state)
{
	const struct dhcpmsg m = {
		.server_id = DHCP,
		.tftp_name = "boot.example.org",
		.sname = "boot.example.org",
	};

	(void)state;
	assert_string_equal(servers_of(&m), "boot.example.org option 66, "
					    "192.0.2.1 the DHCP server itself");
}

static void addresses_that_are_no_host_s_are_skipped(void **state)
{
	const struct dhcpmsg m = {
		.siaddr = 0x7f000001,
		.server_id = 0,
		.tftp_name = "0.0.0.0",
		.sname = "255.255.255.255",
		.tftp_server = 0xe0000001,
	};
	struct bootsource b;

	(void)state;
	bootsource_from_lease(&b, &m);
	assert_int_equal(b.servers, 0);
}

static void lease_without_any_hint_means_its_server(void **state)
{
	const struct dhcpmsg m = { .server_id = DHCP };

	(void)state;
	assert_string_equal(servers_of(&m), "192.0.2.1 the DHCP server itself");
}

static struct dhcpmsg with_file(const char *file)
{
	struct dhcpmsg m = { .type = 0 };
	struct text t = TEXT(m.file);

	text_puts(&t, file);
	assert_false(t.overflow);
	return m;
}

/* Each row: a boot file, and the prefix that PXELINUX makes of it. */
static void boot_file_is_cut_behind_its_last_delimiter(void **state)
{
	static const char *const rows[][2] = {
		{ "", "::" },
		{ "pxelinux.0", "::" },
		{ "boot/pxelinux.0", "::boot/" },
		{ "/boot/pxelinux.0", "::/boot/" },
		{ "boot/", "::boot/" },
		{ "a/b/c-d.E9", "::a/b/" },
		{ "a/b/azAZ09", "::a/b/" },
		{ "boot\\pxelinux.0", "::boot\\" },
		/* Delimiters are all but letters, digits, dot and dash. */
		{ "pxe_linux.0", "::pxe_" },
		{ "a+b", "::a+" },
		{ "x y", "::x " },
		{ "\xc3\xa4x", "::\xc3\xa4" },
		{ "http://h/boot?m=aa:bb", "http://h/boot?m=aa:" },
		{ "tftp://h/dir/pxelinux.0", "tftp://h/dir/" },
		{ "h::dir/pxelinux.0", "h::dir/" },
		{ "h::pxelinux.0", "h::" },
		/* A URL's host is no part of a name. */
		{ "http://host", "http://host/" },
		{ "http://host/", "http://host/" },
		{ "http://host/file", "http://host/" },
		{ "http://", "http:///" },
		{ "tftp://h", "tftp://h/" },
		/* PXELINUX sets a bit of each byte before it compares, which
		 * turns these control characters into digits, dash and dot. */
		{ "a/b\x10\x19.0", "::a/" },
		{ "a/b\r\x0e.0", "::a/" },
		{ "a/b\x0f.0", "::a/b\x0f" },
		{ "a/b\x1a.0", "::a/b\x1a" },
		/* These become no letters by that. */
		{ "a/b@x", "::a/b@" },
		{ "a/b[x", "::a/b[" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct dhcpmsg m = with_file(rows[i][0]);
		struct bootsource b;

		bootsource_from_lease(&b, &m);
		assert_string_equal(b.prefix, rows[i][1]);
	}
}

static void option_210_beats_the_boot_file(void **state)
{
	struct dhcpmsg m = with_file("a/pxelinux.0");
	struct bootsource b;

	(void)state;
	m.has_prefix = true;
	strncpy(m.prefix, "/srv/boot", sizeof(m.prefix));
	bootsource_from_lease(&b, &m);
	assert_string_equal(b.prefix, "::/srv/boot");
	strncpy(m.prefix, "http://h/x/", sizeof(m.prefix));
	bootsource_from_lease(&b, &m);
	assert_string_equal(b.prefix, "http://h/x/");
	m.prefix[0] = '\0';
	bootsource_from_lease(&b, &m);
	assert_string_equal(b.prefix, "::");
}

static void longest_prefix_fits(void **state)
{
	struct dhcpmsg m = { .has_prefix = true };
	struct bootsource b;

	(void)state;
	memset(m.prefix, 'x', sizeof(m.prefix) - 1);
	bootsource_from_lease(&b, &m);
	assert_int_equal(strlen(b.prefix), 2 + sizeof(m.prefix) - 1);
}

static void option_209_is_handed_on(void **state)
{
	const struct dhcpmsg m = { .config = "cfg/guest" };
	struct bootsource b;

	(void)state;
	bootsource_from_lease(&b, &m);
	assert_string_equal(b.config, "cfg/guest");
}

static void location_takes_the_prefix_s_place(void **state)
{
	static const struct {
		const char *location, *prefix, *host;
	} cases[] = {
		{ "http://srv/debian", "http://srv/debian/", "srv" },
		{ "http://srv/debian/", "http://srv/debian/", "srv" },
		{ "http://srv", "http://srv/", "srv" },
		{ "tftp://10.0.0.1:70/x", "tftp://10.0.0.1:70/x/", "10.0.0.1" },
		{ "srv::", "srv::", "srv" },
		{ "srv::d", "srv::d/", "srv" },
		/* the lease's server, whichever that is */
		{ "images", "::images/", NULL },
		{ "/images/", "::/images/", NULL },
		{ "::", "::", NULL },
		{ "::d", "::d/", NULL },
	};
	static const struct dhcpmsg m = {
		.siaddr = OTHER,
		.server_id = DHCP,
		.has_prefix = true,
		.prefix = "http://web/dir/",
	};
	char longest[DHCPMSG_STRING];
	struct bootsource b;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bootsource_from_lease(&b, &m);
		bootsource_set_location(&b, span_of(cases[i].location));
		assert_string_equal(b.prefix, cases[i].prefix);
		assert_int_equal(b.servers, 1);
		assert_string_equal(b.host,
				    cases[i].host ? cases[i].host : "web");
		assert_string_equal(b.server[0].from, cases[i].host ?
							      "--location" :
							      "option 210");
		assert_int_equal(!b.server[0].ip, !!b.server[0].name);
	}
	memset(longest, 'd', sizeof(longest));
	bootsource_set_location(&b, (struct span){ (uint8_t *)longest,
						   sizeof(longest) - 2 });
	assert_int_equal(strlen(b.prefix), sizeof(b.prefix) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next_server_is_believed_first),
		cmocka_unit_test(next_server_that_is_the_dhcp_s_comes_late),
		cmocka_unit_test(proxy_comes_before_the_dhcp_server),
		cmocka_unit_test(host_of_a_url_is_the_one_server),
		cmocka_unit_test(every_place_has_its_rank),
		cmocka_unit_test(address_named_twice_is_asked_once),
		cmocka_unit_test(name_given_twice_is_asked_once),
		cmocka_unit_test(addresses_that_are_no_host_s_are_skipped),
		cmocka_unit_test(lease_without_any_hint_means_its_server),
		cmocka_unit_test(boot_file_is_cut_behind_its_last_delimiter),
		cmocka_unit_test(option_210_beats_the_boot_file),
		cmocka_unit_test(longest_prefix_fits),
		cmocka_unit_test(option_209_is_handed_on),
		cmocka_unit_test(location_takes_the_prefix_s_place),
	};

	return cmocka_run_group_tests_name("bootsource", tests, NULL, NULL);
}
