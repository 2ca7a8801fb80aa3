# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# The verbs of build.sh that test and measure: demo, test, xen, bench, fuzz, size;
# sourced by it.
# Sanitizers need glibc, so what is tested in pieces is built natively; what is
# tested as a whole is the musl binary itself.
#
# Lists are words in one variable; what is not assigned here is build.sh's.
# shellcheck disable=SC2086,SC2046,SC2034,SC2154

python=/usr/bin/python3
sanitize="-g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all"
native="gcc -std=c11 -D_GNU_SOURCE $sanitize -fsanitize=address,undefined"
tests=build/tests

# Tests are of the committed configurations, whatever .config says.
need_python()
{
	dot_config=/dev/null
	need python3 python3-pytest python3-pytest-xdist iproute2 -- \
		python3 py3-pytest py3-pytest-xdist iproute2
}

# The version of clang whose runtime the fuzz targets link with.
need_clang()
{
	need clang -- clang compiler-rt
	version_of_clang=$(clang -dumpversion | cut -d . -f 1)
	need "libclang-rt-$version_of_clang-dev" --
}

# What the demo needs: the installer of this Debian, and who serves it.
need_installer()
{
	release=$(. /etc/os-release && echo "${VERSION_ID:-}")
	need dnsmasq-base "debian-installer-$release-netboot-amd64" -- dnsmasq
}

need_servers()
{
	need_installer
	need tcpdump tshark strace busybox-static cpio -- tcpdump tshark strace cpio
}

