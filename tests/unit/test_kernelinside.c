/* SPDX-License-Identifier: BSD-3-Clause */
#include "kernelfile.h"

/* What is inside of a kernel: where it is, and what Xen makes of it. */

static void libxenguest_may_lack_a_packing(void **state)
{
	const struct kernel_host host = {
		.machine = MACHINE_X86_64,
		.lacks = 1u << PACKED_ZSTD,
		.major = 4,
		.minor = 17,
	};
	struct text why = TEXT(reason);

	(void)state;
	make_bzimage(0x0208, "\x28\xb5\x2f\xfd", 4);
	look();
	assert_false(kernel_fits(&k, &host, &why));
	assert_contains(reason,
			"compressed with zstd, which this Dom0's libxen");
	text_reset(&why);
	make_bzimage(0x0208, "\xfd\x37zXZ\0", 6);
	look();
	assert_true(kernel_fits(&k, &host, &why));
}

static void what_is_inside_is_known(void **state)
{
	(void)state;
	make_bzimage(0x0208, "\x1f\x8b", 2);
	put_number((size_t)size - 4, 123456, 4);
	look();
	assert_int_equal(k.at, SETUP + 1000);
	assert_int_equal(k.n, 500);
	assert_int_equal(k.unpacked, 123456);
	make_bzimage(0x0208, "\177ELF", 4);
	look();
	assert_int_equal(k.n, 500);
	assert_int_equal(k.unpacked, 0);
	start(5000);
	put(0, "MZ\0\0zimg", 8);
	put_number(8, 100, 4);
	put_number(12, 200, 4);
	put(100, "\x28\xb5\x2f\xfd", 4);
	put_number(300, 4711, 4);
	look();
	assert_int_equal(k.packing, PACKED_ZSTD);
	assert_int_equal(k.at, 100);
	assert_int_equal(k.n, 200);
	assert_int_equal(k.unpacked, 4711);
	size = 300;
	look();
	assert_int_equal(k.unpacked, 0);
}

static void inside_is_judged_as_xen_does(void **state)
{
	const struct kernel_host host = { .machine = MACHINE_X86_64 };
	const struct kernel gz = { .kind = KERNEL_PACKED,
				   .packing = PACKED_GZIP };
	const struct kernel bz = { .kind = KERNEL_BZIMAGE, .protocol = 0x20f };
	const struct kernel elf = { .kind = KERNEL_ELF,
				    .pvh = true,
				    .machine = MACHINE_X86_64 };
	struct text why = TEXT(reason);

	(void)state;
	assert_true(kernel_inside_fits(&gz, &elf, &host, &why));
	assert_true(kernel_inside_fits(&gz, &bz, &host, &why));
	assert_true(kernel_inside_fits(&bz, &elf, &host, &why));
	assert_false(kernel_inside_fits(&bz, &bz, &host, &why));
	assert_string_equal(reason, "is no ELF file, as Xen wants it in a "
				    "bzImage");
	text_reset(&why);
	assert_false(kernel_inside_fits(&gz, &gz, &host, &why));
	assert_string_equal(reason, "is compressed twice; unpack it once");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libxenguest_may_lack_a_packing),
		cmocka_unit_test(what_is_inside_is_known),
		cmocka_unit_test(inside_is_judged_as_xen_does),
	};

	return cmocka_run_group_tests_name("kernelinside", tests, NULL, NULL);
}
