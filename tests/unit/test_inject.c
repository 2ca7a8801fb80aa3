/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "config.h"
#include "format/inject.h"

static struct spec spec;
static struct dhcpmsg lease;
static struct url url;
static struct inject what = { .spec = &spec, .lease = &lease, .kernel = &url };

static int start(void **state)
{
	(void)state;
	spec = (struct spec){ .name = "web1",
			      .inject = SPEC_INJECT,
			      .vif.mac = { { 0, 0x16, 0x3e, 1, 2, 3 } },
			      .uuid = { .known = true } };
	lease = (struct dhcpmsg){
		.yiaddr = 0x0a090001,
		.mask = 0xffffff00,
		.router = 0x0a0900fe,
		.dns = 0x0a0900fd,
		.domain = "example.org",
		.lease = 3600,
		.server_id = 0x0a0900fc,
	};
	url = (struct url){ .scheme = "tftp", .path = "debian/linux" };
	what.server = 0x0a0900fb;
	what.label = SPAN_LIT("install");
	return 0;
}

static const char *lines(void)
{
	static char buf[INJECT_LINES];
	struct text t = TEXT(buf);

	inject_put_lines(&t, &what);
	assert_false(t.overflow);
	return buf;
}

static void guest_is_told_all(void **state)
{
	(void)state;
	assert_string_equal(
		lines(),
		"LWPXEBOOT_VERSION='" LWPXE_VERSION "'\n"
		"LWPXEBOOT_NAME='web1'\n"
		"LWPXEBOOT_UUID='00000000-0000-0000-0000-000000000000'\n"
		"LWPXEBOOT_MAC='00:16:3e:01:02:03'\n"
		"LWPXEBOOT_ADDRESS='10.9.0.1'\n"
		"LWPXEBOOT_NETMASK='255.255.255.0'\n"
		"LWPXEBOOT_ROUTER='10.9.0.254'\n"
		"LWPXEBOOT_DNS='10.9.0.253'\n"
		"LWPXEBOOT_DOMAIN='example.org'\n"
		"LWPXEBOOT_LEASE='3600'\n"
		"LWPXEBOOT_DHCP_SERVER='10.9.0.252'\n"
		"LWPXEBOOT_BOOT_SERVER='10.9.0.251'\n"
		"LWPXEBOOT_LABEL='install'\n"
		"LWPXEBOOT_KERNEL='tftp://10.9.0.251/debian/linux'\n");
}

static void what_is_unknown_is_empty(void **state)
{
	(void)state;
	spec.name[0] = '\0';
	spec.uuid.known = false;
	lease.router = lease.dns = 0;
	lease.domain[0] = '\0';
	what.label = (struct span){ 0 };
	assert_contains(lines(), "_NAME=''\nLWPXEBOOT_UUID=''\n");
	assert_contains(lines(), "_ROUTER=''\nLWPXEBOOT_DNS=''\n"
				 "LWPXEBOOT_DOMAIN=''\n");
	assert_contains(lines(), "_LABEL=''\n");
}

static void url_is_whole_but_for_its_password(void **state)
{
	(void)state;
	url = (struct url){ .scheme = "http",
			    .user = "me:secret",
			    .host = "boot.example",
			    .port = 8080,
			    .path = "k?a=1&b=%20" };
	assert_contains(lines(),
			"_KERNEL='http://boot.example:8080/k?a=1&b=%20'\n");
}

/* Each byte alone: a value has it, or is empty. */
static void bytes_that_mean_something_to_a_shell_empty_a_value(void **state)
{
	static const char safe[] = "-._~:/?&=%+@,";
	char expected[64];

	(void)state;
	for (unsigned c = 1; c < 256; c++) {
		struct text t = TEXT(expected);
		const bool is_alnum = (c >= '0' && c <= '9') ||
				      (c >= 'A' && c <= 'Z') ||
				      (c >= 'a' && c <= 'z');

		lease.domain[0] = 'a';
		lease.domain[1] = (char)c;
		lease.domain[2] = '\0';
		text_printf(&t, "_DOMAIN='%s'\n",
			    is_alnum || strchr(safe, (int)c) ? lease.domain :
							       "");
		assert_contains(lines(), expected);
	}
	what.label = SPAN_LIT("a\0b");
	assert_contains(lines(), "_LABEL=''\n");
}

static void long_values_are_empty(void **state)
{
	static char longest[300];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	what.label = (struct span){ (const uint8_t *)longest, 255 };
	memset(lease.domain, 'y', 256);
	memset(url.path, 'z', sizeof(url.path) - 1);
	memset(spec.name, 'n', sizeof(spec.name) - 1);
	assert_contains(lines(), "xxx'\n");
	assert_contains(lines(), "nnn'\n");
	assert_contains(lines(), "_DOMAIN=''\n");
	assert_contains(lines(), "_KERNEL=''\n");
	what.label.n = 256;
	assert_contains(lines(), "_LABEL=''\n");
}

/* The longest of everything has room. */
static void archive_has_its_room(void **state)
{
	static char archive[INJECT_ARCHIVE], path[INJECT_PATH + 1];
	static char label[INJECT_VALUE];
	struct text t = TEXT(archive);

	(void)state;
	for (size_t i = 0; i < INJECT_PATH; i++)
		path[i] = i % 2 ? '/' : 'a';
	path[INJECT_PATH - 1] = 'b';
	assert_true(inject_is_path(span_of(path)));
	spec.inject = path;
	memset(label, 'x', sizeof(label));
	what.label = (struct span){ (const uint8_t *)label, sizeof(label) };
	memset(spec.name, 'n', sizeof(spec.name) - 1);
	memset(lease.domain, 'y', 255);
	memset(url.path, 'z', 255 - strlen("tftp://10.9.0.251/"));
	inject_put(&t, &what);
	assert_false(t.overflow);
	assert_int_equal(t.n % 4, 0);
	assert_contains(lines(), "zz'\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(guest_is_told_all, start),
		cmocka_unit_test_setup(what_is_unknown_is_empty, start),
		cmocka_unit_test_setup(url_is_whole_but_for_its_password,
				       start),
		cmocka_unit_test_setup(
			bytes_that_mean_something_to_a_shell_empty_a_value,
			start),
		cmocka_unit_test_setup(long_values_are_empty, start),
		cmocka_unit_test_setup(archive_has_its_room, start),
	};

	return cmocka_run_group_tests_name("inject", tests, NULL, NULL);
}
