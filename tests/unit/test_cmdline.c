/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "base/err.h"
#include "format/cmdline.h"

static const struct cmdline_identity guest = {
	.client = 0xc000020a,
	.server = 0xc0000201,
	.router = 0xc00002fe,
	.mask = 0xffffff00,
	.mac = { { 0x00, 0x16, 0x3e, 0x12, 0x34, 0x56 } },
	.uuid = { { 0x11, 0x22, 0x33 }, true },
};

static char line[CMDLINE_MAX + 2], reason[256];
static struct span initrds;

static int build(const struct cmdline_parts *parts)
{
	struct text t = TEXT(line), why = TEXT(reason);
	int rc = cmdline_build(&t, parts, &guest, &initrds, &why);

	if (!rc)
		assert_int_equal(t.n, strlen(line));
	assert_int_equal(!rc, !reason[0]);
	return rc;
}

#define assert_line(expected, list, ...) \
	do { \
		const struct cmdline_parts parts_ = { __VA_ARGS__ }; \
		build(&parts_); \
		assert_string_equal(reason, ""); \
		assert_string_equal(line, expected); \
		assert_span(initrds, list); \
	} while (0)

static void parts_stand_in_pxelinux_s_order(void **state)
{
	(void)state;
	assert_line("BOOT_IMAGE=k ka=1 quiet initrd=a,b "
		    "ip=192.0.2.10:192.0.2.1:192.0.2.254:255.255.255.0 "
		    "BOOTIF=01-00-16-3e-12-34-56 "
		    "SYSUUID=11223300-0000-0000-0000-000000000000 extra xl",
		    "a,b", .kernel = SPAN_LIT("k ka=1"),
		    .append = SPAN_LIT("quiet"), .initrd = SPAN_LIT("a,b"),
		    .sysappend = 7, .extra = SPAN_LIT("extra"),
		    .args = SPAN_LIT("xl"));
}

static void absent_parts_leave_no_blanks(void **state)
{
	(void)state;
	assert_line("BOOT_IMAGE=k", "", .kernel = SPAN_LIT("k"));
	assert_line("BOOT_IMAGE=k", "", .kernel = SPAN_LIT("  k  "));
	assert_line("BOOT_IMAGE=k x", "", .kernel = SPAN_LIT("k"),
		    .args = SPAN_LIT("x"));
	assert_line("BOOT_IMAGE=", "", .sysappend = 0);
}

static void blanks_inside_a_part_are_kept(void **state)
{
	(void)state;
	assert_line("BOOT_IMAGE=k a  b  c", "", .kernel = SPAN_LIT("k"),
		    .append = SPAN_LIT("a  b "), .extra = SPAN_LIT("c"));
	assert_line("BOOT_IMAGE=k a b \"c d\"", "", .kernel = SPAN_LIT("k"),
		    .append = SPAN_LIT("a\tb\t\"c d\""));
}

static void each_sysappend_bit_adds_one_word(void **state)
{
	(void)state;
	assert_line("BOOT_IMAGE=k "
		    "ip=192.0.2.10:192.0.2.1:192.0.2.254:255.255.255.0",
		    "", .kernel = SPAN_LIT("k"), .sysappend = 1);
	assert_line("BOOT_IMAGE=k BOOTIF=01-00-16-3e-12-34-56", "",
		    .kernel = SPAN_LIT("k"), .sysappend = 2);
	assert_line("BOOT_IMAGE=k SYSUUID=11223300-0000-0000-0000-"
		    "000000000000",
		    "", .kernel = SPAN_LIT("k"), .sysappend = 4);
	/* What describes a machine that is not there is left out. */
	assert_line("BOOT_IMAGE=k", "", .kernel = SPAN_LIT("k"),
		    .sysappend = 0xfffffff8);
}

static void unknown_uuid_is_left_out(void **state)
{
	struct cmdline_identity unknown = guest;
	const struct cmdline_parts parts = { .kernel = SPAN_LIT("k"),
					     .sysappend = 4 };
	struct text t = TEXT(line), why = TEXT(reason);

	(void)state;
	unknown.uuid.known = false;
	assert_int_equal(cmdline_build(&t, &parts, &unknown, &initrds, &why),
			 0);
	assert_string_equal(line, "BOOT_IMAGE=k");
}

/* PXELINUX searches the text, not its words. */
static void first_initrd_wins_wherever_it_stands(void **state)
{
	(void)state;
	assert_line("BOOT_IMAGE=k initrd=one,two x initrd=three", "one,two",
		    .kernel = SPAN_LIT("k"),
		    .append = SPAN_LIT("initrd=one,two x"),
		    .initrd = SPAN_LIT("three"));
	assert_line("BOOT_IMAGE=k noinitrd=one initrd=two", "one",
		    .kernel = SPAN_LIT("k"),
		    .append = SPAN_LIT("noinitrd=one initrd=two"));
	assert_line("BOOT_IMAGE=k initrd=in,kernel", "in,kernel",
		    .kernel = SPAN_LIT("k initrd=in,kernel"));
	assert_line("BOOT_IMAGE=k initrd=a b", "a", .kernel = SPAN_LIT("k"),
		    .initrd = SPAN_LIT("a b"));
	assert_line("BOOT_IMAGE=k initrd=a b", "a", .kernel = SPAN_LIT("k"),
		    .append = SPAN_LIT("initrd=a\tb"));
	assert_line("BOOT_IMAGE=k initrd= x", "", .kernel = SPAN_LIT("k"),
		    .append = SPAN_LIT("initrd= x"));
	assert_line("BOOT_IMAGE=k Initrd=x", "", .kernel = SPAN_LIT("k"),
		    .append = SPAN_LIT("Initrd=x"));
	assert_line("BOOT_IMAGE=k initrd=x", "x", .kernel = SPAN_LIT("k"),
		    .extra = SPAN_LIT("initrd=x"));
}

