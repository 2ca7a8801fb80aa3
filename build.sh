#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Configures, builds, tests and installs lwpxeboot; ./build.sh help says how.
#
# Lists of packages, files and flags are words in one variable, since POSIX has
# no arrays.
# shellcheck disable=SC2086,SC2046

set -eu
cd "$(dirname "$0")"
export LC_ALL=C

version=0.1.0

# Which symbol builds which file; "y" is always, "!" is without the symbol.
files='
y src/main.c
y src/base/clock.c src/base/log.c src/base/oserror.c src/base/span.c
y src/base/text.c src/format/addr.c src/format/bootcfg.c src/format/bootsource.c
y src/format/cmdline.c src/format/cpio.c src/format/dhcpmsg.c
y src/format/dhcpopt.c src/format/directive.c src/format/icmp.c
y src/format/json.c src/format/menuword.c src/format/module.c
y src/format/pxecfg.c src/format/pxeopt.c src/format/report.c src/format/result.c
y src/format/search.c src/format/spec.c src/format/spec_complete.c
y src/format/url.c src/format/vif.c src/format/word.c
HTTP src/format/httpmsg.c src/net/http.c src/net/httpconn.c
y port/link.c port/link_filter.c port/link_receive.c port/netif.c port/rtnl.c
y port/sys.c port/wait.c
y src/net/dhcp.c src/net/dhcpsock.c src/net/fetch.c src/net/loop.c src/net/sink.c
y src/boot/boot.c src/boot/choose.c src/boot/config.c src/boot/download.c
y src/boot/image.c src/priv/answer.c src/priv/environment.c src/priv/jail.c
y src/priv/localboot.c src/priv/lock.c src/priv/outfile.c
y src/priv/parent.c src/priv/relro.c
LINK_TAP port/link_tap.c
LINK_PACKET port/link_packet.c
FRAME_POOL port/frame_pool.c
!FRAME_POOL port/frame_one.c
HTTP port/ack.c port/ooseq.c
!HTTP port/ack_none.c
TFTP src/format/tftppkt.c src/net/rto.c src/net/tftp.c src/net/tftpask.c
TFTP src/net/tftpsock.c
DNS src/net/resolve_dns.c
!DNS src/net/resolve_none.c
PROXYDHCP src/net/bootserver.c
!PROXYDHCP src/net/bootserver_none.c
EXPLAIN src/boot/explain.c src/boot/explain_json.c src/boot/explain_text.c
EXPLAIN src/net/tree.c
!EXPLAIN src/boot/explain_none.c src/net/tree_none.c
XENSTORE src/priv/xenstore.c
!XENSTORE src/priv/noxenstore.c
SECCOMP src/priv/jail_seccomp.c
!SECCOMP src/priv/jail_noseccomp.c
MENU src/format/key.c src/format/lineedit.c src/format/screen.c src/boot/tty.c
MENU src/format/menuview.c src/format/menudraw.c src/format/helptext.c
MENU_PASSWORDS src/format/crypt.c src/format/digest.c
!MENU_PASSWORDS src/boot/crypt_none.c
MENU src/format/passwd.c src/boot/asker.c src/boot/help.c src/boot/prompt.c
MENU src/boot/menu.c src/boot/menulist.c src/boot/menuscreen.c
MENU src/priv/console.c
!MENU src/boot/asker_none.c src/priv/noconsole.c
'

# Warnings are errors in our files; lwIP's are its own business.  What begins with
# -fno-thread-jumps saves 3 kB that -Os leaves; for the guards see base/guard.h.
cflags="-std=c11 -D_GNU_SOURCE -Os -flto -fPIE -fno-strict-aliasing \
-ffunction-sections -fdata-sections -fvisibility=hidden -fno-ident \
-fno-asynchronous-unwind-tables -fno-unwind-tables \
-fno-thread-jumps -fno-tree-forwprop -fno-tree-loop-im -fno-caller-saves \
-fno-optimize-sibling-calls -fno-jump-tables -fno-tree-dominator-opts \
-fno-tree-tail-merge -fno-tree-sra -ftrivial-auto-var-init=zero"
warnings="-Wall -Wextra -Wconversion -Wshadow -Wvla -Wundef -Wformat=2 \
-Wstrict-prototypes -Wmissing-prototypes -Werror"
ldflags="-Os -flto -flto-partition=one -Wl,--gc-sections -Wl,-z,text,-z,relro,-z,now \
-Wl,-z,noexecstack,-z,noseparate-code -Wl,--build-id=none,--hash-style=gnu \
-Wl,-T,src/priv/relro.ld"

