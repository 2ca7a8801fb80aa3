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
# gives the same sum, whoever packed it: see lwip_sum().
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

lwip_sum()
{
	(cd "$1" && find . -type f | sort | xargs sha256sum | sha256sum |
		cut -d ' ' -f 1)
}

# Unpacks an archive's src/ into the cache.
lwip_unpack()
{
	need tar xz-utils -- tar xz
	tmp=$(mktemp -d)
	tar -xf "$1" -C "$tmp"
	mkdir -p "$cache"
	rm -rf "$lwip"
	cp -R "$tmp"/*/src "$lwip"
}

# Fetches the source package $1 of the suite $2 into $apt, from the mirror that
# this machine uses, by a configuration of our own: Debian's stable release may
# be behind.
source_from_debian()
{
	have apt-get || return 1
	apt=$(mkdir -p "$cache" && cd "$cache" && pwd)/apt
	source=$1
	mkdir -p "$apt/state/lists/partial" "$apt/archives/partial" "$apt/parts"
	debian_sources deb-src "$2" > "$apt/parts/lwip.sources" || return 1
	set -- -qq -o "Dir::Etc::sourcelist=/dev/null" \
		-o "Dir::Etc::sourceparts=$apt/parts" \
		-o "Dir::State=$apt/state" -o "Dir::Cache=$apt" \
		-o "APT::Sandbox::User=root"
	apt-get "$@" update &&
		(cd "$apt" && apt-get "$@" source --download-only --tar-only "$source")
}

lwip_from_debian()
{
	source_from_debian lwip $lwip_suite &&
		lwip_unpack "$apt"/lwip_"$lwip_version"*.orig.tar.*
}

# Prints where apt finds packages of type $1 and suite $2.
debian_sources()
{
	[ "$(debian_mirror)" ] || apt-get update -qq || return 1
	mirror=$(debian_mirror)
	[ "$mirror" ] || return 1
	keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	echo "Types: $1"
	echo "URIs: $mirror"
	echo "Suites: $2"
	echo "Components: main"
	[ ! -f "$keyring" ] || echo "Signed-By: $keyring"
}

# Prints the URI of the mirror that Debian's own packages come from here.
debian_mirror()
{
	# shellcheck disable=SC2016 # apt expands it
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
		'Component: main' 'Origin: Debian' 'Label: Debian' |
		head -n 1
}

lwip_from_upstream()
{
	need ca-certificates wget -- ca-certificates wget
	mkdir -p "$cache"
	wget -q -O "$cache/lwip.tar.gz" "$lwip_upstream" &&
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
	[ "$(lwip_sum "$lwip")" = "${LWIP_SHA256:-$lwip_sha256}" ] ||
		die "$lwip is not lwIP $lwip_version: its checksum differs"
}
