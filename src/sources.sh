# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# Where the sources of others come from; sourced by build.sh, to which the other
# names belong.
# shellcheck disable=SC2034,SC2154

# Prints the sum of the listing of all files below $1, so that every archive of
# a release gives the same, whoever packed it.
source_sum()
{
	(cd "$1" && find . -type f | sort | xargs sha256sum | sha256sum |
		cut -d ' ' -f 1)
}

# Unpacks archive $1 into the new directory $tmp.
source_unpack()
{
	need tar xz-utils -- tar xz
	[ -z "$tmp" ] || rm -rf "$tmp"
	tmp=$(mktemp -d)
	tar -xf "$1" -C "$tmp"
	mkdir -p "$cache"
}

# Prints the URI of the mirror that Debian's own packages come from here.
debian_mirror()
{
	# shellcheck disable=SC2016 # apt expands it
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
		'Component: main' 'Origin: Debian' 'Label: Debian' |
		head -n 1
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

# Fetches $1 as file $2.
source_from_upstream()
{
	need ca-certificates wget -- ca-certificates wget
	mkdir -p "$cache"
	wget -q -O "$2" "$1"
}
