/* SPDX-License-Identifier: BSD-3-Clause */
#include "kernelfile.h"

static void bzimage_is_known(void **state)
{
	(void)state;
	make_bzimage(0x020f, "\x1f\x8b\x08", 3);
	assert_fits(GUEST_UNKNOWN);
	assert_fits(GUEST_PV);
	assert_int_equal(k.kind, KERNEL_BZIMAGE);
	assert_int_equal(k.protocol, 0x020f);
	assert_int_equal(k.packing, PACKED_GZIP);
	bytes[0x1f1] = 0; /* means 4 */
	assert_fits(GUEST_PVH);
	assert_int_equal(k.packing, PACKED_GZIP);
	assert_string_equal(judge(MACHINE_386, GUEST_PV, 0, 0), "");
	assert_non_null(strstr(judge(MACHINE_AARCH64, GUEST_PVH, 4, 17),
			       "is for x86"));
}

static void compression_is_xen_s_business(void **state)
{
	static const struct {
		const char *magic;
		size_t n;
		enum kernel_packing packing;
		uint32_t from; /* Xen 4.N, from which on it is known */
	} cases[] = {
		{ "\x1f\x8b", 2, PACKED_GZIP, 0 },
		{ "BZh9", 4, PACKED_BZIP2, 0 },
		{ "\xfd\x37zXZ\0", 6, PACKED_XZ, 0 },
		{ "\x5d\0\0\0", 4, PACKED_LZMA, 0 },
		{ "\x89LZO", 4, PACKED_LZO, 0 },
		{ "\x02\x21\x4c\x18", 4, PACKED_LZ4, 4 },
		{ "\x28\xb5\x2f\xfd", 4, PACKED_ZSTD, 15 },
		{ "\177ELF", 4, PACKED_NOT, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		make_bzimage(0x0208, cases[i].magic, cases[i].n);
		assert_string_equal(judge(MACHINE_X86_64, GUEST_PV, 4,
					  cases[i].from),
				    "");
		assert_int_equal(k.packing, cases[i].packing);
		assert_fits(GUEST_PV);
		assert_string_equal(judge(MACHINE_X86_64, GUEST_PV, 0, 0), "");
		if (cases[i].from)
			assert_says("cannot unpack", GUEST_PV, 4,
				    cases[i].from - 1);
	}
	make_bzimage(0x0208, "\x28\xb5\x2f\xfd", 4);
	assert_says("zstd, which Xen 4.14", GUEST_PVH, 4, 14);
	assert_says("zstd, which Xen 3.99", GUEST_PVH, 3, 99);
	make_bzimage(0x0208, "what?", 5);
	assert_says("in a way that Xen does not know", GUEST_PV, 4, 20);
}

static void bzimage_may_be_old(void **state)
{
	(void)state;
	make_bzimage(0x0207, "\x1f\x8b", 2);
	assert_says("has boot protocol 2.07", GUEST_PV, 4, 17);
	make_bzimage(0, "\x1f\x8b", 2);
	assert_says("has boot protocol 0.00", GUEST_PV, 4, 17);
}

static void cut_bzimage_is_told(void **state)
{
	uint64_t whole;

	(void)state;
	make_bzimage(0x020f, "\x1f\x8b", 2);
	whole = size;
	for (size = 0x206; size < whole; size++) {
		look();
		assert_string_not_equal(judge(MACHINE_X86_64, GUEST_PV, 0, 0),
					"");
	}
	size = whole - 1;
	assert_says("shorter than its header says", GUEST_PV, 4, 17);
	for (size = 0; size < 0x206; size++) {
		look();
		assert_int_equal(k.kind, KERNEL_UNKNOWN);
	}
}

static void payload_may_lie(void **state)
{
	static const uint32_t lies[] = { 0, 1, 5, 0x7fffffff, 0xffffffff };

	(void)state;
	make_bzimage(0x020f, "\x1f\x8b", 2);
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		put_number(0x24c, lies[i], 4);
		assert_says("shorter than", GUEST_PV, 4, 17);
	}
	put_number(0x24c, 500, 4);
	put_number(0x248, 0xffffffff, 4);
	assert_says("shorter than", GUEST_PV, 4, 17);
}

