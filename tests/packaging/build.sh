# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# What tests/packaging needs on this machine; sourced by tests/build.sh, to which
# the other names belong.
# shellcheck disable=SC2154

# Debian's reuse that knows REUSE.toml, from where lwIP comes; the stable
# release's is older.  It is Python only, and unpacked, not installed.
get_reuse()
{
	have apt-get || return 0
	[ ! -d "$cache/reuse" ] || return 0
	say "fetching reuse of Debian's $lwip_suite"
	tmp=$(mktemp -d)
	mkdir -p "$tmp/state/lists/partial" "$tmp/archives/partial" "$tmp/parts"
	{
		echo "Types: deb"
		echo "URIs: $(debian_mirror)"
		echo "Suites: $lwip_suite"
		echo "Components: main"
		echo "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg"
	} > "$tmp/parts/reuse.sources"
	set -- -qq -o "Dir::Etc::sourcelist=/dev/null" \
		-o "Dir::Etc::sourceparts=$tmp/parts" \
		-o "Dir::State=$tmp/state" -o "Dir::Cache=$tmp" \
		-o "APT::Sandbox::User=root"
	apt-get "$@" update
	(cd "$tmp" && apt-get "$@" download reuse python3-attr python3-tomlkit)
	for deb in "$tmp"/*.deb; do
		dpkg-deb --extract "$deb" "$tmp/root"
	done
	mkdir -p "$cache"
	mv "$tmp/root" "$cache/reuse"
}

need_packaging()
{
	need bash zsh fish busybox-static mmdebstrap shellcheck debian-archive-keyring \
		python3-click python3-binaryornot python3-boolean python3-debian \
		python3-jinja2 python3-license-expression -- \
		bash zsh fish shellcheck reuse
	get_reuse
}
