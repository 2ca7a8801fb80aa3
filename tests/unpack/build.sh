# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# Builds what tests/unpack needs, of the objects of tests/unit; sourced by
# tests/build.sh.
# shellcheck disable=SC2086,SC2154

build_unpack()
{
	need gzip xz-utils zstd lz4 -- gzip xz zstd lz4
	mkdir -p $tests/unpack
	$native $warnings -Ibuild -Isrc -Itests tests/unpack/probe.c \
		$tests/unit/obj/*.o -o $tests/unpack/probe
}