cache=build/cache
install=yes
dot_config=.config
config=''
tmp=''

say() { printf '%s\n' "build.sh: $*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
trap '[ -z "$tmp" ] || rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- packages

# Installs what of the named packages is missing: Debian's, then "--", then
# Alpine's.
need()
{
	debian='' alpine='' seen=''
	for package; do
		if [ "$package" = -- ]; then seen=yes
		elif [ "$seen" ]; then alpine="$alpine $package"
		else debian="$debian $package"
		fi
	done
	if have apt-get; then
		missing=$(missing_debian $debian)
		manager='apt-get install -qq -y --no-install-recommends'
	elif have apk; then
		missing=$(missing_alpine $alpine)
		manager='apk add -q'
	else
		say "no apt-get and no apk here; needed:$debian"
		return
	fi
	[ "$missing" ] || return 0
	[ "$install" = yes ] || die "needed and not installed: $missing"
	[ "$(id -u)" = 0 ] || die "needed, to be installed by root: $missing"
	say "installing $missing"
	if have apt-get; then
		apt-get update -qq
		export DEBIAN_FRONTEND=noninteractive
	fi
	$manager $missing >/dev/null || die "the packages could not be installed"
}

missing_debian()
{
	for package; do
		status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) || :
		case $status in
		*' installed') ;;
		*) printf '%s ' "$package" ;;
		esac
	done
}

missing_alpine()
{
	for package; do
		apk info -q -e "$package" || printf '%s ' "$package"
	done
}

# ---- configuration

# Prints "symbol type default" for each symbol of Kconfig.
symbols()
{
	awk '$1 == "config" { s = $2; d = "" }
	     $1 == "bool" || $1 == "int" || $1 == "string" { t = $1 }
	     $1 == "default" && d == "" { d = $2; print s, t, d }' Kconfig
}

# Prints the value of symbol $1 in the configuration $config.
value_of()
{
	sed -n "s/^LWPXE_$1=//p" "$config"
}

# Chooses $config and $out from -c NAME, ./.config or the default.
choose_config()
{
	out=build
	if [ "$name" ]; then
		config=configs/${name}_defconfig
		[ -f "$config" ] || config=$name
		[ -f "$config" ] || die "there is no configuration \"$name\" in configs/"
		out=build/$(basename "$name" _defconfig)
	elif [ -f "$dot_config" ]; then
		config=$dot_config
	else
		config=configs/default_defconfig
	fi
	mkdir -p "$out"
}

# Writes config.h: every symbol, bools as 0 or 1.
write_config_h()
{
	echo "/* Generated by build.sh from $config. */"
	features=
	symbols | while read -r symbol type default; do
		grep -q "LWPXE_${symbol}[= ]" "$config" ||
			die "$config does not know LWPXE_$symbol; ./build.sh olddefconfig adds it"
		value=$(value_of "$symbol")
		case $type in
		bool) [ "$value" = y ] && value=1 || value=0 ;;
		int) value=${value:-$default} ;;
		esac
		echo "#define LWPXE_$symbol $value"
	done
	for symbol in LINK_TAP LINK_PACKET TFTP BIG_BLOCKS HTTP DNS PROXYDHCP MENU MENU_PASSWORDS \
		EXPLAIN XENSTORE SECCOMP; do
		[ "$(value_of $symbol)" != y ] || features="$features $symbol"
	done
	features=$(echo $features | tr 'A-Z_' 'a-z-')
	echo "#define LWPXE_FEATURES \"$features\""
	echo "#define LWPXE_VERSION \"$version\""
}

