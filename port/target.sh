# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# Which compiler builds for which machine, and whose C library it links;
# sourced by build.sh, to which the other names belong.
#
# Lists are words in one variable.
# shellcheck disable=SC2034,SC2086,SC2154

targets='x86_64 aarch64 armv7 i386 riscv64'

# The suite that has musl for all of them.
foreign_suite=trixie

# Sets for machine $1 what Debian, gcc and musl call it.  s390x is for tests: the
# other byte order.
name_target()
{
	case $1 in
	x86_64) set -- amd64 x86_64-linux-gnu x86_64-linux-musl ;;
	aarch64) set -- arm64 aarch64-linux-gnu aarch64-linux-musl ;;
	armv7) set -- armhf arm-linux-gnueabihf arm-linux-musleabihf ;;
	i386) set -- i386 i686-linux-gnu i386-linux-musl ;;
	riscv64) set -- riscv64 riscv64-linux-gnu riscv64-linux-musl ;;
	s390x) set -- s390x s390x-linux-gnu s390x-linux-musl ;;
	*) die "--target=$1: there is $targets" ;;
	esac
	debian_name=$1 triplet=$2 musl_triplet=$3
}

# Prints the e_machine of what is built for.
machine_number()
{
	case $(${cc:-gcc} -dumpmachine) in
	x86_64*) echo 62 ;;
	i?86*) echo 3 ;;
	aarch64*) echo 183 ;;
	arm*) echo 40 ;;
	riscv*) echo 243 ;;
	*) echo 0 ;;
	esac
}

# Prints what seccomp calls it.
audit_arch()
{
	case $($cc -dumpmachine) in
	x86_64*) echo X86_64 ;;
	aarch64*) echo AARCH64 ;;
	arm*) echo ARM ;;
	i?86*) echo I386 ;;
	riscv64*) echo RISCV64 ;;
	*) die "no seccomp architecture is known for $($cc -dumpmachine)" ;;
	esac
}

# Runs command $1 of apt on the archive of $debian_name, by a configuration of
# our own that leaves the system's alone.
foreign_apt()
{
	command=$1
	shift
	"$command" -qq -o "Dir::Etc::sourcelist=/dev/null" \
		-o "Dir::Etc::sourceparts=$foreign/parts" \
		-o "Dir::State=$foreign/state" -o "Dir::State::status=/dev/null" \
		-o "Dir::Cache=$foreign" -o "APT::Sandbox::User=root" \
		-o "APT::Architecture=$debian_name" \
		-o "APT::Architectures=$debian_name" \
		-o "Acquire::Languages=none" "$@"
}

# Fetches the lists of that archive; where they are is gone with the next
# unpack_foreign().
fetch_foreign_lists()
{
	have apt-get || die "--target takes Debian's packages; with a cross compiler for musl: CC=... ./build.sh"
	foreign="$PWD/$cache/apt-$debian_name"
	[ ! -f "$foreign/complete" ] || return 0
	rm -rf "$foreign"
	mkdir -p "$foreign/state/lists/partial" "$foreign/parts" \
		"$foreign/archives/partial"
	debian_sources deb $foreign_suite > "$foreign/parts/debian.sources" &&
		foreign_apt apt-get update ||
		die "no lists of packages for $debian_name"
	: > "$foreign/complete"
}

