/* SPDX-License-Identifier: BSD-3-Clause */
#include "spec.h"

#include "config.h"

#define UUID "0633ac6e-1bd4-4a01-8f2d-7a3c5b0e9d11"

/* Compares what is handed on to a local boot loader with a list that ends in
 * NULL: it must be the toolstack's own arguments, in its order. */
#define assert_toolstack(spec, ...) \
	do { \
		const char *const expected_[] = { __VA_ARGS__, NULL }; \
		assert_int_equal((spec)->toolstack_n, COUNT(expected_) - 1); \
		for (size_t i_ = 0; i_ < (spec)->toolstack_n; i_++) \
			assert_string_equal((spec)->toolstack[i_], \
					    expected_[i_]); \
	} while (0)

static void libxl_4_2_boots_a_pv_guest(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--args=root=/dev/xvda1 ro",
		      "--output=/var/run/xen/bootloader.7.out",
		      "--output-format=simple0",
		      "--output-directory=/var/run/xen/bootloader.7.d", VIF,
		      "--label=install", "/dev/vg/web1");
	assert_int_equal(spec.action, SPEC_BOOT);
	assert_string_equal(spec.args, "root=/dev/xvda1 ro");
	assert_string_equal(spec.output, "/var/run/xen/bootloader.7.out");
	assert_int_equal(spec.format, SPEC_SIMPLE0);
	assert_string_equal(spec.output_directory,
			    "/var/run/xen/bootloader.7.d");
	assert_string_equal(spec.label, "install");
	assert_string_equal(spec.disk, "/dev/vg/web1");
	assert_string_equal(spec.vif.bridge, "br1");
	assert_int_equal(spec.vif.mac.b[5], 0x56);
	assert_null(spec.kernel);
	assert_null(spec.ramdisk);
	assert_false(spec.restricted);
	assert_int_equal(spec.uid, LWPXE_UID + 7);
	assert_int_equal(spec.timeout, LWPXE_TIMEOUT * 1000);
	assert_int_equal(spec.dhcp_timeout, LWPXE_DHCP_TIMEOUT * 1000);
	assert_toolstack(&spec, "--args=root=/dev/xvda1 ro",
			 "--output=/var/run/xen/bootloader.7.out",
			 "--output-format=simple0",
			 "--output-directory=/var/run/xen/bootloader.7.d");
}

static void libxl_4_18_restricts_the_boot_loader(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--kernel=vmlinuz", "--ramdisk=initrd.img",
		      "--args=console=hvc0", "--runas=131079", "--quiet",
		      "--output=/var/lib/xen/bootloader.7.out",
		      "--output-format=simple0",
		      "--output-directory=/var/lib/xen/bootloader.7.d", VIF,
		      "/etc/xen/none.img");
	assert_string_equal(spec.kernel, "vmlinuz");
	assert_string_equal(spec.ramdisk, "initrd.img");
	assert_true(spec.quiet);
	assert_true(spec.restricted);
	assert_int_equal(spec.uid, 131079);
	assert_int_equal(spec.timeout, LWPXE_TIMEOUT_RESTRICTED * 1000);
	assert_string_equal(spec.disk, "/etc/xen/none.img");
	assert_toolstack(&spec, "--kernel=vmlinuz", "--ramdisk=initrd.img",
			 "--args=console=hvc0", "--runas=131079", "--quiet",
			 "--output=/var/lib/xen/bootloader.7.out",
			 "--output-format=simple0",
			 "--output-directory=/var/lib/xen/bootloader.7.d");
}

static void libxl_4_20_needs_no_arguments_of_the_guest(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--output=/var/lib/xen/bootloader.1.out",
		      "--output-format=simple0",
		      "--output-directory=/var/lib/xen/bootloader.1.d", VIF,
		      "/dev/xvda");
	assert_null(spec.args);
	assert_string_equal(spec.disk, "/dev/xvda");
}

static void xend_reads_an_s_expression(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--kernel=/k", "--ramdisk=/r", "--args=a b", "-q",
		      "--output=/var/run/xend/boot/xenbl.123",
		      "mac=00:16:3e:12:34:56,bridge=br1,", "file.img");
	assert_int_equal(spec.format, SPEC_SXP);
	assert_true(spec.quiet);
	assert_string_equal(spec.vif.bridge, "br1");
	assert_string_equal(spec.disk, "file.img");
	assert_string_equal(spec.output_directory, LWPXE_OUTPUT_DIRECTORY);
	assert_toolstack(&spec, "--kernel=/k", "--ramdisk=/r", "--args=a b",
			 "-q", "--output=/var/run/xend/boot/xenbl.123");
}