/* It names no file of the boot server's. */
static void initrd_of_xl_cfg_is_not_downloaded(void **state)
{
	(void)state;
	assert_line("BOOT_IMAGE=k initrd=x", "", .kernel = SPAN_LIT("k"),
		    .args = SPAN_LIT("initrd=x"));
	assert_line("BOOT_IMAGE=k ini trd=x", "", .kernel = SPAN_LIT("k"),
		    .append = SPAN_LIT("ini"), .args = SPAN_LIT("trd=x"));
	assert_line("BOOT_IMAGE=k initrd= x", "", .kernel = SPAN_LIT("k"),
		    .append = SPAN_LIT("initrd="), .args = SPAN_LIT("x"));
}

static void control_bytes_are_refused(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		const uint8_t args[] = { 'a', (uint8_t)c, 'b' };
		const struct cmdline_parts in_append = {
			.kernel = SPAN_LIT("k"), .append = { args, 3 },
		}, in_args = {
			.kernel = SPAN_LIT("k"), .args = { args, 3 },
		};
		bool bad = (c < 0x20 && c != '\t') || c == 0x7f;

		assert_int_equal(build(&in_append), bad ? -E_CMDLINE : 0);
		assert_int_equal(build(&in_args), bad ? -E_CMDLINE : 0);
		if (bad)
			assert_contains(reason, "control character 0x");
	}
	(void)state;
}

/* Builds a line of exactly `n` bytes, most of them in `args`. */
static int build_sized(size_t n)
{
	static char args[CMDLINE_MAX * 2];
	static const char head[] = "BOOT_IMAGE=k ";
	const struct cmdline_parts parts = {
		.kernel = SPAN_LIT("k"),
		.args = { (uint8_t *)args, n - (sizeof(head) - 1) },
	};

	memset(args, 'x', sizeof(args));
	return build(&parts);
}

static void limit_is_libxl_s(void **state)
{
	(void)state;
	assert_int_equal(build_sized(8186), 0);
	assert_int_equal(strlen(line), 8186);
	assert_int_equal(build_sized(8187), -E_CMDLINE);
	assert_contains(reason, "8186 bytes");
	assert_int_equal(build_sized(8188), -E_CMDLINE);
	assert_int_equal(build_sized(16000), -E_CMDLINE);
}

static void short_buffer_is_an_error(void **state)
{
	const struct cmdline_parts parts = {
		.kernel = SPAN_LIT("kernel"),
		.append = SPAN_LIT("a b c"),
		.initrd = SPAN_LIT("i"),
		.sysappend = 7,
		.args = SPAN_LIT("xl"),
	};
	size_t need;

	(void)state;
	assert_int_equal(build(&parts), 0);
	need = strlen(line) + 1;
	for (size_t cap = 1; cap <= need; cap++) {
		char *p = malloc(cap);
		struct text t = text_over(p, cap), why = TEXT(reason);

		assert_int_equal(cmdline_build(&t, &parts, &guest, &initrds,
					       &why),
				 cap == need ? 0 : -E_CMDLINE);
		free(p);
	}
}

static void guest_gets_its_console(void **state)
{
	static const struct {
		const char *append, *args, *expected;
	} cases[] = {
		{ "", "", "k console=hvc0" },
		{ "console=tty0", "", "k console=tty0 console=hvc0" },
		{ "xconsole=hvc0", "", "k xconsole=hvc0 console=hvc0" },
		{ "", "ro consolex=1", "k console=hvc0 ro consolex=1" },
		{ "console=hvc0,9600 quiet", "", "k console=hvc0,9600 quiet" },
		{ "console=hvc1", "x", "k console=hvc1 x" },
		{ "\tconsole=hvc0", "", "k  console=hvc0" },
		{ "console=xvc0", "", "k console=xvc0" },
		{ "console=ttynull", "", "k console=ttynull" },
		{ "console=null", "", "k console=null" },
		{ "console=a", "console=b", "k console=a console=b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct cmdline_parts parts = {
			.kernel = SPAN_LIT("k"),
			.console = true,
			.append = span_of(cases[i].append),
			.args = span_of(cases[i].args),
		};

		assert_int_equal(build(&parts), 0);
		assert_string_equal(line + strlen("BOOT_IMAGE="),
				    cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_stand_in_pxelinux_s_order),
		cmocka_unit_test(absent_parts_leave_no_blanks),
		cmocka_unit_test(blanks_inside_a_part_are_kept),
		cmocka_unit_test(each_sysappend_bit_adds_one_word),
		cmocka_unit_test(unknown_uuid_is_left_out),
		cmocka_unit_test(first_initrd_wins_wherever_it_stands),
		cmocka_unit_test(initrd_of_xl_cfg_is_not_downloaded),
		cmocka_unit_test(control_bytes_are_refused),
		cmocka_unit_test(limit_is_libxl_s),
		cmocka_unit_test(short_buffer_is_an_error),
		cmocka_unit_test(guest_gets_its_console),
	};

	return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