# Prints the sources that need nothing but a C library.
pure_files()
{
	echo src/base/*.c src/format/*.c src/boot/choose.c
}

# Compiles files into directory $1 with the command $2; prints nothing.
compile_objects()
{
	objects=$1 command=$2
	shift 2
	mkdir -p "$objects"
	for file; do
		echo "$command -c $file -o $objects/$(echo "$file" | tr / _).o"
	done > "$objects/commands"
	run_commands "$objects/commands"
}

# Compiles what unpacks kernels into directory $1 with the command $2.
compile_unpackers()
{
	mkdir -p "$1"
	unpacker_commands "$2" "$1" > "$1/commands"
	run_commands "$1/commands"
}

# Builds one program per tests/unit/test_*.c, with gcc's sanitizers.
build_unit()
{
	need gcc libc6-dev libcmocka-dev -- gcc musl-dev cmocka-dev
	compile="$native $warnings -Ibuild -Isrc -Itests $(unpacker_include)"
	compile_objects $tests/unit/obj "$compile" $(pure_files)
	compile_unpackers $tests/unit/obj "$native"
	for file in tests/unit/test_*.c; do
		echo "$compile $file $tests/unit/obj/*.o -lcmocka -o $tests/unit/$(basename "$file" .c)"
	done > $tests/unit/commands
	run_commands $tests/unit/commands
}

# Builds one program per tests/sim/test_*.c: the whole child, lwIP included, over
# a link, a clock and a wait that tests/sim puts in place of the real ones.
build_sim()
{
	compile="$native -Ibuild -Isrc -I. -Ilwipopts -Iport -Itests -Itests/sim \
-isystem $lwip/include $(unpacker_include)"
	compile_unpackers $tests/sim/obj "$native"
	compile_objects $tests/sim/obj "$compile $warnings" $(pure_files) \
		port/ack.c port/frame_pool.c port/checksum.c port/link_receive.c port/netif.c port/ooseq.c port/sys.c \
		src/net/*.c src/boot/[!c]*.c src/boot/config.c tests/sim/sim_*.c
	rm $tests/sim/obj/src_base_clock.c.o $tests/sim/obj/src_*_none.c.o
	lwip_objects=''
	for file in $lwip_files; do
		lwip_objects="$lwip_objects $lwip/$file"
	done
	compile_objects $tests/sim/lwip "$compile -w" $lwip_objects
	wraps=-Wl
	for function in getrandom getauxval sys_random memp_malloc mem_malloc frame_take; do
		wraps=$wraps,--wrap=$function
	done
	for file in ${simulations:-tests/sim/test_*.c}; do
		echo "$compile $warnings $file $tests/sim/obj/*.o $tests/sim/lwip/*.o $wraps -lcmocka -o $tests/sim/$(basename "$file" .c)"
	done > $tests/sim/commands
	run_commands $tests/sim/commands
}

# Runs pytest on what is named, and ends with the line "N passed, N failed, N
# skipped"; a test that could not even start counts as failed.
run_pytest()
{
	mkdir -p $tests
	rc=0
	"$python" -B -m pytest -q -p no:cacheprovider -rs --basetemp="$PWD/$tests/tmp" \
		--junit-xml=$tests/results.xml "$@" || rc=$?
	"$python" tests/summary.py $tests/results.xml || rc=1
	return $rc
}

# Runs the C tests, for pytest to report: each of its processes would run them.
run_programs()
{
	find tests -name 'test_*.c' | while read -r file; do
		program=build/${file%.c}
		echo "CMOCKA_MESSAGE_OUTPUT=XML timeout 600 $program > $program.xml 2> $program.err; echo \$? > $program.status"
	done > $tests/programs
	run_commands $tests/programs
	export PROGRAMS_RAN=1
}

run_demo()
{
	need_python
	need_installer
	name=
	is_built || build
	"$python" -B tests/net/demo.py
}

run_try()
{
	[ $# -gt 0 ] || die "try needs the directory of a boot tree"
	case $1 in
	-* | /*) ;;
	*) tree=$here/$1; shift; set -- "$tree" "$@" ;;
	esac
	case $1 in
	-*) ;;
	*) [ -d "$1" ] || die "$1 is no directory" ;;
	esac
	need_python
	need dnsmasq-base busybox-static -- dnsmasq
	is_built || build
	"$python" -B tests/fake-libxl "$@"
}

# The servers are unpacked by the bench: installed, they would start daemons.
need_bench()
{
	need_python
	need gcc libc6-dev linux-libc-dev dnsmasq-base busybox-static curl atftp \
		valgrind gnuplot-nox -- \
		gcc musl-dev linux-headers dnsmasq curl valgrind gnuplot
}

# Writes file $1 as script $2 changes it to file $3, and lets that be built in
# its place; fails where nothing is left to change.
replace()
{
	sed -f "$2" "$1" > "$3"
	! cmp -s "$1" "$3" || die "$2 changes nothing in $1"
	files=$(echo "$files" | sed "s|$1|$3|")
}

# Builds build/counted/lwpxeboot: the default configuration without the jail.
build_counted()
{
	name=build/bench/counted_defconfig
	sed 's/^LWPXE_SECCOMP=y/# LWPXE_SECCOMP is not set/' \
		configs/default_defconfig > $name
	for file in jail parent; do
		replace src/priv/$file.c tests/bench/counted.sed build/bench/$file.c
	done
	build
}

# Builds build/large/lwpxeboot, for files that no guest could have.
build_large()
{
	name=build/bench/large_defconfig
	sed 's/^\(LWPXE_IMAGE_MIB\)=.*/\1=8192/' configs/default_defconfig > $name
	build
}

