# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# What is built for tests/arch: the program and its unit tests for each machine,
# and with clang; sourced by tests/build.sh.
#
# Lists are words in one variable; what is not assigned here is build.sh's.
# shellcheck disable=SC2086,SC2046,SC2034,SC2154

# Unpacks cmocka, which Debian does not have for musl, into the cache.
get_cmocka()
{
	cmocka=$PWD/$cache/cmocka
	[ ! -d "$cmocka" ] || return 0
	source_from_debian cmocka $foreign_suite || die "no source of cmocka"
	rm -rf "$cmocka.new"
	mkdir -p "$cmocka.new"
	tar -xf "$apt"/cmocka_*.orig.tar.?z -C "$cmocka.new" --strip-components=1
	mv "$cmocka.new" "$cmocka"
}

# Makes of $native a compiler that links statically with musl and cmocka, as
# Debian's musl-gcc does for its own machine.
choose_musl_native()
{
	tests=build/$target
	sed "s|/usr/|$PWD/$cache/musl-$target/usr/|g" "$musl/musl-gcc.specs" \
		> "$tests/specs"
	native="$triplet-gcc -std=c11 -D_GNU_SOURCE -DHAVE_UINTPTR_T -O1 -specs=$PWD/$tests/specs"
	$native -std=gnu11 -w -DHAVE_INTTYPES_H -DHAVE_STRINGS_H -DHAVE_SIGNAL_H \
		-DHAVE_STRSIGNAL -DHAVE_STRUCT_TIMESPEC -DHAVE_CLOCK_REALTIME \
		-I"$cmocka/include" -c "$cmocka/src/cmocka.c" -o "$tests/cmocka.o"
	${tools}ar rc "$tests/libcmocka.a" "$tests/cmocka.o"
	native="$native -I$cmocka/include -idirafter $cache/kernel-headers-$target -static -L$tests"
}

# Builds build/$target/emulated/lwpxeboot of $out's objects for QEMU's emulation of
# a user's program, which has no seccomp.
build_emulated()
{
	own=build/$target/emulated
	rm -rf "$own/obj"
	mkdir -p "$own/obj"
	cp "$out"/obj/*.o "$own/obj"
	rm "$own"/obj/src_priv_jail*.o
	sed "s/LWPXE_SECCOMP .*/LWPXE_SECCOMP 0/" "$out/config.h" > "$own/config.h"
	for file in src/priv/jail src/priv/jail_noseccomp tests/arch/emulated; do
		sed -n "s|-I$out \(.*\)-c src/priv/jail\.c -o .*|-I$own -I$out \1 -c $file.c -o $own/obj/${file##*/}.o|p" \
			"$out/commands"
	done > "$own/commands"
	run_commands "$own/commands"
	(out=$own; link_objects "$own/lwpxeboot" -Wl,--wrap=ioctl,--wrap=sendto,--wrap=syscall)
}

# What each of Xen's machines gets; of s390x, which Xen does not run on and whose
# linker the script does not suit, the other byte order is wanted.
build_machine()
{
	target=$1
	name=tiny
	build
	name=
	build
	build_emulated
	choose_musl_native
	build_unit
}

build_big_endian()
{
	target=s390x
	write_open_config open
	choose_compiler
	compile
	ldflags=$(echo "$ldflags" | sed 's/-Wl,-T,[^ ]*//')
	build_emulated
	choose_musl_native
	build_unit
	simulations=$(sed '/^#/d; s,.*,tests/sim/test_&.c,' tests/arch/simulations.txt)
	build_sim
}

# Builds the program and the unit tests with clang.
build_clang()
{
	target=x86_64 CC=clang
	name=tiny
	build
	name=
	build
	tests=build/x86_64
	native="clang -std=c11 -D_GNU_SOURCE -Os"
	warnings=-Wno-unknown-attributes
	build_unit
}

# Unpacks the kernel that package $2 depends on, and the user space, of a whole
# machine $1 into the cache.
get_machine()
{
	[ ! -d "$cache/machine-$1" ] || return 0
	name_target "$1"
	fetch_foreign_lists
	kernel=$(foreign_apt apt-cache depends "$2" |
		awk '$1 == "Depends:" { print $2; exit }')
	unpack_foreign "$cache/machine-$1" busybox-static "$kernel"
}

build_arch()
{
	have apt-get || return 0
	need_clang
	need qemu-user-static qemu-system-arm qemu-system-misc opensbi cpio --
	get_cmocka
	get_machine aarch64 linux-image-cloud-arm64
	get_machine riscv64 linux-image-riscv64
	mkdir -p build/tests
	for machine in aarch64 armv7 i386 riscv64; do
		(build_machine $machine)
	done
	(build_big_endian)
	(build_clang)
}
