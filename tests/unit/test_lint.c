/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/lint.h"

static struct lint l;

/* Returns the findings as lines: "E" or "N", the line and the sentence. */
static const char *lint(const char *text)
{
	static char lines[LINT_ROOM + 1024];
	struct text t = TEXT(lines);
	size_t n = strlen(text);
	uint8_t *copy = exact_copy(text, n);

	lint_check(&l, "web1.cfg", (struct span){ copy, n });
	free(copy);
	lines[0] = '\0';
	for (size_t i = 0; i < l.findings; i++)
		text_printf(&t, "%c%u %.*s\n", "NE"[l.finding[i].kind],
			    l.finding[i].line, SPAN_ARG(l.finding[i].sentence));
	assert_int_equal(l.has_errors,
			 strchr(lines, 'E') == lines || strstr(lines, "\nE"));
	return lines;
}

#define NAME "bootloader='lwpxeboot'\n"
#define BOOTS \
	NAME "bootloader_args=['--vif=mac=00:16:3e:12:34:56,bridge=br1']\n"
#define VIF "vif=['mac=00:16:3e:12:34:56,bridge=br1']\n"
#define UUID "uuid='6d1b5b1e-2f0c-4a55-9c3a-0f5e7d8c9b1a'\n"
#define REST "memory=512\n" UUID "type='pvh'\n"
#define DISK "disk=['phy:/dev/vg/a,xvda,w']\n"
#define GOOD BOOTS VIF REST DISK

static void good_file_has_no_findings(void **state)
{
	(void)state;
	assert_string_equal(lint(GOOD), "");
	assert_true(l.is_ours);
	assert_string_equal(l.bootloader.text, "lwpxeboot");
	assert_string_equal(l.disk.text, "/dev/vg/a");
	assert_int_equal(l.disk.line, 7);
	assert_int_equal(l.memory_mib, 512);
	assert_int_equal(l.vifs, 1);
	assert_int_equal(l.vif[0].line, 3);
	assert_string_equal(
		lint("bootloader='/usr/bin/lwpxeboot'\n"
		     "bootloader_args='--cfg=web1.cfg --nic=0'\n" VIF REST
			     DISK),
		"");
	assert_string_equal(
		lint(NAME "bootloader_args=['--cfg=web1.cfg']\n"
			  "bootloader_args+=['--label=x']\n" VIF REST DISK),
		"");
}

#define assert_finds(text, part) \
	do { \
		const char *found_ = lint(text); \
		if (!strstr(found_, part)) \
			assert_string_equal(found_, part); \
	} while (0)

static void syntax_is_told_with_its_line(void **state)
{
	(void)state;
	assert_finds(GOOD "x=[\n\n", "E8 the list that begins here");
	assert_finds("a=1\n\nb=2\r\n", "E3 it ends in a carriage return");
	assert_finds(GOOD "vif='a'\n", "E8 vif is no list");
	assert_finds(GOOD "memory=[1]\n", "E8 memory is a list");
	assert_finds(GOOD "disk+='x'\n", "E8 += adds a list");
}

static void others_are_left_alone(void **state)
{
	static const char *const cases[] = {
		VIF,
		"bootloader='pygrub'\n" VIF,
		"type='hvm'\n" VIF,
		"bootloader='/usr/bin/pygrub'\ndisk=[]\n" VIF,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_finds(cases[i], "N1 it does not boot by lwpxeboot");
		assert_int_equal(l.findings, 1);
		assert_int_equal(l.vifs, 1);
		assert_false(l.is_ours);
	}
}

static void hvm_guest_has_no_boot_loader(void **state)
{
	(void)state;
	assert_finds("type='hvm'\n" GOOD, "");
	assert_finds(GOOD "type='hvm'\n", "E1 xl runs no boot loader for an");
	assert_finds(NAME "builder='hvm'\n", "E1 xl runs no boot loader for");
	assert_finds(GOOD "type='x'\n", "E8 xl knows no such type");
}

