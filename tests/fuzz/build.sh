# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# How the fuzz targets are built and run; sourced by tests/build.sh, to which the
# other names belong.
#
# A target is one source, tests/fuzz/fuzz_NAME.c, for libFuzzer, for AFL++ and for
# a plain replayer without a fuzzer.  Beside it stands what must be found: a
# planted bug, tests/fuzz/canary_NAME.sed, whose first line names the file that
# it changes.
#
# Lists are words in one variable.
# shellcheck disable=SC2086,SC2046,SC2154

fuzz=$tests/fuzz
fuzz_targets=$(cd tests/fuzz && echo fuzz_*.c | sed 's/fuzz_\([a-z]*\)\.c/\1/g')
# Those that run all of the child, and lwIP, over a link and a clock of ours.
fuzz_children='boot netif'
fuzz_include='-Ibuild -Isrc -I. -Ilwipopts -Iport -Itests -Itests/fuzz -Itests/sim'

# Prints what of the program the child is made of, besides its pure files.
fuzz_child_files()
{
	echo port/ack.c port/frame_pool.c port/checksum.c port/link_receive.c \
		port/netif.c port/ooseq.c
	for file in src/net/*.c src/boot/*.c; do
		case $file in *_none.c | */choose.c) ;; *) echo "$file" ;; esac
	done
}

fuzz_is_child()
{
	case " $fuzz_children " in *" $1 "*) ;; *) return 1 ;; esac
}

# Prints the command that prepares the child's object $1 as $2: its variables go
# into sections of their own, and its system calls to the harness.
fuzz_prepare()
{
	printf 'objcopy'
	[ "${fuzz_in_place:-}" ] ||
		printf ' --rename-section %s' .bss=child_bss \
			.data=child_data .data.rel=child_data \
			.data.rel.local=child_data
	for call in read write pread pwritev ftruncate sched_yield; do
		printf ' --redefine-sym %s=world_%s' "$call" "${call#sched_}"
	done
	printf ' %s %s' "$1" "$2"
}

# Prints the commands that prepare the objects in $1/obj and $1/lwip, the pure
# ones and the rest, as $1/child.
fuzz_prepare_child()
{
	mkdir -p "$1/child"
	for object in "$1"/obj/*.o "$1"/lwip/*.o; do
		case $object in */src_base_clock.c.o) continue ;; esac
		fuzz_prepare "$object" "$1/child/${object##*/}"
		echo
	done
}

# Compiles the pure files into directory $1 with the command $2.
fuzz_pure_objects()
{
	compile_objects "$1/obj" "$2 $(unpacker_include)" $(pure_files)
	compile_unpackers "$1/obj" "$2"
}

# Compiles what else the targets of the child link: with the same command lwIP
# and the rest of the program; with $3 what is around them, which a fuzzer is not
# to explore.
fuzz_child_objects()
{
	where=$1 inside=$2 around=$3
	fuzz_in_place=
	rm -rf "$where/child"
	lwip_sources=
	for file in $lwip_files; do
		lwip_sources="$lwip_sources $lwip/$file"
	done
	compile_objects "$where/lwip" "$inside -w -isystem $lwip/include $(unpacker_include)" \
		$lwip_sources $(fuzz_child_files)
	compile_objects "$where/harness" "$around $warnings -isystem $lwip/include" \
		tests/fuzz/child/*.c tests/sim/sim_pools.c
	fuzz_prepare_child "$where" > "$where/prepare"
	run_commands "$where/prepare"
}

# Prints the objects in $1 that target $2 links.
fuzz_linked()
{
	if fuzz_is_child "$2"; then
		echo "$1"/child/*.o "$1"/harness/*.o
	else
		echo "$1"/obj/*.o
	fi
}

# Prints the command that links, in $1 and with $2, the target $3.
fuzz_target()
{
	echo "$2 -Wall -Wextra -Werror -isystem $lwip/include tests/fuzz/fuzz_$3.c $(fuzz_linked "$1" "$3") -o $1/fuzz_$3"
}

# Prints the command that does the same with the planted bug.
fuzz_canary()
{
	canary=tests/fuzz/canary_$3.sed
	file=$(sed -n 's/^# changes //p' "$canary")
	changed=$1/canary_$3.c object=$1/canary_$3.o
	sed -f "$canary" "$file" > "$changed"
	! cmp -s "$file" "$changed" || die "$canary changes nothing in $file"
	others=
	for other in $(fuzz_linked "$1" "$3"); do
		[ "${other##*/}" = "$(echo "$file" | tr / _).o" ] ||
			others="$others $other"
	done
	prepare=:
	! fuzz_is_child "$3" || prepare=$(fuzz_prepare "$object" "$object")
	echo "$2 -isystem $lwip/include -c $changed -o $object && $prepare && $2 -isystem $lwip/include tests/fuzz/fuzz_$3.c $object $others -o $1/canary_$3"
}