/* ---- ELF */

static size_t put_note(size_t at, const char *name, uint32_t type,
		       const void *p, size_t n)
{
	size_t name_n = strlen(name) + 1;

	put_number(at, name_n, 4);
	put_number(at + 4, n, 4);
	put_number(at + 8, type, 4);
	put(at + 12, name, name_n);
	at += 12 + ((name_n + 3) & ~3u);
	put(at, p, n);
	return at + ((n + 3) & ~3u);
}

enum { PHDR = 64, SHDR = 512, NOTES = 1024, LOADED = 4096 };
static size_t notes_end;

/* An ELF of either class with a loaded segment and one for notes. */
static void make_elf(bool wide, uint16_t machine)
{
	const size_t w = wide ? 8 : 4, row = wide ? 56 : 32;

	start(LOADED + 100);
	put(0, "\177ELF", 4);
	bytes[4] = wide ? 2 : 1;
	bytes[5] = 1;
	put_number(18, machine, 2);
	put_number(wide ? 32 : 28, PHDR, w);
	put_number(wide ? 54 : 42, row, 2);
	put_number(wide ? 56 : 44, 2, 2);
	put_number(PHDR, 1, 4);
	put_number(PHDR + (wide ? 8 : 4), LOADED, w);
	put_number(PHDR + (wide ? 32 : 16), 100, w);
	put_number(PHDR + row, 4, 4);
	put_number(PHDR + row + (wide ? 8 : 4), NOTES, w);
	notes_end = NOTES;
}

static void add_note(uint32_t type, const void *p, size_t n)
{
	const bool wide = bytes[4] == 2;

	notes_end = put_note(notes_end, "Xen", type, p, n);
	put_number(PHDR + (wide ? 56 + 32 : 32 + 16), notes_end - NOTES,
		   wide ? 8 : 4);
}

static void add_pv(void)
{
	add_note(6, "linux", 6);
	add_note(5, "xen-3.0", 8);
	add_note(1, "\0\0\0\x80\xff\xff\xff\xff", 8);
}

static void notes_tell_the_guests(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		make_elf(wide, wide ? MACHINE_X86_64 : MACHINE_386);
		assert_says("no Xen ELF notes", GUEST_UNKNOWN, 4, 17);
		add_note(18, "\0\0\x10", 4);
		assert_fits(GUEST_UNKNOWN);
		assert_fits(GUEST_PVH);
		assert_false(k.cut);
		assert_says("is no PV kernel", GUEST_PV, 4, 17);
		add_pv();
		assert_fits(GUEST_PV);
		assert_fits(GUEST_PVH);
		make_elf(wide, MACHINE_X86_64);
		add_pv();
		assert_fits(GUEST_PV);
		assert_says("has no PVH entry (ELF note 18)", GUEST_PVH, 4, 17);
	}
}

static void a_linux_for_pvh_alone_is_no_pv_kernel(void **state)
{
	(void)state;
	make_elf(true, MACHINE_X86_64);
	add_note(6, "linux", 6);
	add_note(5, "xen-3.0", 8);
	add_note(18, "\0\0\x10", 4);
	assert_says("is no PV kernel", GUEST_PV, 4, 17);
	make_elf(true, MACHINE_X86_64);
	add_note(8, "generic", 8);
	add_note(5, "xen-3.0", 8);
	assert_fits(GUEST_PV);
	make_elf(true, MACHINE_X86_64);
	add_note(8, "generic", 8);
	add_note(5, "xen-2.0", 8);
	assert_says("no Xen ELF notes", GUEST_PV, 4, 17);
}

static void notes_may_be_in_a_section_only(void **state)
{
	(void)state;
	make_elf(true, MACHINE_X86_64);
	add_note(18, "\0\0\x10", 4);
	put_number(PHDR + 56, 0, 4); /* PT_NULL */
	put_number(40, SHDR, 8);
	put_number(58, 64, 2);
	put_number(60, 1, 2);
	put_number(SHDR + 4, 7, 4);
	put_number(SHDR + 24, NOTES, 8);
	put_number(SHDR + 32, notes_end - NOTES, 8);
	assert_fits(GUEST_PVH);
}

