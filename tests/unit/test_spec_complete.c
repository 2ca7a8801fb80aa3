/* SPDX-License-Identifier: BSD-3-Clause */
#include "config.h"
#include "format/spec_complete.h"
#include "spec.h"

#define UUID "1b4e28ba-2fa1-11d2-883f-0016d3cca427"

/* What options mean together; each alone is in test_spec.c. */

/* needs LWPXE_EXPLAIN */
static void looking_is_no_boot(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--explain", VIF);
	assert_int_equal(spec.action, SPEC_EXPLAIN);
	assert_true(spec.explain);
	assert_false(spec.list_entries);
	assert_false(spec.json);
	assert_parsed(&spec, "-l", VIF, "--format=json");
	assert_int_equal(spec.action, SPEC_EXPLAIN);
	assert_false(spec.explain);
	assert_true(spec.list_entries);
	assert_true(spec.json);
	assert_parsed(&spec, "--list-entries", "--explain", "--format=text",
		      VIF);
	assert_true(spec.explain);
	assert_true(spec.list_entries);
	assert_false(spec.json);
}

/* needs LWPXE_EXPLAIN */
static void tree_needs_no_guest(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--tree=/srv/tftp");
	assert_int_equal(spec.action, SPEC_EXPLAIN);
	assert_string_equal(spec.tree, "/srv/tftp");
	assert_true(spec.explain);
	assert_true(mac_is_station(&spec.vif.mac));
	assert_parsed(&spec, "--tree=/srv/tftp", "-l", VIF);
	assert_false(spec.explain);
	assert_int_equal(spec.vif.mac.b[5], 0x56);
}

/* pygrub's words for two of ours. */
/* needs LWPXE_EXPLAIN */
static void pygrub_looks_like_this(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "-n", VIF, "/dev/x");
	assert_int_equal(spec.action, SPEC_EXPLAIN);
	assert_true(spec.explain);
	assert_parsed(&spec, "--not-really", VIF);
	assert_true(spec.explain);
	assert_parsed(&spec, "--isconfig", "-l", "/srv/x");
	assert_int_equal(spec.action, SPEC_EXPLAIN);
	assert_false(spec.explain);
	assert_null(spec.disk);
}

/* needs LWPXE_EXPLAIN */
static void configuration_is_in_a_tree(void **state)
{
	static const char *const cases[][3] = {
		{ "/srv/tftp/pxelinux.cfg/default", "/srv/tftp/",
		  "pxelinux.cfg/default" },
		{ "/pxelinux.cfg/01-aa", "/", "pxelinux.cfg/01-aa" },
		{ "pxelinux.cfg/default", ".", "pxelinux.cfg/default" },
		{ "/srv/no-pxelinux.cfg/x", "/srv/no-pxelinux.cfg/", "x" },
		{ "xpxelinux.cfg/d", "xpxelinux.cfg/", "d" },
		{ "/srv/My trees/menu.cfg", "/srv/My trees/", "menu.cfg" },
		{ "/menu.cfg", "/", "menu.cfg" },
		{ "menu.cfg", ".", "menu.cfg" },
		{ "..", ".", ".." },
	};
	static char name[5000];
	struct spec spec;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_parsed(&spec, "--isconfig", cases[i][0]);
		assert_string_equal(spec.tree, cases[i][1]);
		assert_string_equal(spec.config, cases[i][2]);
		assert_true(spec.explain);
	}
	assert_parsed(&spec, "--tree=/srv", "--isconfig", "a/b/menu.cfg");
	assert_string_equal(spec.tree, "/srv");
	assert_string_equal(spec.config, "a/b/menu.cfg");
	assert_refused("--isconfig takes one file", "--isconfig");
	assert_refused("--isconfig takes one file", "--isconfig", "/srv/");
	assert_refused("--isconfig takes one file", "--isconfig", "a b");
	assert_refused("--isconfig takes one file", "--isconfig", "a\n");
	assert_refused("nobody reads with --kernel", "--isconfig", "x",
		       "--kernel=k");
	memset(name, 'd', sizeof(name) - 1);
	assert_refused("1 to 256 bytes", "--isconfig", name);
	strcpy(name + 257, "/x");
	assert_refused("1 to 256 bytes", "--isconfig", "--tree=/", name);
	assert_parsed(&spec, "--isconfig", name);
	memset(name, 'd', sizeof(name) - 1);
	strcpy(name + 4094, "/x");
	assert_parsed(&spec, "--isconfig", name);
	memset(name, 'd', sizeof(name) - 1);
	strcpy(name + 4095, "/x");
	assert_refused("--isconfig takes one file", "--isconfig", name);
}