# Prints the commands that build the targets named behind $1 and $2 in directory
# $1 with the command $2.
fuzz_commands()
{
	where=$1 linker=$2
	shift 2
	for fuzzed; do
		fuzz_target "$where" "$linker" "$fuzzed"
		fuzz_canary "$where" "$linker" "$fuzzed"
	done
}

# Builds every target for libFuzzer.
build_fuzz()
{
	need_clang
	need binutils -- binutils
	fuzz_cc="clang -std=c11 -D_GNU_SOURCE $sanitize $fuzz_include -Wno-unknown-attributes"
	fuzz_pure_objects $fuzz "$fuzz_cc -fsanitize=fuzzer-no-link,address,undefined"
	fuzz_child_objects $fuzz "$fuzz_cc -fsanitize=fuzzer-no-link,address,undefined" \
		"$fuzz_cc -fsanitize=address,undefined"
	fuzz_commands $fuzz "$fuzz_cc -fsanitize=fuzzer,address,undefined" \
		$fuzz_targets > $fuzz/commands
	run_commands $fuzz/commands
}

# Finds AFL++, which makes every step of a loop over inputs a run, too.  Its
# targets are without sanitizers, unless AFL_USE_ASAN and AFL_USE_UBSAN say
# otherwise: twice as fast, and what reads too far meets a page that nobody may
# read.
need_afl()
{
	need_clang
	need afl++ binutils -- aflplusplus binutils
	afl=$tests/afl
	afl_cc="afl-clang-fast -std=c11 -D_GNU_SOURCE -g -O2 $fuzz_include -Wno-unknown-attributes"
	export AFL_QUIET=1
}

build_afl()
{
	need_afl
	fuzz_pure_objects $afl "$afl_cc"
	fuzz_child_objects $afl "$afl_cc" "clang ${afl_cc#afl-clang-fast}"
	fuzz_commands $afl "$afl_cc -fsanitize=fuzzer" $fuzz_targets > $afl/commands
	run_commands $afl/commands
}

# Builds what shows that AFL++ finds something: two will do for each test run.
afl_canaries='icmp result'

build_afl_canaries()
{
	need_afl
	fuzz_pure_objects $afl "$afl_cc"
	fuzz_commands $afl "$afl_cc -fsanitize=fuzzer" $afl_canaries > $afl/commands
	run_commands $afl/commands
}

fuzz_dictionary()
{
	dictionary=tests/fuzz/$1.dict
	[ ! -f "$dictionary" ] || echo "$2$dictionary"
}

# Prints the command that runs target $1 for $2 seconds, from the corpus and what
# was found before; it ends with how many inputs there were in a second.
fuzz_libfuzzer_command()
{
	found=$cache/corpus/$1 log=$fuzz/fuzz_$1.log
	mkdir -p "$found"
	printf '%s\n' "$fuzz/fuzz_$1 -max_total_time=$2 -timeout=10 -artifact_prefix=$fuzz/$1- $(fuzz_dictionary "$1" -dict=) $found tests/fuzz/corpus/$1 >$log 2>&1 || { tail -30 $log; exit 255; }; sed -n 's/.*DONE.*exec\/s: \([0-9]*\).*/$1: \1 a second/p' $log"
}