static void notes_of_others_do_not_count(void **state)
{
	size_t at;

	(void)state;
	make_elf(true, MACHINE_X86_64);
	at = put_note(NOTES, "GNU", 18, "\1\2\3\4", 4);
	at = put_note(at, "Xenon", 18, "\1\2\3\4", 4);
	put_number(PHDR + 56 + 32, at - NOTES, 8);
	assert_says("no Xen ELF notes", GUEST_PVH, 4, 17);
	notes_end = at;
	add_note(18, "\1\2\3\4", 4);
	assert_fits(GUEST_PVH);
}

static void notes_may_lie(void **state)
{
	static const uint32_t lies[] = { 5, 100, 0x7fffffff, 0xfffffffc,
					 0xffffffff };

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++)
		for (size_t at = 0; at < 8; at += 4) {
			make_elf(true, MACHINE_X86_64);
			add_note(18, "\1\2\3\4", 4);
			put_number(NOTES + at, lies[i], 4);
			look();
			assert_false(k.pvh);
			put_number(PHDR + 56 + 32, UINT64_MAX, 8);
			look();
			put_number(PHDR + 56 + 8, UINT64_MAX, 8);
			look();
			assert_false(k.pvh);
		}
}

static void cut_elf_is_told(void **state)
{
	uint64_t whole;

	(void)state;
	make_elf(true, MACHINE_X86_64);
	add_note(18, "\1\2\3\4", 4);
	add_pv();
	whole = size;
	for (size = 4; size < whole; size++)
		assert_string_not_equal(judge(MACHINE_X86_64, GUEST_UNKNOWN, 4,
					      17),
					"");
	size = whole;
	assert_fits(GUEST_PVH);
}

static void tables_may_lie(void **state)
{
	(void)state;
	make_elf(true, MACHINE_X86_64);
	add_note(18, "\1\2\3\4", 4);
	put_number(54, 55, 2); /* rows that are too short */
	assert_says("shorter than", GUEST_PVH, 4, 17);
	put_number(54, 0xffff, 2);
	put_number(56, 0xffff, 2);
	assert_says("shorter than", GUEST_PVH, 4, 17);
	make_elf(true, MACHINE_X86_64);
	put_number(32, UINT64_MAX, 8);
	assert_says("shorter than", GUEST_PVH, 4, 17);
}

static void machine_counts(void **state)
{
	(void)state;
	make_elf(true, MACHINE_AARCH64);
	assert_says("for another kind of machine", GUEST_PVH, 4, 17);
	assert_string_equal(judge(MACHINE_AARCH64, GUEST_PVH, 4, 17), "");
}

/* ---- others */