/* libxl aborts over success without a kernel. */
/* needs LWPXE_EXPLAIN */
static void toolstack_is_not_left_without_a_kernel(void **state)
{
	static const char *const looks[] = { "--explain", "-l",
					     "-n",        "--help",
					     "--version", "--tree=/srv" };
	struct spec spec;

	(void)state;
	for (size_t i = 0; i < COUNT(looks); i++) {
		assert_refused("a toolstack waits for a kernel",
			       "--output=/var/lib/xen/bootloader.7.out",
			       "--output-format=simple0", VIF, looks[i]);
		assert_parsed(&spec, "--output=-", VIF, looks[i]);
	}
}

/* Makes one argument "NAME=xxx…" with a value of `n` bytes. */
static const char *long_value(const char *name, size_t n)
{
	static char arg[9000];

	assert_true(strlen(name) + n + 2 <= sizeof(arg));
	strcat(strcpy(arg, name), "=");
	memset(arg + strlen(name) + 1, 'x', n);
	arg[strlen(name) + 1 + n] = '\0';
	return arg;
}

static void names_of_boot_files_are_names(void **state)
{
	static const char *const options[] = { "--kernel", "--ramdisk",
					       "--location", "--config-dir" };
	static const char *const values[] = {
		"a b", " ", "a\nb", "a\tb", "a\r", "\x01", "\x7f", "\x1b[2J"
	};
	char arg[64];
	struct spec spec;

	(void)state;
	for (size_t i = 0; i < COUNT(options); i++) {
		for (size_t j = 0; j < COUNT(values); j++) {
			strcat(strcat(strcpy(arg, options[i]), "="), values[j]);
			assert_refused("control characters", VIF, arg);
			assert_contains(reason, options[i]);
		}
		strcat(strcpy(arg, options[i]), "=\xff\xc3\xa4%20'\",;=");
		assert_parsed(&spec, VIF, arg);
	}
	assert_string_equal(spec.config_dir, "\xff\xc3\xa4%20'\",;=");
	/* A kernel's length is a matter of whoever asks for it. */
	assert_parsed(&spec, VIF, long_value("--kernel", 8000));
}

static void empty_name_is_none_or_wrong(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--kernel=", "--ramdisk=", VIF);
	assert_null(spec.kernel);
	assert_null(spec.ramdisk);
	assert_refused("--location= takes", VIF, "--location=");
	assert_refused("--config-dir= takes", VIF, "--config-dir=");
}