# Writes tables.c: the rows of the links and protocols that are built.
write_tables_c()
{
	echo "/* Generated by build.sh from $config. */"
	echo '#include "net/fetch.h"'
	echo '#include "port/link.h"'
	rows=
	for link in tap packet; do
		symbol=LINK_$(echo $link | tr '[:lower:]' '[:upper:]')
		[ "$(value_of $symbol)" = y ] || continue
		rows="$rows &link_$link,"
	done
	[ "$rows" ] || die "$config has no link; set LWPXE_LINK_TAP or LWPXE_LINK_PACKET"
	echo "const struct link_ops *const links[] = {$rows NULL };"
	rows=
	for scheme in tftp http; do
		symbol=$(echo $scheme | tr '[:lower:]' '[:upper:]')
		if [ "$(value_of "$symbol")" = y ]; then
			rows="$rows &scheme_$scheme,"
		else
			rows="$rows &(const struct scheme){ .name = \"$scheme\", .missing = \"is not built in (LWPXE_$symbol)\" },"
		fi
	done
	for scheme in https ftp nfs; do
		rows="$rows &(const struct scheme){ .name = \"$scheme\", .missing = \"is not supported\" },"
	done
	echo "const struct scheme *const schemes[] = {$rows NULL };"
}

# Prints the calls that comments of the built files name behind $1, and $2, by
# number for this architecture; some architectures lack some.
calls_named()
{
	{
		echo "$2"
		sed -n "s|^/\\* $1 \(.*\)|\1|p" $(our_files)
	} | tr -d '*/' | tr ' ' '\n' | sort -u | while read -r call; do
		[ "$call" ] || continue
		printf '#ifdef SYS_%s\n\tSYS_%s,\n#endif\n' "$call" "$call"
	done
}

# Writes seccomp.h: the calls that the jail allows, and those besides that it
# takes to read a local tree; exit_group is in both so that none is empty.
write_seccomp_h()
{
	case $("$cc" -dumpmachine) in
	x86_64*) arch=X86_64 ;;
	aarch64*) arch=AARCH64 ;;
	arm*) arch=ARM ;;
	i?86*) arch=I386 ;;
	riscv64*) arch=RISCV64 ;;
	*) die "no seccomp architecture is known for $("$cc" -dumpmachine)" ;;
	esac
	echo "/* Generated by build.sh from the files' \"syscalls:\" comments. */"
	echo '#include <linux/audit.h>'
	echo '#include <stdint.h>'
	echo '#include <sys/syscall.h>'
	echo "#define JAIL_ARCH AUDIT_ARCH_$arch"
	echo 'static const uint32_t jail_calls[] = {'
	calls_named syscalls: exit_group
	echo '};'
	echo 'static const uint32_t jail_tree_calls[] = {'
	calls_named 'tree syscalls:' exit_group
	echo '};'
}

# Writes syscalls.h: of two calls of a kind, the one with 32-bit user numbers.
write_syscalls_h()
{
	echo "/* Generated by build.sh. */"
	echo '#include <sys/syscall.h>'
	for call in setgroups setresgid setresuid; do
		upper=$(echo $call | tr '[:lower:]' '[:upper:]')
		printf '#ifdef SYS_%s32\n' $call
		printf '#define SYSCALL_%s SYS_%s32\n' "$upper" $call
		printf '#else\n#define SYSCALL_%s SYS_%s\n#endif\n' "$upper" $call
	done
}

# Prints the files of ours that the configuration builds.
our_files()
{
	echo "$files" | while read -r symbol list; do
		case $symbol in
		'') continue ;;
		y) ;;
		!*) [ "$(value_of "${symbol#!}")" != y ] || continue ;;
		*) [ "$(value_of "$symbol")" = y ] || continue ;;
		esac
		printf '%s ' $list
	done
}

# ---- compiler

