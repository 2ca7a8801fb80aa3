# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# Builds what tests/priv needs: the program with a jailed process that lies, and
# what spoils a system call of the program itself.
# shellcheck disable=SC2086,SC2046,SC2154

build_priv()
{
	need gcc libc6-dev -- gcc musl-dev
	own=$tests/priv
	rm -rf "$own/obj"
	mkdir -p "$own/obj"
	cp build/obj/*.o "$own/obj"
	rm "$own/obj/src_boot_boot.c.o"
	{
		for file in liar liar_call; do
			sed -n "s|-c src/boot/boot\.c -o .*|-Itests/priv -c tests/priv/$file.c -o $own/obj/$file.o|p" \
				build/commands
		done
		case $(gcc -dumpmachine) in x86_64*)
			echo "gcc -std=c11 -D_GNU_SOURCE -O1 -g $warnings tests/priv/inject.c -o $own/inject" ;;
		esac
	} > "$own/commands"
	run_commands "$own/commands"
	(out=$own; link_objects "$own/liar")
}
