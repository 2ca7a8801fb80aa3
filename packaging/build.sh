# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# What leaves the tree: install, uninstall, dist and sbom; sourced by build.sh, to
# which the other names belong.
# shellcheck disable=SC2154

. packaging/completion.sh
. packaging/sbom.sh

# Prints, for each file that is installed, its mode, where it is below the prefix,
# and from where it comes.
installed_files()
{
	# Of /usr, Debian's zsh looks here only.
	zsh=site-functions
	[ ! -e /etc/debian_version ] || [ "${PREFIX:-/usr}" != /usr ] ||
		zsh=vendor-completions
	echo "755 bin/lwpxeboot $out/lwpxeboot"
	for page in doc/*.[578]; do
		echo "644 share/man/man${page##*.}/${page##*/} $page"
	done
	echo "644 share/bash-completion/completions/lwpxeboot $out/completion/bash"
	echo "644 share/zsh/$zsh/_lwpxeboot $out/completion/zsh"
	echo "644 share/fish/vendor_completions.d/lwpxeboot.fish $out/completion/fish"
}

# Returns true if what is built is of this configuration and these sources.
is_built()
{
	choose_config
	[ -x "$out/lwpxeboot" ] || return 1
	[ -z "$(find build.sh Kconfig src port lwipopts "$config" -newer "$out/lwpxeboot")" ] &&
		grep -q " from $config\. " "$out/config.h"
}

install_files()
{
	is_built || build
	prefix=${DESTDIR:-}${PREFIX:-/usr}
	umask 022
	mkdir -p "$out/completion"
	for shell in bash zsh fish; do
		completion_$shell > "$out/completion/$shell"
	done
	installed_files | while read -r mode to from; do
		mkdir -p "$prefix/${to%/*}"
		rm -f "$prefix/$to"
		cp "$from" "$prefix/$to"
		chmod "$mode" "$prefix/$to"
	done
	say "installed $prefix/bin/lwpxeboot, its manual pages and completion"
}

# Removes what install_files() puts there, and directories that only it needed.
uninstall_files()
{
	prefix=${DESTDIR:-}${PREFIX:-/usr}
	out=$built
	installed_files | while read -r _ to _; do
		rm -f "$prefix/$to"
		directory=$to
		while directory=${directory%/*} && [ "$directory" != "${directory#*/}" ]; do
			rmdir "$prefix/$directory" 2>/dev/null || break
		done
	done
	say "removed $prefix/bin/lwpxeboot, its manual pages and completion"
}

# Prints the files of a release; where there is no git, all are that.
release_files()
{
	if [ -e .git ]; then
		git ls-files
	else
		find . -name build -prune -o -name __pycache__ -prune -o \
			-type f ! -name '.config*' ! -path './vendor/*' \
			! -name lwpxeboot.spdx.json -print -o -type l -print
	fi
}

# Writes the archive of a release, with the sources of what is linked in vendor/,
# so that it builds without a network; twice the same bytes.
dist()
{
	need tar xz-utils -- tar xz
	choose_config
	get_lwip
	get_unpackers
	tmp=$(mktemp -d)
	top=$tmp/lwpxeboot-$version
	mkdir -p "$top/vendor"
	release_files | tar -cf - -T - | tar -xf - -C "$top"
	components | while IFS="$(printf '\t')" read -r _ _ _ _ _ sources; do
		[ "$sources" = - ] || cp -RL "$sources" "$top/vendor/"
	done
	cp packaging/licenses/*.txt "$top/LICENSES/"
	sum=$(cd "$top" && find . -type f -exec sha256sum {} + | sort |
		sha256sum | cut -d ' ' -f 1)
	sbom source "$sum" > "$top/lwpxeboot.spdx.json"
	archive=$built/lwpxeboot-$version.tar.xz
	tar -C "$tmp" --format=ustar --sort=name --mtime="@$(release_time)" \
		--owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w \
		-cf - "${top##*/}" | xz -9 -T 1 > "$archive"
	say "$archive: $(wc -c < "$archive") bytes"
}

# Lets the sources that came in vendor/ be where downloaded ones would be.
use_vendored()
{
	for directory in vendor/*/; do
		directory=${directory%/}
		[ -d "$directory" ] || continue
		[ ! -d "$cache/${directory##*/}" ] || continue
		mkdir -p "$cache"
		ln -sfn "$PWD/$directory" "$cache/${directory##*/}"
	done
}