# AFL++ is told that nobody minds how this machine handles crashes and processor
# speeds.
fuzz_afl_command()
{
	found=$cache/afl/$1 log=$afl/fuzz_$1.log
	mkdir -p "$found"
	printf '%s\n' "AFL_NO_UI=1 AFL_AUTORESUME=1 AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 afl-fuzz -V $2 -t 10000 -i tests/fuzz/corpus/$1 -o $found $(fuzz_dictionary "$1" '-x ') -- $afl/fuzz_$1 >$log 2>&1 && grep -q '^saved_crashes *: 0' $found/default/fuzzer_stats || { tail -30 $log; ls $found/default/crashes; exit 255; }; sed -n 's/^execs_per_sec *: */$1: /p' $found/default/fuzzer_stats"
}

# Runs each fuzz target, on all processors, for as many seconds as the last
# argument says; with --afl before it, by AFL++.
run_fuzz()
{
	fuzzer=libfuzzer
	if [ "${1:-}" = --afl ]; then
		fuzzer=afl
		shift
	fi
	name=
	build
	if [ $fuzzer = afl ]; then build_afl; else build_fuzz; fi
	for fuzzed in $fuzz_targets; do
		fuzz_${fuzzer}_command "$fuzzed" "${1:-60}"
	done > $fuzz.run
	run_commands $fuzz.run
	say "no target found anything in ${1:-60} s each"
}

# Writes the table of all targets; see replay.c.
fuzz_write_targets()
{
	echo '/* Generated by tests/fuzz/build.sh. */'
	rows=
	for fuzzed in $fuzz_targets; do
		echo "int fuzz_$fuzzed(const uint8_t *data, size_t n);"
		once=false
		! fuzz_is_child "$fuzzed" || once=true
		rows="$rows{ \"$fuzzed\", fuzz_$fuzzed, $once }, "
	done
	echo "static const struct target targets[] = { $rows{ NULL, NULL, false } };"
}

# Builds the replayer of all targets, from what build_sim() has compiled; and the
# same where the program counts which of its lines are run.
build_replay()
{
	replay=$tests/replay counted=$tests/counted
	fuzz_in_place=yes
	fuzz_gcc="gcc -std=c11 -D_GNU_SOURCE $fuzz_include -I$replay -isystem $lwip/include"
	rm -rf $replay $counted
	mkdir -p $replay/obj
	fuzz_write_targets > $replay/targets.h
	for fuzzed in $fuzz_targets; do
		echo "$fuzz_gcc $sanitize -fsanitize=address,undefined -Wall -Wextra -Werror -DLLVMFuzzerTestOneInput=fuzz_$fuzzed -c tests/fuzz/fuzz_$fuzzed.c -o $replay/fuzz_$fuzzed.o"
	done > $replay/commands
	for file in tests/fuzz/replay.c tests/fuzz/child/*.c tests/sim/sim_pools.c; do
		echo "$fuzz_gcc $sanitize -fsanitize=address,undefined $warnings -c $file -o $replay/$(basename "$file" .c).o"
	done >> $replay/commands
	run_commands $replay/commands
	for file in $(pure_files) $(fuzz_child_files); do
		file=obj/$(echo "$file" | tr / _).o
		[ ! -f $tests/sim/"$file" ] || ln -s ../../sim/"$file" $replay/obj
	done
	for file in $tests/sim/obj/unpacker_*.o; do
		ln -s ../../sim/obj/"${file##*/}" $replay/obj
	done
	ln -s ../sim/lwip $replay/lwip
	fuzz_prepare_child $replay > $replay/prepare
	run_commands $replay/prepare
	compile_objects $counted/obj "$fuzz_gcc --coverage $(unpacker_include)" $(pure_files) $(fuzz_child_files)
	compile_unpackers $counted/obj "$fuzz_gcc"
	ln -s ../sim/lwip $counted/lwip
	fuzz_prepare_child $counted > $counted/prepare
	run_commands $counted/prepare
	for where in $replay $counted; do
		echo "gcc -fsanitize=address,undefined --coverage $replay/*.o $where/child/*.o -o $where/replay"
	done > $replay/links
	run_commands $replay/links
}