static void xapi_reads_lines_from_standard_output(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "-q", "--vm", UUID, VIF, "/dev/sm/backend/x/y");
	assert_true(spec.uuid_is_given);
	assert_int_equal(spec.format, SPEC_SIMPLE);
	assert_null(spec.output);
	assert_true(spec.uuid.known);
	assert_int_equal(spec.uuid.b[0], 0x06);
	assert_string_equal(spec.disk, "/dev/sm/backend/x/y");
	assert_true(spec.xapi);
	assert_toolstack(&spec, "-q");
	assert_parsed(&spec, "--output-format=simple", "-q", "--runas=65540",
		      VIF, "/dev/sm/backend/x/y");
	assert_int_equal(spec.format, SPEC_SIMPLE);
	assert_int_equal(spec.uid, 65540);
	assert_false(spec.xapi);
	assert_toolstack(&spec, "--output-format=simple", "-q",
			 "--runas=65540");
}

static void pypxeboot_s_arguments_still_work(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--interface=eth1", "--label=rescue", "-v",
		      "--pygrub-image=/dev/vg/root", "--udhcpc=/bin/udhcpc",
		      "mac=00:16:3E:12:34:56,", "/dev/vg/web1");
	assert_string_equal(spec.vif.bridge, "eth1");
	assert_string_equal(spec.label, "rescue");
	assert_string_equal(spec.local_disk, "/dev/vg/root");
	assert_string_equal(spec.disk, "/dev/vg/web1");
	assert_int_equal(spec.toolstack_n, 0);
	assert_parsed(&spec, "--interface=eth1", VIF);
	assert_string_equal(spec.vif.bridge, "br1");
}

static void pygrub_s_arguments_still_work(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "-i", "--interactive", "--debug", "--entry=2",
		      "--offset=512", "--output-format=sxp", VIF, "/dev/x");
	assert_string_equal(spec.label, "2");
	assert_true(spec.verbose);
	assert_int_equal(spec.format, SPEC_SXP);
	assert_parsed(&spec, "--extra_args=a", "--default_args=b", "--logging",
		      VIF);
	assert_string_equal(spec.args, "a");
}

static void values_may_be_arguments_of_their_own(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--vif", "mac=00:16:3e:12:34:56,bridge=b2",
		      "--output", "/o", "--timeout", "30", "--link", "packet",
		      "--menu", "no", "--args", "--not-an-option", "-");
	assert_string_equal(spec.vif.bridge, "b2");
	assert_string_equal(spec.output, "/o");
	assert_int_equal(spec.timeout, 30000);
	assert_int_equal(spec.link, SPEC_LINK_PACKET);
	assert_true(spec.unattended);
	assert_string_equal(spec.args, "--not-an-option");
	assert_string_equal(spec.disk, "-");
	assert_toolstack(&spec, "--output", "/o", "--args", "--not-an-option");
}

static void user_s_option_overrides_the_toolstack_s(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--output=/a", "--output-format=simple0",
		      "--output-directory=/d", VIF, "--output-directory=/e",
		      "--output-format=simple", "/dev/x");
	assert_string_equal(spec.output_directory, "/e");
	assert_int_equal(spec.format, SPEC_SIMPLE);
}

static void values_may_be_empty_or_hold_equals_signs(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--args=", VIF);
	assert_string_equal(spec.args, "");
	assert_parsed(&spec, "--args=a=b=c", "-vif=mac=00:16:3e:12:34:56");
	assert_string_equal(spec.args, "a=b=c");
	assert_string_equal(spec.vif.bridge, LWPXE_BRIDGE);
}

static void help_and_version_need_no_guest(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--help=all");
	assert_true(spec.help_all);
	assert_parsed(&spec, "--help");
	assert_int_equal(spec.action, SPEC_HELP);
	assert_parsed(&spec, "-h");
	assert_int_equal(spec.action, SPEC_HELP);
	assert_parsed(&spec, "--version");
	assert_int_equal(spec.action, SPEC_VERSION);
}

static void every_value_is_asked_for(void **state)
{
	static const char *const names[] = {
		"--kernel",
		"--ramdisk",
		"--args",
		"--runas",
		"--output",
		"--output-format",
		"--output-directory",
		"--vif",
		"--link",
		"--label",
		"--uuid",
		"--local-bootloader",
		"--timeout",
		"--dhcp-timeout",
		"--entry",
		"--offset",
		"--interface",
		"--pygrub-image",
		"--udhcpc",
		"--vm",
		"--extra_args",
		"--default_args",
		"--menu",
		"--location",
		"--config-dir",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_refused("needs a value", VIF, names[i]);
		assert_contains(reason, names[i]);
	}
}