static void location_is_a_url_or_a_directory(void **state)
{
	static const char *const good[] = {
		"http://srv/debian", "tftp://10.0.0.1:69/x/",
		"10.0.0.1::d",       "images/",
		"/images",           "::",
		"http://srv",
	};
	static const char *const bad[] = { "nfs:srv:/x", "C:/x", "a:b",
					   "tftp://0.0.0.0/x",
					   "255.255.255.255::x" };
	struct spec spec;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_parsed(&spec, VIF, "--location", good[i]);
		assert_string_equal(spec.location, good[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_refused("--location= takes a URL", VIF, "--location",
			       bad[i]);
	assert_refused("bad port number", VIF, "--location=http://s:99999/");
	assert_parsed(&spec, VIF, long_value("--location", 510));
	assert_refused("1 to 510 bytes", VIF, long_value("--location", 511));
	assert_parsed(&spec, VIF, long_value("--config-dir", 256));
	assert_refused("1 to 256 bytes", VIF, long_value("--config-dir", 257));
}

static void each_domain_has_a_user(void **state)
{
	static const struct {
		const char *output;
		uint32_t domid;
	} cases[] = {
		{ "--output=/var/run/xen/bootloader.7.out", 7 },
		{ "--output=/var/run/xen/bootloader.32751.out", 32751 },
		{ "--output=/var/run/xen/bootloader.32752.out", 0 },
		{ "--output=/var/run/xen/bootloader.4294967297.out", 0 },
		{ "--output=/var/run/xen/bootloader.-1.out", 0 },
		{ "--output=/var/run/xen/bootloader.7", 0 },
		{ "--output=/var/run/xen/bootloader.", 0 },
		{ "--output=bootloader.7.out", 0 },
		{ "--output=/dev/null", 0 },
		{ "--output=", 0 },
	};
	struct spec spec;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_parsed(&spec, VIF, cases[i].output);
		assert_int_equal(spec.domid, cases[i].domid);
		assert_int_equal(spec.uid, LWPXE_UID + cases[i].domid);
		assert_parsed(&spec, VIF, cases[i].output, "--runas=9");
		assert_int_equal(spec.uid, 9);
	}
}

/* needs LWPXE_EXPLAIN */
static void answer_s_form_is_known_and_of_use(void **state)
{
	struct spec spec;
	struct text why = TEXT(reason);
	char *const early[] = { "", "--format=json", "--nonsense" };
	char *const late[] = { "", "--nonsense", "--format=json" };

	(void)state;
	assert_refused("--format=xml is not one of text, json", "--format=xml",
		       "--explain", VIF);
	assert_refused("is that of --explain", "--format=json", VIF);
	assert_refused("nobody reads with --kernel", "-l", "--kernel=k", VIF);
	assert_int_equal(spec_parse(3, early, &spec, &why), -E_USAGE);
	assert_true(spec.json);
	assert_int_equal(spec_parse(3, late, &spec, &why), -E_USAGE);
	assert_true(spec.json);
}

static void identity_must_fit_its_options(void **state)
{
	static const char *const names[] = { "vendor-class", "user-class",
					     "hostname" };
	static char longest[300], hex[600];
	struct spec spec;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		memset(longest, 0, sizeof(longest));
		strcat(strcat(strcpy(longest, "--"), names[i]), "=");
		assert_refused("take 1 to 255 bytes", longest, VIF);
		memset(longest + strlen(longest), 'x', 255);
		assert_parsed(&spec, longest, VIF);
		longest[strlen(longest)] = 'x';
		assert_refused("take 1 to 255 bytes", longest, VIF);
	}
	strcpy(hex, "--client-id=");
	memset(hex + strlen(hex), 'a', 2 * 255);
	assert_parsed(&spec, hex, VIF);
	assert_int_equal(spec.identity.id_n, 255);
	strcat(hex, "aa");
	assert_refused("takes mac, uuid, or 2 to 255 bytes", hex, VIF);
	assert_refused("takes mac, uuid, or 2 to 255", "--client-id=", VIF);
	assert_refused("takes mac, uuid, or 2 to 255", "--client-id=ff", VIF);
	assert_refused("takes mac, uuid, or 2 to 255", "--client-id=MACK", VIF);
	assert_refused("a number from 0 to 65535", "--arch=65536", VIF);
	assert_refused("a number from 0 to 65535", "--arch=", VIF);
	assert_refused("a number from 0 to 65535", "--arch=7x", VIF);
	assert_refused("a number from 0 to 65535", "--arch=-1", VIF);
}

