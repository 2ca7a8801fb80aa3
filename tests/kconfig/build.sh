# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# Builds many configurations, for tests/kconfig: what each symbol costs, and
# random ones with their unit tests; sourced by tests/build.sh.
#
# Lists are words in one variable; what is not assigned here is build.sh's.
# shellcheck disable=SC2086,SC2046,SC2034,SC2154

kconfigs=build/tests/kconfig
kconfig_units=build/tests/kconfig-unit-
# The last one is of today; it names the directory and so the test.
random_seeds="1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 $(date -u +%Y%m%d)"

# Has the kernel's program do $2 to the configuration in $kconfigs/$1.
kconfig_run()
{
	mkdir -p "$kconfigs/$1"
	KCONFIG_CONFIG=$kconfigs/$1/config CONFIG_=LWPXE_ \
		kconfig-conf "$2" Kconfig > "$kconfigs/$1/log" 2>&1 ||
		die "$(cat "$kconfigs/$1/log")"
}

# Prints the commands that compile and the one that links $kconfigs/$1.
kconfig_prepare()
{
	(
		out=$kconfigs/$1
		choose_config() { config=$out/config; }
		get_lwip() { :; }
		get_unpackers() { :; }
		run_commands() { echo "$out/commands" >> $kconfigs/compile; }
		compile
		echo "$cc $(start_files) $cflags $ldflags $out/obj/*.o $(end_files) -o $out/lwpxeboot && size $out/lwpxeboot > $out/size" \
			>> $kconfigs/link
	)
}

# Prints the feature that cannot be without symbol $1, if there is one.
selector_of()
{
	awk -v "s=$1" '$1 == "config" { c = $2 } $1 == "select" && $2 == s { print c }' Kconfig
}

# Writes the default configuration as $1, and with that symbol, if it is one, set
# to $2, and without what needs it.
cost_config()
{
	mkdir -p "$kconfigs/cost-$1"
	needs=$(selector_of "$1")
	sed -e "s/^LWPXE_${needs:-$1}=y/# LWPXE_${needs:-$1} is not set/" \
		-e "s/^LWPXE_$1=.*/LWPXE_$1=$2/" \
		-e "s/^# LWPXE_$1 is not set/LWPXE_$1=$2/" \
		configs/default_defconfig > "$kconfigs/cost-$1/config"
	kconfig_run "cost-$1" --olddefconfig
}

# Prints another value than $3 for symbol $1, which is a $2.
other_value()
{
	case $2:$3 in
	feature:y) echo n ;;
	feature:*) echo y ;;
	int:*)
		most=$(sed -n "/^config $1\$/,/range/s/.*range [0-9]* //p" Kconfig)
		[ $(($3 * 2)) -le "$most" ] && echo $(($3 * 2)) || echo $(($3 / 2))
		;;
	esac
}

# Prepares the default configuration with each symbol changed.  Features are
# measured as they are shipped; numbers, which cost memory, without optimisation
# across files, which takes most of the time.
prepare_costs()
{
	cost_config default ''
	kconfig_prepare cost-default
	cost_config quick ''
	(quick_flags; kconfig_prepare cost-quick)
	symbols | while read -r symbol type _; do
		config=configs/default_defconfig
		from=$(value_of "$symbol")
		to=$(other_value "$symbol" "$type" "${from:-n}")
		[ "$to" ] || continue
		cost_config "$symbol" "$to"
		base=$(selector_of "$symbol")
		[ "$type" = feature ] || base=quick
		echo "$symbol $type ${from:-n} $to ${base:-default}" >> $kconfigs/changed
		(
			[ "$type" = feature ] || quick_flags
			kconfig_prepare "cost-$symbol"
		)
	done
}

# Does without optimisation across files.
quick_flags()
{
	cflags=$(echo "$cflags" | sed 's/-flto//')
	ldflags=$(echo "$ldflags" | sed 's/-flto[^ ]*//g')
}

# Prints the commands that compile the unit tests, without sanitizers, of the
# configuration in directory @.
unit_compile()
{
	for file in $(pure_files) tests/unit/test_*.c; do
		echo "$file"
	done | sed 'h; s|/|_|g; G
s|\(.*\)\n\(.*\)|gcc -std=c11 -D_GNU_SOURCE -I@ -Isrc -Itests '"$(unpacker_include)"' -c \2 -o @/unit/\1.o|'
	(config=configs/default_defconfig; unpacker_commands "gcc -std=c11" @/unit)
}

# Links the unit tests of what was compiled; those of the same objects once, in
# directories beside the usual ones, from where they find their files.
link_units()
{
	for directory in $kconfigs/all-* $kconfigs/random-*; do
		key=$(cd "$directory/unit" && ls -i | sha256sum | cut -c 1-16)
		if [ -d "$kconfig_units$key" ]; then
			rm -r "$directory/unit"
		else
			mv "$directory/unit" "$kconfig_units$key"
			for file in tests/unit/test_*.c; do
				file=${file##*/}
				echo "gcc $kconfig_units$key/tests_unit_$file.o $kconfig_units$key/src_*.o $kconfig_units$key/unpacker_*.o -lcmocka -o $kconfig_units$key/${file%.c}"
			done
		fi
		ln -s "$PWD/$kconfig_units$key" "$directory/unit"
	done > $kconfigs/link-units
	run_commands $kconfigs/link-units
}

# Prepares a configuration with nothing, one with all, and random ones.
prepare_random()
{
	quick_flags
	unit_compile > $kconfigs/units
	kconfig_run all-no --allnoconfig
	kconfig_run all-yes --allyesconfig
	for seed in $random_seeds; do
		KCONFIG_SEED=$seed kconfig_run "random-$seed" --randconfig
	done
	for directory in $kconfigs/all-* $kconfigs/random-*; do
		kconfig_prepare "${directory##*/}"
		sed "s|@|$directory|g" $kconfigs/units > "$directory/units"
		echo "$directory/units" >> $kconfigs/compile
	done
}

# Compiles and links what $@ prepare.
build_configs()
{
	need kconfig-frontends gcc libc6-dev libcmocka-dev -- \
		kconfig-frontends gcc musl-dev cmocka-dev
	rm -rf $kconfigs $kconfig_units*
	mkdir -p $kconfigs
	for prepare; do
		($prepare)
	done
	"$python" -B tests/kconfig/objects.py $kconfigs/objects $(cat $kconfigs/compile)
	run_commands $kconfigs/link
}

build_kconfig()
{
	build_configs prepare_costs prepare_random
	link_units
}

# Prints what each symbol costs: a feature of text and data, a number of memory
# for one more.
costs()
{
	need_python
	name=
	choose_config
	choose_compiler
	get_lwip
	build_configs prepare_costs
	while read -r symbol type from to base; do
		awk -v "symbol=$symbol" -v "type=$type" -v "from=$from" -v "to=$to" '
		FNR == 2 { text[++n] = $1 + $2; memory[n] = $3 }
		END {
			if (type == "feature") {
				cost = (text[2] - text[1]) * (to == "y" ? 1 : -1)
				printf "%-20s %6d bytes\n", symbol, cost
			} else {
				cost = (memory[2] - memory[1]) / (to - from)
				printf "%-20s %6d bytes of memory for each\n", symbol, cost
			}
		}' $kconfigs/cost-$base/size "$kconfigs/cost-$symbol/size"
	done < $kconfigs/changed
}