# Chooses $cc: musl's. Debian has it beside the native one, whose headers of the
# kernel it cannot see; Alpine's native one is it.
choose_compiler()
{
	if [ "${CC:-}" ]; then
		cc=$CC
	elif have gcc && gcc -dumpmachine | grep -q musl; then
		cc=gcc
	else
		need gcc musl-tools binutils linux-libc-dev -- \
			gcc musl-dev binutils linux-headers
		cc='musl-gcc'
		! have apk || cc=gcc
	fi
	kernel_headers=
	[ "$cc" = musl-gcc ] || return 0
	kernel_headers=$cache/kernel-headers
	mkdir -p "$kernel_headers"
	for dir in linux asm asm-generic; do
		from=/usr/include/$dir
		[ -d "$from" ] || from=/usr/include/$(gcc -print-multiarch)/$dir
		ln -sfn "$from" "$kernel_headers/$dir"
	done
	kernel_headers="-idirafter $kernel_headers"
}

# Print what goes before and after the objects of a static executable that is
# position-independent.  musl-gcc's own -static-pie makes a dynamic one, so its
# start files are named by hand; gcc would find glibc's of the same names.
start_files()
{
	[ "$cc" = musl-gcc ] || { echo -static-pie; return; }
	musl=$(musl_directory)
	echo "-static -nostartfiles $musl/rcrt1.o $musl/crti.o"
}

musl_directory()
{
	echo "/usr/lib/$(gcc -print-multiarch | sed 's/gnu/musl/')"
}

end_files()
{
	[ "$cc" != musl-gcc ] ||
		echo "-Wl,-pie,--no-dynamic-linker $(musl_directory)/crtn.o"
}

# Prints one compiler command per file.
commands()
{
	include="-I$out -Isrc -I. -Ilwipopts -idirafter port"
	for file in $(our_files) "$out/tables.c"; do
		case $file in port/* | src/net/*) guard=strong ;; *) guard=explicit ;; esac
		echo "$cc $cflags -fstack-protector-$guard $warnings -ffile-prefix-map=$PWD/= $include -isystem $lwip/include $kernel_headers -c $file -o $out/obj/$(echo "$file" | tr / _).o"
	done
	for file in $lwip_files; do
		echo "$cc $cflags -fstack-protector-strong -w $include -I$lwip/include -c $lwip/$file -o $out/obj/lwip_$(echo "$file" | tr / _).o"
	done
}

# Runs the lines of file $1, as many at a time as there are processors.
run_commands()
{
	tr '\n' '\0' < "$1" | xargs -0 -n 1 -P "$(nproc)" sh -c ||
		die "a command of $1 failed"
}

# Fails unless $1 is what a small Dom0 can run and an attacker cannot bend.
check_binary()
{
	readelf -hW "$1" | grep -q 'Type: *DYN' || die "$1 is not position-independent"
	! readelf -lW "$1" | grep -q INTERP || die "$1 wants a dynamic linker"
	! readelf -dW "$1" | grep -q NEEDED || die "$1 needs a shared library"
	! readelf -dW "$1" | grep -q TEXTREL || die "$1 has text relocations"
	readelf -lW "$1" | awk '$1 == "LOAD" { load[$3] } $1 == "GNU_RELRO" { relro = $3 }
		END { exit !(relro in load) }' || die "$1 has no RELRO in pages of its own"
	readelf -dW "$1" | grep -q 'BIND_NOW\|FLAGS.*NOW' || die "$1 is not linked with BIND_NOW"
	readelf -lW "$1" | grep 'GNU_STACK' | grep -q 'RW ' || die "$1 has an executable stack"
	"$1" --version >/dev/null || die "$1 does not start"
}

# Cuts off the table of sections, which no loader reads, and the header's word of it.
cut_sections()
{
	case $(readelf -hW "$1") in
	*ELF64*) fields='40,8 58,6' ;; *) fields='32,4 46,6' ;;
	esac
	set -- "$1" $(readelf -lW "$1" | awk '$1 == "LOAD" { s = $2 " " $5 } END { print s }')
	truncate -s $(($2 + $3)) "$1"
	for field in $fields; do
		dd if=/dev/zero of="$1" conv=notrunc bs=1 seek="${field%,*}" \
			count="${field#*,}" 2>/dev/null
	done
}

# Links the objects into $1, with more flags behind it.
link_objects()
{
	$cc $(start_files) $cflags $ldflags "$out"/obj/*.o $(end_files) -o "$@"
}

build()
{
	choose_config
	choose_compiler
	get_lwip
	rm -rf "$out/obj"
	mkdir -p "$out/obj"
	write_config_h > "$out/config.h"
	write_tables_c > "$out/tables.c"
	write_seccomp_h > "$out/seccomp.h"
	write_syscalls_h > "$out/syscalls.h"
	commands > "$out/commands"
	run_commands "$out/commands"
	link_objects "$out/lwpxeboot.debug"
	strip -s -R .comment -R .gnu.version -o "$out/lwpxeboot.new" "$out/lwpxeboot.debug"
	cut_sections "$out/lwpxeboot.new"
	check_binary "$out/lwpxeboot.new"
	mv "$out/lwpxeboot.new" "$out/lwpxeboot"
	say "$out/lwpxeboot: $(wc -c < "$out/lwpxeboot") bytes"
}

# ---- verbs

kconfig()
{
	need kconfig-frontends -- kconfig-frontends
	CONFIG_=LWPXE_ "$@"
}

install_files()
{
	build
	prefix=${DESTDIR:-}${PREFIX:-/usr}
	mkdir -p "$prefix/bin"
	cp "$out/lwpxeboot" "$prefix/bin/lwpxeboot"
	chmod 755 "$prefix/bin/lwpxeboot"
	for page in doc/*.[578]; do
		directory=$prefix/share/man/man${page##*.}
		mkdir -p "$directory"
		cp "$page" "$directory"
		chmod 644 "$directory/${page##*/}"
	done
	say "installed $prefix/bin/lwpxeboot and its manual pages"
}

