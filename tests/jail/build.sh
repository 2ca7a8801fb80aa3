# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# Builds the probe of the jail, as the program itself is built: with the filter
# of system calls, and without, to see that the other rungs hold alone.
# shellcheck disable=SC2086,SC2046,SC2154

build_jail()
{
	for filter in seccomp noseccomp; do
		own=$tests/jail/$filter
		mkdir -p "$own"
		on=1
		[ $filter = seccomp ] || on=0
		sed "s/LWPXE_SECCOMP .*/LWPXE_SECCOMP $on/" build/config.h \
			> "$own/config.h"
		$cc $(start_files) $cflags $warnings -fstack-protector-explicit \
			-I$own -Ibuild -Isrc $kernel_headers tests/jail/probe.c \
			src/priv/jail.c src/priv/jail_$filter.c src/base/text.c \
			src/base/span.c src/base/oserror.c src/format/word.c \
			$ldflags \
			$(end_files) -o "$own/probe"
	done
}
