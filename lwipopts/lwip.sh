# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# Which lwIP is built, which of its files, and where it comes from; sourced by
# build.sh, to which the other names belong.
#
# Lists are words in one variable.
# shellcheck disable=SC2034,SC2086,SC2154

lwip_version=2.2.1
# Of the listing of all files below src/, so that every archive of the release
# gives the same sum, whoever packed it: see source_sum().
lwip_sha256=bb3686ec3153de48c7290a9f49029121b34087311ba590749a800e8315233886
lwip_suite=trixie
lwip_upstream=https://github.com/lwip-tcpip/lwip/archive/refs/tags/STABLE-2_2_1_RELEASE.tar.gz

lwip_files='
core/def.c core/dns.c core/inet_chksum.c core/init.c core/ip.c core/mem.c
core/memp.c core/netif.c core/pbuf.c core/stats.c core/tcp.c core/tcp_in.c core/tcp_out.c
core/timeouts.c core/udp.c
core/ipv4/etharp.c core/ipv4/icmp.c core/ipv4/ip4.c core/ipv4/ip4_addr.c
core/ipv4/ip4_frag.c
netif/ethernet.c
'

# Unpacks an archive's src/ into the cache.
lwip_unpack()
{
	source_unpack "$1"
	cp -R "$tmp"/*/src "$lwip"
}

lwip_from_debian()
{
	source_from_debian lwip "$lwip_suite" &&
		lwip_unpack "$apt"/lwip_"$lwip_version"*.orig.tar.*
}

lwip_from_upstream()
{
	source_from_upstream "$lwip_upstream" "$cache/lwip.tar.gz" &&
		lwip_unpack "$cache/lwip.tar.gz"
}

# Leaves the verified sources in $lwip.
get_lwip()
{
	lwip="$cache/lwip-$lwip_version"
	if [ "${LWIP_DIR:-}" ]; then
		lwip=$LWIP_DIR/src
		[ -d "$lwip" ] || die "there is no directory $lwip"
	elif [ ! -d "$lwip" ]; then
		set -- lwip*"$lwip_version"*.tar.*
		if [ -f "$1" ]; then
			lwip_unpack "$1"
		else
			say "fetching lwIP $lwip_version"
			lwip_from_debian || lwip_from_upstream ||
				die "no lwIP $lwip_version: put its archive here or set LWIP_DIR"
		fi
	fi
	[ "$(source_sum "$lwip")" = "${LWIP_SHA256:-$lwip_sha256}" ] ||
		die "$lwip is not lwIP $lwip_version: its checksum differs"
}