run_bench()
{
	need_bench
	mkdir -p build/bench
	gcc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror tests/bench/relay.c \
		-o build/bench/relay
	for name in configs/*_defconfig; do
		name=$(basename "$name" _defconfig)
		[ "$name" = default ] || build
	done
	(build_counted)
	(build_large)
	name=
	build
	"$python" -B tests/bench/bench.py "$@"
}

# Prints what each area has in the link map on standard input, in bytes that are
# loaded.  A section's address and size may stand on the line behind its name.
areas()
{
	awk '/^Linker script and memory map/ { on = 1 }
	     !on { next }
	     /^ \.[^ ]+$/ { name = $1; getline; $0 = name " " $0 }
	     /^ ?\./ && $4 != "" && $2 != "0x0000000000000000" &&
	     $1 !~ /^\.(bss|comment|symtab|strtab|shstrtab|debug)/ {
		area = $4
		sub(/.*\//, "", area)
		if (area ~ /libc\.a|crt[1in]\.o|libgcc/) area = "libc"
		else if (area ~ /^lwip_/) area = "lwip"
		else if (area ~ /^src_(main|usage[a-z_]*)\.c/) area = "src/*.c"
		else if (area ~ /^src_/) { sub(/^src_/, "src/", area); sub(/_.*/, "", area) }
		else if (area ~ /^port_/) area = "port"
		else if (area ~ /^unpacker_/) area = "unpackers"
		else area = "tables"
		printf "%s %d\n", area, hex($3)
	     }
	     function hex(s,   i, n) {
		for (i = 3; i <= length(s); i++)
			n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
		return n
	     }' "$1" |
		awk '{ sum[$1] += $2 } END { for (a in sum) print sum[a], a }' |
		sort -rn
}

# Draws lines of "number name" as bars, the longest of which is half a terminal's
# line, with what part of their sum each is.
draw()
{
	awk '{ n[NR] = $1; name[NR] = $2; sum += $1; if ($1 > most) most = $1 }
	     END {
		for (i = 1; i <= NR; i++) {
			bar = sprintf("%*s", int(n[i] * 40 / most + .5), "")
			gsub(/ /, "#", bar)
			printf "%-12s %7d %3d%% %s\n", name[i], n[i], n[i] * 100 / sum + .5, bar
		}
		printf "%-12s %7d\n", "together", sum
	     }'
}

# Builds the default and the tiny configuration and draws their bytes; by area
# as they are without optimisation across files, which would blur the areas.
size_of_builds()
{
	for name in default tiny; do
		build
		echo "== $name: $(wc -c < "$out/lwpxeboot") bytes, stripped"
		size "$out/lwpxeboot.debug"
		saved=$cflags
		cflags=$(echo "$cflags" | sed 's/-flto//')
		commands > "$out/commands"
		run_commands "$out/commands"
		link_objects "$out/lwpxeboot.areas" -Wl,-Map="$out/map"
		cflags=$saved
		areas "$out/map" | draw
	done
}

# What the host needs for tests/xen; Xen itself is unpacked, not installed.
need_xen()
{
	have apt-get || return 0
	need $(sed 's/#.*//' tests/xen/packages.txt) --
}

run_xen()
{
	need_python
	need_xen
	name=
	build
	export LWPXEBOOT_XEN=all
	run_pytest tests/xen
}

# Returns true if directory $1 of tests/ is asked for; all is where none is named.
wants()
{
	case " $asked " in
	*" tests/$1 "* | *" tests/$1/"*) return 0 ;;
	*" tests/"[a-z]*) return 1 ;;
	esac
}

build_fuzzed()
{
	build_fuzz
	build_replay
	build_afl_canaries
}

run_tests()
{
	if [ "${1:-}" = --asan ]; then
		shift
		run_sanitized "$@"
		return
	fi
	asked=$*
	! wants xen || need_xen
	need_python
	need_servers
	need git kconfig-frontends shellcheck -- git kconfig-frontends shellcheck
	name=tiny
	build
	name=
	build
	! wants jail || build_jail
	! wants priv || build_priv
	! wants unit && ! wants unpack || build_unit
	! wants unpack || build_unpack
	! wants sim || build_sim
	! wants fuzz || build_fuzzed
	! wants analysis || build_analysis
	! wants arch || build_arch
	! wants kconfig || build_kconfig
	! wants packaging || need_packaging
	if [ $# -gt 0 ]; then
		run_pytest "$@"
	else
		run_programs
		run_pytest -n "$(nproc)" --dist loadfile tests
	fi
}

. tests/jail/build.sh
. tests/priv/build.sh
. tests/fuzz/build.sh
. tests/analysis/build.sh
. tests/arch/build.sh
. tests/kconfig/build.sh
. tests/packaging/build.sh
. tests/unpack/build.sh