static void others_are_told_apart(void **state)
{
	static const struct {
		const char *begins, *says;
		size_t n, at;
	} cases[] = {
		{ "<!DOCTYPE html><html>", "is a web page", 21, 0 },
		{ "\r\n <HTML>", "is a web page", 9, 0 },
		{ "\xef\xbb\xbf<html lang=en>", "is a web page", 17, 0 },
		{ "<?xml version=", "is a web page", 14, 0 },
		{ "#!ipxe\n", "is a script", 7, 0 },
		{ "MZ\0\0zimg\x40\0\0\0\x40\0\0", "unpacks itself as an EFI",
		  16, 0 },
		{ "MZ\0\0zimg\x40\0\0\0\0\0\1", "is shorter than its header",
		  16, 0 },
		{ "MZ", "is an EFI program", 2, 0 },
		{ "\x28\xb5\x2f\xfd", "compressed with zstd as a whole", 4, 0 },
		{ "\xfd\x37zXZ\0", "compressed with xz as a whole", 6, 0 },
		{ "\x04\x22\x4d\x18", "compressed with LZ4 as a whole", 4, 0 },
		{ "ARM\x64", "for another kind", 4, 0x38 },
		{ "RSC\x05", "for another kind", 4, 0x38 },
		{ "\x18\x28\x6f\x01", "for another kind", 4, 0x24 },
		{ "default linux", "is no kernel that Xen knows", 13, 0 },
		{ "", "is no kernel that Xen knows", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		start(5000);
		put(cases[i].at, cases[i].begins, cases[i].n);
		assert_says(cases[i].says, GUEST_PVH, 4, 17);
		start(0);
		put(cases[i].at, cases[i].begins, cases[i].n);
		look();
	}
	start(5000);
	put(0, "\x1f\x8b", 2);
	assert_fits(GUEST_PV);
}

static void arm_boots_on_arm(void **state)
{
	(void)state;
	start(5000);
	put(0, "MZ", 2); /* it is an EFI program, too */
	put(0x38, "ARM\x64", 4);
	assert_string_equal(judge(MACHINE_AARCH64, GUEST_PVH, 4, 17), "");
	assert_string_equal(judge(MACHINE_ARM, GUEST_PVH, 4, 17), "");
	assert_string_not_equal(judge(MACHINE_RISCV, GUEST_PVH, 4, 17), "");
	start(5000);
	put_number(0x24, 0x016f2818, 4);
	assert_string_equal(judge(MACHINE_ARM, GUEST_PVH, 4, 17), "");
	start(5000);
	put(0x38, "RSC\x05", 4);
	assert_string_equal(judge(MACHINE_RISCV, GUEST_PVH, 4, 20), "");
}

static void unified_image_is_told_what_to_do(void **state)
{
	(void)state;
	start(5000);
	put(0, "MZ", 2);
	put_number(0x3c, 128, 4);
	put(128, "PE\0\0", 4);
	put_number(128 + 6, 2, 2);
	put_number(128 + 20, 240, 2);
	put(128 + 24 + 240, ".text", 5);
	assert_says("is an EFI program", GUEST_PVH, 4, 17);
	put(128 + 24 + 240 + 40, ".linux", 6);
	put_number(128 + 24 + 240 + 40 + 8, 500, 4);
	put_number(128 + 24 + 240 + 40 + 16, 512, 4);
	put_number(128 + 24 + 240 + 40 + 20, 4096, 4);
	assert_says("--only-section=.linux", GUEST_PVH, 4, 17);
	assert_int_equal(k.at, 4096);
	assert_int_equal(k.n, 500);
	put_number(0x3c, 0xffffffff, 4);
	assert_says("is an EFI program", GUEST_PVH, 4, 17);
	put_number(0x3c, 4999, 4);
	assert_says("is an EFI program", GUEST_PVH, 4, 17);
}

static bool fail_to_read(void *arg, uint64_t at, uint8_t *buf, size_t n)
{
	(void)arg, (void)at, (void)buf, (void)n;
	return false;
}

static void unreadable_file_is_none(void **state)
{
	const struct kernel_file f = { .size = 5000, .read = fail_to_read };
	const struct kernel_host host = { .machine = MACHINE_X86_64 };
	struct text why = TEXT(reason);

	(void)state;
	kernel_look(&f, &k);
	assert_false(kernel_fits(&k, &host, &why));
	assert_string_equal(reason, "cannot be read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bzimage_is_known),
		cmocka_unit_test(compression_is_xen_s_business),
		cmocka_unit_test(bzimage_may_be_old),
		cmocka_unit_test(cut_bzimage_is_told),
		cmocka_unit_test(payload_may_lie),
		cmocka_unit_test(notes_tell_the_guests),
		cmocka_unit_test(a_linux_for_pvh_alone_is_no_pv_kernel),
		cmocka_unit_test(notes_may_be_in_a_section_only),
		cmocka_unit_test(notes_of_others_do_not_count),
		cmocka_unit_test(notes_may_lie),
		cmocka_unit_test(cut_elf_is_told),
		cmocka_unit_test(tables_may_lie),
		cmocka_unit_test(machine_counts),
		cmocka_unit_test(others_are_told_apart),
		cmocka_unit_test(arm_boots_on_arm),
		cmocka_unit_test(unified_image_is_told_what_to_do),
		cmocka_unit_test(unreadable_file_is_none),
	};

	return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