/* needs LWPXE_EXPLAIN */
static void args_are_read_as_a_boot_reads_them(void **state)
{
	static const struct {
		const char *args, *finding;
	} cases[] = {
		{ "",
		  "E1 lwpxeboot refuses these bootloader_args: which guest" },
		{ "bootloader_args=['--vif=mac=x']",
		  "E2 lwpxeboot refuses these "
		  "bootloader_args: \"x\" is not a MAC" },
		{ "bootloader_args=['--labl=x']", "did you mean --label?" },
		{ "bootloader_args=['a','b']", "one argument too many" },
		{ "bootloader_args=['--explain','--vif=mac=00:16:3e:12:34:56']",
		  "boot nothing, and a toolstack waits for a kernel" },
		{ "bootloader_args=['--help']", "boot nothing" },
		{ "bootloader_args=['--lint']", "boot nothing" },
		{ "bootloader_args=['--print-mac']", "boot nothing" },
		{ "bootloader_args=['\\q']",
		  "E2 bootloader_args has an escape" },
		{ "bootloader_args='--nic=1 --cfg=web1.cfg'",
		  "it has no vif number 1" },
		{ "bootloader_args=['--cfg=x.cfg']",
		  "N2 --cfg=x.cfg is not the file that is checked, web1.cfg" },
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct text t = TEXT(text);

		text_printf(&t, NAME "%s\n" VIF REST DISK, cases[i].args);
		assert_finds(text, cases[i].finding);
	}
}

static void many_args_are_refused(void **state)
{
	static char text[16384];
	struct text t = TEXT(text);

	(void)state;
	text_puts(&t, NAME "bootloader_args=[");
	for (int i = 0; i < 65; i++)
		text_puts(&t, "'-q',");
	text_puts(&t, "]\n");
	assert_finds(text,
		     "E2 bootloader_args has an escape that means nothing, "
		     "or more than 62 words");
	t = TEXT(text);
	text_puts(&t, NAME "bootloader_args='");
	for (int i = 0; i < 9000; i++)
		text_put_u8(&t, i % 100 ? 'x' : ' ');
	text_puts(&t, "'\n");
	assert_finds(text, "E2 bootloader_args has an escape");
}

static void guest_must_run_with_what_it_boots_with(void **state)
{
	static const struct {
		const char *vifs, *finding;
	} cases[] = {
		{ "", "E1 the guest boots with the MAC address "
		      "00:16:3e:12:34:56, which no entry of vif= has" },
		{ "vif=[]", "which no entry of vif= has" },
		{ "vif=['mac=00:16:3e:12:34:57']", "E3 the guest boots with" },
		{ "vif=['bridge=br1']", "N3 vif number 0 has no mac=" },
		{ "vif=['mac=00:16:3e:12:34:57',\n'mac=00:16:3e:12:34:56']",
		  "N4 the guest boots on the bridge br1 and runs on xenbr0" },
		{ "vif=['mac=00:16:3e:12:34:56,bridge=br1','colour=red']",
		  "N3 vif number 1: \"colour\" is no key" },
		{ "vif=['\\q']", "N3 vif number 0: it cannot be read" },
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct text t = TEXT(text);

		text_printf(&t, BOOTS "%s\n" REST DISK, cases[i].vifs);
		assert_finds(text, cases[i].finding);
	}
}

/* needs LWPXE_MAC_FROM_UUID */
static void made_address_must_be_xl_s(void **state)
{
#define MADE \
	NAME "bootloader_args=['--mac=from-uuid','--cfg=web1.cfg']\n" \
	     "memory=512\n" DISK
	(void)state;
	assert_finds(MADE UUID "vif=['bridge=br1']\n",
		     "E6 vif number 0 has no "
		     "mac=, and the guest boots with the one that its UUID "
		     "makes; write mac=00:16:3e:5c:fd:3c");
	assert_string_equal(lint(MADE UUID "vif=['mac=00:16:3e:5c:fd:3c']\n"),
			    "");
	assert_finds(MADE "vif=['bridge=br1']\n",
		     "E2 lwpxeboot refuses these "
		     "bootloader_args: the guest's UUID");
	assert_finds(NAME "bootloader_args=['--mac=from-uuid']\n" UUID VIF,
		     "E4 the guest boots with the MAC address "
		     "00:16:3e:5c:fd:3c");
}

static void first_disk_must_be_raw(void **state)
{
	static const struct {
		const char *disks, *finding;
	} cases[] = {
		{ "", "E1 xl runs a boot loader only for a guest with a disk" },
		{ "disk=[]", "E7 xl runs a boot loader only" },
		{ "disk=['/a,qcow2,xvda']", "in the format qcow2" },
		{ "disk=['/b,raw,xvdb','/a,qcow2,xvda']", NULL },
		{ "disk=['tap:qcow:/a,xvda']", "in the format qcow" },
		{ "disk=[',,hdc,devtype=cdrom']", "an empty drive" },
		{ "disk=['drbd:web1,xvda,w']", "takes a script, drbd" },
		{ "disk=['/a,raw,xvda,w,backend=store']", "the domain store" },
		{ "disk=['/a,raw,xvda,w,backend=0']", NULL },
		{ "disk=['/a']", "no name for the guest" },
		{ "disk=['\\q']", "the first disk cannot be read" },
		{ "disk=[\n\n'/a,vhd,xvda']", "E9 the first disk is in the" },
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct text t = TEXT(text);

		text_printf(&t, BOOTS VIF REST "%s\n", cases[i].disks);
		assert_finds(text, cases[i].finding ? cases[i].finding : "");
		if (!cases[i].finding)
			assert_int_equal(l.findings, 0);
	}
}