# Unpacks packages of $debian_name into directory $1, unless it is there.
unpack_foreign()
{
	unpacked=$1
	shift
	[ ! -d "$unpacked" ] || return 0
	say "fetching $* for $debian_name"
	fetch_foreign_lists
	(cd "$foreign" && foreign_apt apt-get download "$@") ||
		die "no $* for $debian_name"
	rm -rf "$unpacked.new"
	mkdir -p "$unpacked.new"
	for deb in "$foreign"/*.deb; do
		dpkg-deb -x "$deb" "$unpacked.new"
	done
	rm -rf "$foreign"
	mv "$unpacked.new" "$unpacked"
}

# Chooses $cc: musl's. Debian has it beside the native one, whose headers of the
# kernel it cannot see; Alpine's native one is it.
choose_compiler()
{
	kernel_headers='' musl='' libc='' tools=''
	[ -z "${CC:-}" ] || have "${CC%% *}" ||
		die "CC=$CC: there is no such compiler here; install it"
	if [ "$target" ]; then
		choose_target
	elif [ "${CC:-}" ]; then
		cc=$CC
	elif have gcc && gcc -dumpmachine | grep -q musl; then
		cc=gcc
	else
		need gcc musl-tools binutils linux-libc-dev -- \
			gcc musl-dev binutils linux-headers
		cc='musl-gcc'
		! have apk || cc=gcc
	fi
	if [ "$cc" = musl-gcc ]; then
		multiarch=$(gcc -print-multiarch)
		musl=/usr/lib/$(echo "$multiarch" | sed 's/gnu/musl/')
		link_kernel_headers "$cache/kernel-headers" /usr/include \
			"/usr/include/$multiarch"
	fi
	choose_flags
}

# Builds musl for $target into directory $1, unless it is there: the one that
# Debian has for riscv64 is too new for the linker of its last release but one.
build_musl()
{
	[ ! -d "$1" ] || return 0
	say "building musl for $target"
	source_from_debian musl $foreign_suite || die "no source of musl"
	rm -rf "$1.new" "$1.build"
	mkdir -p "$1.new" "$1.build"
	tar -xf "$apt"/musl_*.orig.tar.?z -C "$1.build" --strip-components=1
	(
		cd "$1.build"
		./configure --target="$triplet" --prefix=/usr --disable-shared \
			--libdir="/usr/lib/$musl_triplet" --enable-wrapper=gcc \
			--includedir="/usr/include/$musl_triplet"
		make -s -j "$(nproc)" install DESTDIR="$OLDPWD/$1.new"
	) > "$1.log" 2>&1 || die "building musl failed: see $1.log"
	rm -rf "$1.build"
	mv "$1.new" "$1"
}

# Chooses $cc for $target: Debian's cross compiler, or $CC, with musl's headers
# in place of its own C library's.
choose_target()
{
	name_target "$target"
	if [ "$debian_name" = "$(dpkg --print-architecture)" ]; then
		need gcc binutils linux-libc-dev --
		link_kernel_headers "$cache/kernel-headers-$target" \
			/usr/include "/usr/include/$(gcc -print-multiarch)"
	else
		need "gcc-$(echo $triplet | tr _ -)" \
			"linux-libc-dev-$debian_name-cross" --
		link_kernel_headers "$cache/kernel-headers-$target" \
			"/usr/$triplet/include"
	fi
	case $target in
	riscv64)
		need make --
		build_musl "$cache/musl-$target"
		;;
	*) unpack_foreign "$cache/musl-$target" musl-dev ;;
	esac
	musl=$cache/musl-$target/usr/lib/$musl_triplet
	cc=${CC:-$triplet-gcc}
	tools=$triplet-
	own=$($cc -print-file-name=include)
	if is_clang; then
		cc="$cc --target=$triplet"
		own=$($cc -print-resource-dir)/include
	fi
	cc="$cc -nostdinc -isystem $cache/musl-$target/usr/include/$musl_triplet -isystem $own"
	libc="-nostdlib -Wl,--start-group $musl/libc.a -lgcc -Wl,--end-group"
}

# Makes a directory $1 of links to the kernel's headers, each in the first of
# the others that has it.
link_kernel_headers()
{
	links=$1
	shift
	mkdir -p "$links"
	for dir in linux asm asm-generic; do
		for from; do
			[ -d "$from/$dir" ] || continue
			ln -sfn "$from/$dir" "$links/$dir"
			break
		done
	done
	kernel_headers="-idirafter $links"
}

is_clang()
{
	$cc --version | grep -q clang
}

# Sets what keeps the compiler off registers for floating point numbers, which
# functions with variable arguments would save, and of which there are none.
# Leaves out what clang does not know.  It has no guards for chosen functions, so
# all with arrays get one, and it optimizes at link time with a linker of its own,
# which the linker script is not for.
choose_flags()
{
	own_guard=explicit no_floats=''
	case $($cc -dumpmachine) in
	x86_64* | aarch64*) no_floats=-mgeneral-regs-only ;;
	esac
	is_clang || return 0
	own_guard=strong
	known=''
	for flag in $cflags; do
		case $flag in -flto*) continue ;; esac
		! echo | $cc -Werror $flag -x c -c - -o /dev/null 2>/dev/null ||
			known="$known $flag"
	done
	cflags="$known -Wno-unknown-attributes -Wno-unused-command-line-argument"
	ldflags=$(echo "$ldflags" | sed 's/-flto[^ ]*//g')
}

# Print what goes before and after the objects of a static executable that is
# position-independent.  musl-gcc's own -static-pie makes a dynamic one, so its
# start files are named by hand; gcc would find glibc's of the same names.
start_files()
{
	[ "$musl" ] || { echo -static-pie; return; }
	echo "-static -nostartfiles $musl/rcrt1.o $musl/crti.o"
}

end_files()
{
	[ ! "$musl" ] || echo "$libc -Wl,-pie,--no-dynamic-linker $musl/crtn.o"
}