usage()
{
	cat <<'END'
usage: ./build.sh [-c NAME] [--no-install] [verb]

  (none)           build; the result is build/lwpxeboot, or with -c NAME
                   build/NAME/lwpxeboot from configs/NAME_defconfig
  demo             boot Debian's installer over the network, without Xen
  test             run all tests, xen's too
  xen              boot real guests on a real Xen, in QEMU
  fuzz [SECONDS]   run each fuzz target for so long
  bench            measure it against its peers on this machine
  size             show where the bytes of the default and tiny build go
  menuconfig       choose what is built, in .config
  defconfig NAME   start .config from configs/NAME_defconfig
  olddefconfig     complete .config with the defaults of new symbols
  savedefconfig    write what in .config differs from the defaults to defconfig
  install          build, and install below $DESTDIR$PREFIX (/usr)
  clean            remove build/, but not what was downloaded

Missing packages are installed with apt-get or apk; --no-install refuses.
lwIP's sources come from $LWIP_DIR, an archive beside build.sh, the
distribution or the net, in this order, and must have the right checksum.
END
}

. lwipopts/lwip.sh
. tests/build.sh

name=
while [ $# -gt 0 ]; do
	case $1 in
	-c) [ $# -ge 2 ] || die "-c needs the name of a configuration"; name=$2; shift ;;
	--no-install) install=no ;;
	-h | --help) usage; exit 0 ;;
	-*) die "$1 is no option; ./build.sh help lists them" ;;
	*) break ;;
	esac
	shift
done

verb=${1:-build}
[ $# -eq 0 ] || shift
case $verb in
build) build ;;
test) run_tests "$@" ;;
xen) run_xen ;;
demo) run_demo ;;
bench) run_bench "$@" ;;
size) size_of_builds ;;
menuconfig) kconfig kconfig-mconf Kconfig ;;
olddefconfig) kconfig kconfig-conf --olddefconfig Kconfig ;;
savedefconfig) kconfig kconfig-conf --savedefconfig=defconfig Kconfig ;;
defconfig)
	[ -f "configs/${1:-}_defconfig" ] || die "defconfig needs one of: $(ls configs)"
	cp "configs/$1_defconfig" .config
	say ".config is configs/$1_defconfig"
	;;
install) install_files ;;
clean)
	for file in build/*; do
		[ "$file" = "$cache" ] || rm -rf "$file"
	done
	;;
fuzz) run_fuzz "$@" ;;
help) usage ;;
*) die "$verb is no verb; ./build.sh help lists them" ;;
esac
