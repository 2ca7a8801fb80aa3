# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# What is built for tests/analysis; sourced by tests/build.sh.
#
# Lists are words in one variable; what is not assigned here is build.sh's.
# shellcheck disable=SC2086,SC2046,SC2034,SC2154

# Writes the default configuration without seccomp, of which sanitizers and
# valgrind know nothing, to build/$1_defconfig.
write_open_config()
{
	name=build/$1_defconfig
	sed 's/^LWPXE_SECCOMP=y/# LWPXE_SECCOMP is not set/' \
		configs/default_defconfig > $name
}

# Builds build/asan/lwpxeboot: the whole program, lwIP too, with gcc's
# sanitizers.
build_asan()
{
	write_open_config asan
	replace src/priv/jail.c tests/analysis/asan.sed build/tests/jail_asan.c
	cc=gcc kernel_headers=
	cflags="-std=c11 -D_GNU_SOURCE $sanitize -fno-strict-aliasing \
-fsanitize=address,undefined,bounds-strict"
	warnings=
	compile
	$cc $cflags tests/analysis/sanitizer.c "$out"/obj/*.o -o "$out/lwpxeboot"
}

# Builds the programs of tests/unit and tests/sim for the memory sanitizer, in
# build/msan.
build_msan()
{
	tests=build/msan
	native="clang -std=c11 -D_GNU_SOURCE $sanitize -O2 -fsanitize=memory,undefined"
	warnings="-Wno-unknown-attributes -Wno-missing-field-initializers \
-fsanitize=local-bounds,implicit-conversion,nullability"
	build_unit
	build_sim
}

# Builds build/memcheck/lwpxeboot for valgrind, as it is shipped but for the jail,
# and for what sets variables that the code does not.
build_memcheck()
{
	write_open_config memcheck
	for file in jail parent; do
		replace src/priv/$file.c tests/bench/counted.sed \
			build/tests/${file}_memcheck.c
	done
	cflags="$(echo "$cflags" | sed 's/-ftrivial-auto-var-init=zero//') -g"
	build
}

build_analysis()
{
	need_clang
	need clang-format clang-tidy cppcheck valgrind -- clang-extra-tools cppcheck valgrind
	mkdir -p build/tests
	(build_asan)
	(build_msan)
	(build_memcheck)
}

# Runs all of tests/net on the address sanitizer's build, or what is named of it;
# but for what is about the jail as it is shipped: its filter, its limits and
# the musl binary's segments.
run_sanitized()
{
	need_python
	need_servers
	need gcc libc6-dev -- gcc musl-dev
	mkdir -p build/tests
	(build_asan)
	[ $# -gt 0 ] || set -- tests/net --ignore=tests/net/test_jail.py
	export LWPXEBOOT="$PWD/build/asan/lwpxeboot"
	run_pytest "$@"
}