static void disk_may_be_forbidden(void **state)
{
	struct spec spec;
	struct text why = TEXT(reason);

	(void)state;
	assert_parsed(&spec, VIF);
	assert_int_equal(spec_allow_local(&spec, &why), 0);
	assert_parsed(&spec, VIF, "--on-localboot=fail", "--on-localboot=exec");
	assert_int_equal(spec_allow_local(&spec, &why), 0);
	assert_parsed(&spec, VIF, "--on-localboot=fail");
	assert_int_equal(spec_allow_local(&spec, &why), -E_LOCAL_REFUSED);
	assert_contains(reason, "--on-localboot=fail forbids");
	assert_refused("--on-localboot=no is not one of exec, fail",
		       "--on-localboot=no", VIF);
}

/* With --once, main() asks xenstore before it completes the spec. */
/* needs LWPXE_ONCE */
static void network_once_needs_a_uuid(void **state)
{
	struct spec spec;
	struct text why = TEXT(reason);

	(void)state;
	assert_parsed(&spec, VIF, "--once");
	assert_true(spec_waits(&spec));
	assert_string_equal(spec.state_directory, LWPXE_STATE_DIRECTORY);
	assert_int_equal(spec_complete(&spec, &why), -E_USAGE);
	assert_contains(reason, "--once and --reset know guests by their UUID");
	spec.uuid.known = true;
	why = TEXT(reason);
	assert_int_equal(spec_complete(&spec, &why), 0);
	assert_int_equal(spec.action, SPEC_BOOT);
	if (!LWPXE_EXPLAIN)
		return;
	assert_parsed(&spec, "--tree=/srv", "--once");
	assert_int_equal(spec_complete(&spec, &why), 0);
	assert_parsed(&spec, VIF, "-l", "--once");
	assert_int_equal(spec_complete(&spec, &why), 0);
}

/* needs LWPXE_ONCE */
static void forgetting_needs_a_uuid_and_nothing_else(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--reset", "--uuid=" UUID, "--state-directory=/x");
	assert_int_equal(spec.action, SPEC_RESET);
	assert_string_equal(spec.state_directory, "/x");
	assert_parsed(&spec, "--reset", "--vm=" UUID);
	assert_refused("nobody has told this one's", "--reset");
	assert_refused("nobody has told this one's", "--reset", VIF);
	assert_refused("--reset, --help and --version boot nothing", "--reset",
		       "--uuid=" UUID, "--output=/x");
	if (!LWPXE_EXPLAIN)
		return;
	assert_refused("--reset boots nothing", "--reset", "--uuid=" UUID,
		       "--explain");
	assert_refused("--reset boots nothing", "--reset", "--uuid=" UUID,
		       "--list-entries", VIF);
	assert_refused("--reset boots nothing", "--reset", "--uuid=" UUID,
		       "--tree=/srv");
}

static void guest_must_be_named(void **state)
{
	struct spec spec;

	(void)state;
	assert_refused("which guest?", "/dev/x");
	assert_int_equal(parse_argv((const char *const[]){ NULL }, &spec),
			 -E_USAGE);
	assert_contains(reason, "--vif=mac=");
}

static int complete(struct spec *spec)
{
	struct text why = TEXT(reason);

	return spec_complete(spec, &why);
}