static void value_of_a_flag_is_refused(void **state)
{
	(void)state;
	assert_refused("--quiet takes no value", "--quiet=", VIF);
	assert_refused("--debug takes no value", "--debug=1", VIF);
	assert_refused("--help=me is not one of all", "--help=me");
}

static void options_end_at_two_dashes(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, VIF, "-q", "--", "-odd-disk");
	assert_string_equal(spec.disk, "-odd-disk");
	assert_parsed(&spec, VIF, "--");
	assert_null(spec.disk);
	assert_parsed(&spec, VIF, "--args", "--", "/dev/x");
	assert_string_equal(spec.args, "--");
	assert_refused("\"--\" is one argument too many", VIF, "--", "--", "x");
}

/* XAPI cuts PV-bootloader-args at each blank. */
static void empty_arguments_are_none(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--output-format=simple", "-q", "", VIF, "", "",
		      "/dev/x", "");
	assert_string_equal(spec.disk, "/dev/x");
}

static void dash_is_standard_output(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, VIF, "--output=-");
	assert_null(spec.output);
	assert_parsed(&spec, VIF, "--output=-", "--output=/x");
	assert_string_equal(spec.output, "/x");
}

static void misspelt_option_is_corrected(void **state)
{
	static const char *const rows[][2] = {
		/* letters exchanged, changed, left out, put in */
		{ "--lable=x", "--label?" },
		{ "--vfi=x", "--vif?" },
		{ "--lavel=x", "--label?" },
		{ "--timout=9", "--timeout?" },
		{ "--timmeout=9", "--timeout?" },
		{ "--erbose", "--verbose?" },
		{ "--versionn", "--version?" },
		{ "-version-", "--version?" },
		/* the nearest of several */
		{ "--output-direktory=x", "--output-directory?" },
		{ "--outputt=x", "--output?" },
		{ "--dhcptimeout=9", "--dhcp-timeout?" },
		{ "--output-form=x", "--output-format?" },
		/* three errors are still a suggestion */
		{ "--interfayyy", "--interface?" },
		{ "--xxxverbose", "--verbose?" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_refused(rows[i][1], rows[i][0], VIF);
		assert_contains(reason, "did you mean --");
	}
}

static void wild_guesses_are_not_made(void **state)
{
	(void)state;
	assert_refused("--QUIET is no option", "--QUIET", VIF);
	assert_refused("lwpxeboot --help=all lists them", "--frobnicate", VIF);
	assert_refused("lwpxeboot --help=all lists them", "--interfxxxx", VIF);
	assert_refused("lwpxeboot --help=all lists them", "--xxxxverbose", VIF);
	assert_refused("lwpxeboot --help=all lists them",
		       "--a-name-that-is-longer-than-any-option-we-have", VIF);
}

/* Every letter of these would have to change: nothing can have been meant. */
static void short_unknown_option_gets_no_suggestion(void **state)
{
	(void)state;
	assert_refused("lwpxeboot --help=all lists them", "-x", VIF);
	assert_refused("lwpxeboot --help=all lists them", "---", VIF);
	assert_refused("lwpxeboot --help=all lists them", "--zz=1", VIF);
}

static void wrong_values_are_explained(void **state)
{
	(void)state;
	assert_refused("is not one of sxp, simple, simple0",
		       "--output-format=json", VIF);
	assert_refused("is not one of auto, tap, packet", "--link=x", VIF);
	assert_refused("is not one of auto, no", "--menu=yes", VIF);
	assert_refused("\"42\" is not a UUID", "--uuid=42", VIF);
	assert_refused("is not a UUID", "--vm=", VIF);
	assert_refused("from 1 to 4294967294", "--runas=0", VIF);
	assert_refused("from 1 to 4294967294", "--runas=", VIF);
	assert_refused("from 1 to 4294967294", "--runas=nobody", VIF);
	assert_refused("from 1 to 4294967294", "--runas=12x", VIF);
	assert_refused("from 1 to 4294967294", "--runas=-1", VIF);
	assert_refused("from 1 to 4294967294", "--runas=4294967295", VIF);
	assert_refused("from 1 to 4294967294", "--runas=4294967296", VIF);
	assert_refused("from 1 to 86400", "--timeout=0", VIF);
	assert_refused("from 1 to 86400", "--timeout=86401", VIF);
	assert_refused("from 1 to 86400", "--dhcp-timeout=10s", VIF);
	assert_refused("no key of a vif", "--vif=mac=00:16:3e:12:34:56,x=y");
	assert_refused("no name for a bridge", "--interface=a/b",
		       "--vif=mac=00:16:3e:12:34:56");
}

static void identity_is_the_admin_s(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, VIF);
	assert_int_equal(spec.identity.arch, 0);
	assert_int_equal(spec.identity.client_id, CLIENT_ID_NONE);
	assert_null(spec.identity.vendor_class);
	assert_null(spec.identity.user_class);
	assert_null(spec.identity.hostname);
	assert_parsed(&spec, "--arch=65535", "--vendor-class=V c",
		      "--user-class=iPXE", "--hostname=web1",
		      "--client-id=ff:00:01", VIF);
	assert_int_equal(spec.identity.arch, 65535);
	assert_string_equal(spec.identity.vendor_class, "V c");
	assert_string_equal(spec.identity.user_class, "iPXE");
	assert_string_equal(spec.identity.hostname, "web1");
	assert_int_equal(spec.identity.client_id, CLIENT_ID_BYTES);
	assert_int_equal(spec.identity.id_n, 3);
	assert_memory_equal(spec.identity.id, "\xff\0\1", 3);
	assert_parsed(&spec, "--client-id=mac", VIF);
	assert_int_equal(spec.identity.client_id, CLIENT_ID_MAC);
	assert_parsed(&spec, "--client-id=uuid", VIF);
	assert_int_equal(spec.identity.client_id, CLIENT_ID_UUID);
}

