# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# What unpacks kernels: which release of each is built, which of its files, and
# where it comes from; sourced by build.sh, to which the other names belong.
#
# Lists are words in one variable.
# shellcheck disable=SC2034,SC2086,SC2154

unpacker_suite=trixie
unpacker_names='libdeflate 7zip lz4'

# Sets what there is to know of unpacker $1: its license and where it is at home,
# the symbols that need it, files in its archive and what is compiled of them, and how.  The sum is of the listing
# of all these files, without the carriage returns that some archives of a
# release have.
describe_unpacker()
{
	case $1 in
	libdeflate)
		license=MIT project=github/ebiggers/libdeflate
		symbols=GZIP version_of=1.23 given=${LIBDEFLATE_DIR:-}
		sum=f5ae65a3b429d9d46403787377976296fd547d2f44846a304f1199bda492f4db
		from=https://github.com/ebiggers/libdeflate/archive/refs/tags/v1.23.tar.gz
		sources='lib/deflate_decompress.c'
		headers='common_defs.h libdeflate.h lib/decompress_template.h
lib/deflate_constants.h lib/lib_common.h lib/x86/decompress_impl.h COPYING'
		# The variant for some processors is not worth its bytes.
		flags='-DFREESTANDING -DLIB_X86_DECOMPRESS_IMPL_H'
		;;
	7zip)
		license='LZMA-SDK-9.22 AND BSD-3-Clause AND BSD-2-Clause'
		project=github/ip7z/7zip
		symbols='XZ ZSTD' version_of=25.01 given=${SEVENZIP_DIR:-}
		sum=ae61e57d9b56e439cf89cdd0c525fb4399584f9ef70278c2e16a997aba91d8ef
		from=https://github.com/ip7z/7zip/archive/refs/tags/25.01.tar.gz
		sources='C/Bra86.c C/Lzma2Dec.c C/LzmaDec.c C/Xxh64.c C/ZstdDec.c'
		headers='C/7zTypes.h C/Alloc.h C/Bra.h C/Compiler.h C/CpuArch.h
C/Lzma2Dec.h C/LzmaDec.h C/Precomp.h C/RotateDefs.h C/Xxh64.h C/ZstdDec.h
DOC/License.txt'
		# It reads numbers where they are, from processors that can.
		flags='-DZ7_ST -DZ7_LZMA_SIZE_OPT -fno-sanitize=alignment'
		;;
	lz4)
		license=BSD-2-Clause project=github/lz4/lz4
		symbols=LZ4 version_of=1.10.0 given=${LZ4_DIR:-}
		sum=903e93c0f57b94eb46cda9ff7cee1c19099b832542cec5c084505eabc4aa0b2a
		from=https://github.com/lz4/lz4/archive/refs/tags/v1.10.0.tar.gz
		sources='lib/lz4.c'
		headers='lib/lz4.h lib/LICENSE'
		flags='-include string.h -DLZ4_FREESTANDING -DLZ4_memcpy=memcpy -DLZ4_memmove=memmove -DLZ4_memset=memset'
		;;
	esac
	there=${given:-$cache/$1-$version_of}
}

# Returns true if the configuration builds what needs the unpacker described.
needs_unpacker()
{
	for symbol in $symbols; do
		[ "$(value_of $symbol)" != y ] || return 0
	done
	return 1
}

# Copies what is needed of archive $2 into the cache, as unpacker $1.
unpack_unpacker()
{
	source_unpack "$2"
	set -- "$cache/$1-$version_of" "$tmp"
	[ -d "$tmp/C" ] || set -- "$1" "$tmp"/*
	rm -rf "$1.new"
	for file in $sources $headers; do
		mkdir -p "$1.new/$(dirname "$file")"
		tr -d '\r' < "$2/$file" > "$1.new/$file" || return 1
	done
	rm -rf "$1"
	mv "$1.new" "$1"
}

# Leaves the verified sources of each unpacker that is needed where commands()
# looks for them.
get_unpackers()
{
	for name_of in $unpacker_names; do
		describe_unpacker "$name_of"
		needs_unpacker || continue
		[ -d "$there" ] || get_unpacker "$name_of"
		[ "$(unpacker_sum "$there")" = "$sum" ] ||
			die "$there is not $name_of $version_of: its checksum differs"
	done
}

# Fetches unpacker $1 from where lwIP would come from.
get_unpacker()
{
	set -- "$1" "$1"*"$version_of"*.tar.*
	if [ -f "$2" ]; then
		unpack_unpacker "$1" "$2"
		return
	fi
	say "fetching $1 $version_of"
	{
		source_from_debian "$1" "$unpacker_suite" &&
			unpack_unpacker "$1" "$apt/$1"_"$version_of"*.orig.tar.*
	} || {
		source_from_upstream "$from" "$cache/$1.tar.gz" &&
			unpack_unpacker "$1" "$cache/$1.tar.gz"
	} || die "no $1 $version_of: put its archive here, or name its directory: ./build.sh help"
}

# Prints the sum of the files in use below $1.
unpacker_sum()
{
	(cd "$1" && for file in $sources $headers; do
		printf '%s ' "$file"
		tr -d '\r' < "$file" | sha256sum
	done) | sort | sha256sum | cut -d ' ' -f 1
}

# Prints one command per file of the unpackers that are needed, of compiler $1
# into directory $2.
unpacker_commands()
{
	for name_of in $unpacker_names; do
		describe_unpacker "$name_of"
		needs_unpacker || continue
		for file in $sources; do
			echo "$1 -w $flags -I$there -c $there/$file -o $2/unpacker_$(basename "$file").o"
		done
	done
}

# Prints where the headers of the unpackers are.
unpacker_include()
{
	for name_of in $unpacker_names; do
		describe_unpacker "$name_of"
		printf '%s ' "-isystem $there -isystem $there/C -isystem $there/lib"
	done
}
