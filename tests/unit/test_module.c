/* SPDX-License-Identifier: BSD-3-Clause */
#include "unit.h"

#include "format/module.h"

static enum module kernel(const char *name)
{
	return module_of(KIND_KERNEL, span_of(name));
}

static enum module com32(const char *name)
{
	return module_of(KIND_COM32, span_of(name));
}

static enum module of_linux(const char *name)
{
	return module_of(KIND_LINUX, span_of(name));
}

static void modules_are_known_by_name(void **state)
{
	(void)state;
	assert_int_equal(kernel("menu.c32"), MODULE_MENU);
	assert_int_equal(kernel("::/boot/VESAMENU.C32 x"), MODULE_MENU);
	assert_int_equal(kernel("menu"), MODULE_MENU);
	assert_int_equal(com32("menu"), MODULE_MENU);
	assert_int_equal(kernel("chain.c32"), MODULE_LOCAL);
	assert_int_equal(kernel("http://192.0.2.1/mboot.c32"), MODULE_MBOOT);
	assert_int_equal(com32("ifcpu64.c32"), MODULE_IFCPU64);
	assert_int_equal(com32("ifcpu.c32"), MODULE_IFCPU);
	assert_int_equal(com32("lua"), MODULE_LUA);
	assert_int_equal(kernel("gfxboot"), MODULE_GFXBOOT);
	assert_int_equal(kernel("config.c32"), MODULE_CONFIG_C32);
	assert_int_equal(kernel("linux.c32"), MODULE_LINUX);
	assert_int_equal(com32("linux"), MODULE_LINUX);
}

static void kernels_are_none(void **state)
{
	(void)state;
	assert_int_equal(kernel(""), MODULE_NONE);
	assert_int_equal(kernel("linux"), MODULE_NONE);
	assert_int_equal(kernel("config"), MODULE_NONE);
	assert_int_equal(kernel("menu.c32/vmlinuz"), MODULE_NONE);
	assert_int_equal(kernel("vmlinuz-6.1"), MODULE_NONE);
	assert_int_equal(of_linux("chain.c32"), MODULE_NONE);
	assert_int_equal(of_linux("x.bin"), MODULE_NONE);
	assert_int_equal(of_linux("menu"), MODULE_NONE);
}

static void kinds_are_modules(void **state)
{
	(void)state;
	assert_int_equal(module_of(KIND_LOCALBOOT, span_of("-1")),
			 MODULE_LOCAL);
	assert_int_equal(module_of(KIND_CONFIG, span_of("menu.c32")),
			 MODULE_CONFIG);
}

/* Each with a reason, in which these words are. */
static void others_are_refused_by_name(void **state)
{
	static const struct {
		enum bootcfg_kind kind;
		const char *name, *reason;
	} cases[] = {
		{ KIND_KERNEL, "x.c32", "Syslinux module" },
		{ KIND_COM32, "x", "Syslinux module" },
		{ KIND_COMBOOT, "x.cbt", "Syslinux module" },
		{ KIND_KERNEL, "pxelinux.0", "network boot program" },
		{ KIND_PXE, "vmlinuz", "network boot program" },
		{ KIND_LINUX, "ipxe.lkrn", "network boot program" },
		{ KIND_KERNEL, "undionly.kpxe", "network boot program" },
		{ KIND_KERNEL, "dos.img", "floppy" },
		{ KIND_FDIMAGE, "dos", "floppy" },
		{ KIND_BOOT, "x", "boot sector" },
		{ KIND_BSS, "x", "boot sector" },
		{ KIND_KERNEL, "x.bs", "boot sector" },
		{ KIND_KERNEL, "pxechn.c32", "another boot program" },
		{ KIND_LINUX, "memdisk", "disk images" },
		{ KIND_KERNEL, "wimboot", "Windows" },
		{ KIND_COM32, "hdt", "hardware" },
		{ KIND_LINUX, "memtest86+", "memory" },
		{ KIND_KERNEL, "memtest.bin", "memory" },
		{ KIND_COM32, "reboot.c32", "restart" },
		{ KIND_COM32, "poweroff.c32", "power" },
	};
	enum module m;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		m = module_of(cases[i].kind, span_of(cases[i].name));
		assert_true(m >= MODULE_REFUSED);
		assert_contains(module_reason(m), cases[i].reason);
	}
}

static bool split(const char *args, const char *kernel, const char *append,
		  const char *initrd)
{
	struct span k, a, i;

	if (!module_split_mboot(span_of(args), &k, &a, &i))
		return false;
	assert_span(k, kernel);
	assert_span(a, append);
	assert_span(i, initrd);
	return true;
}

static void mboot_drops_xen(void **state)
{
	(void)state;
	assert_true(split("xen.gz a --- k b  c --- i d --- j", "k", "b  c",
			  "i"));
	assert_true(split(" x/my-xen.gz\t---\tk ", "k", "", ""));
	assert_true(split("tboot.gz --- xen --- k a---b ---", "k", "a---b",
			  ""));
	assert_false(split("", "", "", ""));
	assert_false(split("xen.gz", "", "", ""));
	assert_false(split("xen.gz ---", "", "", ""));
	assert_false(split("xen.gz --- --- i", "", "", ""));
	assert_false(split("tboot.gz --- k", "", "", ""));
	assert_false(split("k --- i", "", "", ""));
}

#define assert_command(m, args, command) \
	assert_span(module_ifcpu_command((m), span_of(args)), (command))

static void ifcpu_runs_the_first(void **state)
{
	(void)state;
	assert_command(MODULE_IFCPU64, "a b -- c", "a b");
	assert_command(MODULE_IFCPU64, "a", "a");
	assert_command(MODULE_IFCPU64, "-- b", "");
	assert_command(MODULE_IFCPU64, "", "");
	assert_command(MODULE_IFCPU, "64 pae -- a b -- c", "a b");
	assert_command(MODULE_IFCPU, "64 -- a", "a");
	assert_command(MODULE_IFCPU, "64", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modules_are_known_by_name),
		cmocka_unit_test(kernels_are_none),
		cmocka_unit_test(kinds_are_modules),
		cmocka_unit_test(others_are_refused_by_name),
		cmocka_unit_test(mboot_drops_xen),
		cmocka_unit_test(ifcpu_runs_the_first),
	};

	return cmocka_run_group_tests_name("module", tests, NULL, NULL);
}