static void second_disk_is_one_too_many(void **state)
{
	(void)state;
	assert_refused("\"/dev/a\" is one argument too many", VIF, "/dev/a",
		       "/dev/b");
	/* A path is no vif, whatever it contains. */
	assert_refused("which guest?", "/srv/mac=00:16:3e:12:34:56");
}

static void toolstack_arguments_have_a_limit(void **state)
{
	const char *argv[SPEC_TOOLSTACK_ARGS + 4] = { "lwpxeboot", VIF };
	struct spec spec;
	size_t n = 2;

	(void)state;
	while (n < 2 + SPEC_TOOLSTACK_ARGS)
		argv[n++] = "-q";
	assert_int_equal(parse_argv(argv, &spec), 0);
	assert_int_equal(spec.toolstack_n, SPEC_TOOLSTACK_ARGS);
	argv[n] = "-q";
	assert_int_equal(parse_argv(argv, &spec), -E_USAGE);
	assert_contains(reason, "too many arguments");
	/* The last place is for the option, and its value has none. */
	argv[n - 1] = "--args";
	argv[n] = "x";
	assert_int_equal(parse_argv(argv, &spec), -E_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libxl_4_2_boots_a_pv_guest),
		cmocka_unit_test(libxl_4_18_restricts_the_boot_loader),
		cmocka_unit_test(libxl_4_20_needs_no_arguments_of_the_guest),
		cmocka_unit_test(xend_reads_an_s_expression),
		cmocka_unit_test(xapi_reads_lines_from_standard_output),
		cmocka_unit_test(pypxeboot_s_arguments_still_work),
		cmocka_unit_test(pygrub_s_arguments_still_work),
		cmocka_unit_test(values_may_be_arguments_of_their_own),
		cmocka_unit_test(user_s_option_overrides_the_toolstack_s),
		cmocka_unit_test(values_may_be_empty_or_hold_equals_signs),
		cmocka_unit_test(help_and_version_need_no_guest),
		cmocka_unit_test(every_value_is_asked_for),
		cmocka_unit_test(value_of_a_flag_is_refused),
		cmocka_unit_test(options_end_at_two_dashes),
		cmocka_unit_test(empty_arguments_are_none),
		cmocka_unit_test(dash_is_standard_output),
		cmocka_unit_test(misspelt_option_is_corrected),
		cmocka_unit_test(wild_guesses_are_not_made),
		cmocka_unit_test(short_unknown_option_gets_no_suggestion),
		cmocka_unit_test(wrong_values_are_explained),
		cmocka_unit_test(identity_is_the_admin_s),
		cmocka_unit_test(second_disk_is_one_too_many),
		cmocka_unit_test(toolstack_arguments_have_a_limit),
	};

	return cmocka_run_group_tests_name("spec", tests, NULL, NULL);
}