/* A UUID that argv does not say, xenstore or the guest's file may. */
/* needs LWPXE_MAC_FROM_UUID */
static void mac_is_made_of_the_uuid(void **state)
{
	struct spec spec;

	(void)state;
	assert_parsed(&spec, "--mac=from-uuid", "--vif=bridge=br1");
	assert_true(spec_waits(&spec));
	assert_int_equal(complete(&spec), -E_USAGE);
	assert_contains(reason, "the guest's UUID, of which");
	spec.uuid.known = true;
	assert_int_equal(complete(&spec), 0);
	assert_memory_equal(spec.vif.mac.b, "\x00\x16\x3e\x12\xb9\x37", 6);
	assert_string_equal(spec.vif.bridge, "br1");
	assert_parsed(&spec, "--mac=from-uuid",
		      "--uuid="
		      "6d1b5b1e-2f0c-4a55-9c3a-0f5e7d8c9b1a",
		      "--nic=1");
	assert_int_equal(complete(&spec), 0);
	assert_memory_equal(spec.vif.mac.b, "\x00\x16\x3e\x74\xcb\x63", 6);
	/* One that is there stays, unless only the made one is asked for. */
	assert_parsed(&spec, "--mac=from-uuid", VIF);
	assert_int_equal(complete(&spec), 0);
	assert_int_equal(spec.vif.mac.b[5], 0x56);
	assert_parsed(&spec, "--print-mac", VIF);
	assert_int_equal(spec.action, SPEC_PRINT_MAC);
	assert_int_equal(complete(&spec), -E_USAGE);
	spec.uuid.known = true;
	assert_int_equal(complete(&spec), 0);
	assert_int_equal(spec.vif.mac.b[5], 0x37);
	assert_refused("--mac=00:16:3e:01:02:03 is not one of from-uuid",
		       "--mac=00:16:3e:01:02:03");
	assert_refused("the vif has no mac=", "--vif=bridge=br1");
}

/* needs LWPXE_INJECT */
static void injected_path_is_one_in_a_ramdisk(void **state)
{
	static const char *const right[] = {
		"--inject",
		"--inject=/etc/lwpxeboot.env",
		"--inject=a",
		"--inject=//a/b",
		"--inject=a-b/c_d/e.f+g",
		"--inject=.a/..b",
		"--inject="
		"0123456789abcdef/123456789abcdef/123456789abcdef/"
		"123456789abcdef",
	};
	static const char *const wrong[] = {
		"--inject=",
		"--inject=/",
		"--inject=a/",
		"--inject=a//b",
		"--inject=.",
		"--inject=../a",
		"--inject=a/./b",
		"--inject=a b",
		"--inject=a\nb",
		"--inject=a'b",
		"--inject=a\xff",
		"--inject="
		"0123456789abcdef/123456789abcdef/123456789abcdef/"
		"123456789abcdefg",
	};
	struct spec spec;

	(void)state;
	for (size_t i = 0; i < COUNT(right); i++) {
		assert_parsed(&spec, VIF, right[i]);
		assert_int_not_equal(spec.inject[0], '/');
	}
	assert_parsed(&spec, VIF, "--inject");
	assert_string_equal(spec.inject, "etc/lwpxeboot.env");
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_refused("is no path in a ramdisk", VIF, wrong[i]);
	assert_parsed(&spec, VIF);
	assert_null(spec.inject);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looking_is_no_boot),
		cmocka_unit_test(tree_needs_no_guest),
		cmocka_unit_test(pygrub_looks_like_this),
		cmocka_unit_test(configuration_is_in_a_tree),
		cmocka_unit_test(toolstack_is_not_left_without_a_kernel),
		cmocka_unit_test(names_of_boot_files_are_names),
		cmocka_unit_test(empty_name_is_none_or_wrong),
		cmocka_unit_test(location_is_a_url_or_a_directory),
		cmocka_unit_test(each_domain_has_a_user),
		cmocka_unit_test(answer_s_form_is_known_and_of_use),
		cmocka_unit_test(identity_must_fit_its_options),
		cmocka_unit_test(disk_may_be_forbidden),
		cmocka_unit_test(network_once_needs_a_uuid),
		cmocka_unit_test(forgetting_needs_a_uuid_and_nothing_else),
		cmocka_unit_test(guest_must_be_named),
		cmocka_unit_test(mac_is_made_of_the_uuid),
		cmocka_unit_test(injected_path_is_one_in_a_ramdisk),
	};

	return cmocka_run_group_tests_name("spec_complete", tests, NULL, NULL);
}