static void command_line_has_borders(void **state)
{
	static const struct {
		const char *head, *setting;
		size_t n; /* bytes of the command line */
		const char *finding;
	} cases[] = {
		{ "type='pv'", "extra", 1023, NULL },
		{ "type='pv'", "extra", 1024,
		  "E8 the command line has 1024 bytes "
		  "without APPEND, of which a PV guest keeps the first 1023" },
		{ "", "cmdline", 2047, NULL },
		{ "", "root", 2042, NULL },
		{ "", "root", 2043,
		  "has 2048 bytes without APPEND, of which "
		  "Linux keeps the first 2047" },
		{ "pvshim=1", "cmdline", 1023, NULL },
		{ "pvshim=1", "cmdline", 1024, "with pvshim=1 xl fails" },
		{ "root='x';extra='y'", "cmdline", 2047, NULL },
		{ "root='x'", "extra", 2040, NULL },
		{ "root='x'", "extra", 2041, "has 2048 bytes" },
		{ "", "extra", 8186, "has 8186 bytes" },
		{ "", "extra", 8187, "more than 8186 bytes, and libxl drops" },
	};
	static char text[10240];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct text t = TEXT(text);

		text_printf(&t, GOOD "%s;%s='", cases[i].head,
			    cases[i].setting);
		for (size_t j = 0; j < cases[i].n; j++)
			text_put_u8(&t, 'x');
		text_puts(&t, "'\n");
		assert_finds(text, cases[i].finding ? cases[i].finding : "");
		if (!cases[i].finding)
			assert_int_equal(l.findings, 0);
	}
}

static void rest_is_noted(void **state)
{
	(void)state;
	assert_finds(BOOTS VIF DISK "type='pvh'\n" UUID,
		     "N1 there is no number as memory=");
	assert_finds(BOOTS VIF DISK "type='pvh'\nmemory=1\n",
		     "N1 there is no uuid=");
	assert_finds(GOOD "ramdisk='i'\n", "N8 ramdisk= counts only with");
	assert_string_equal(lint(GOOD "kernel='k';ramdisk='i'\n"), "");
	assert_string_equal(l.kernel.text, "k");
	assert_string_equal(l.ramdisk.text, "i");
	lint(GOOD "bootloader_restrict=1\n");
	assert_int_equal(l.restricted, 8);
	lint(GOOD "bootloader_restrict=0\nbootloader_user='xen'\n");
	assert_int_equal(l.restricted, 9);
	assert_string_equal(l.user.text, "xen");
}

/* The first findings are told, and that there is an error. */
static void findings_have_an_end(void **state)
{
	static char text[65536];
	struct text t = TEXT(text);

	(void)state;
	text_puts(&t, BOOTS "vif=['mac=00:16:3e:12:34:56,bridge=br1',");
	for (int i = 0; i < 2000; i++)
		text_puts(&t, "'colour=red',");
	text_puts(&t, "]\ntype='x'\n" DISK);
	lint(text);
	assert_int_equal(l.findings, LINT_FINDINGS / 2 + 1);
	assert_true(l.has_errors);
	t = TEXT(text);
	text_puts(&t, "vif=[");
	for (int i = 0; i < 1000; i++)
		text_puts(&t, "'mac=00:16:3e:12:34:56',");
	text_puts(&t, "]\n");
	lint(text);
	assert_int_equal(l.vifs, LINT_VIFS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_file_has_no_findings),
		cmocka_unit_test(syntax_is_told_with_its_line),
		cmocka_unit_test(others_are_left_alone),
		cmocka_unit_test(hvm_guest_has_no_boot_loader),
		cmocka_unit_test(args_are_read_as_a_boot_reads_them),
		cmocka_unit_test(many_args_are_refused),
		cmocka_unit_test(guest_must_run_with_what_it_boots_with),
		cmocka_unit_test(made_address_must_be_xl_s),
		cmocka_unit_test(first_disk_must_be_raw),
		cmocka_unit_test(command_line_has_borders),
		cmocka_unit_test(rest_is_noted),
		cmocka_unit_test(findings_have_an_end),
	};

	return cmocka_run_group_tests_name("lint", tests, NULL, NULL);
}
