# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# Whose code is in the program, as people read it and as SPDX 2.3 has it; sourced
# by build.sh, to which the other names belong.
# shellcheck disable=SC2154

# Prints a line for each thing that is linked or may be: its name, version,
# license, how package URLs and CPE name it, and where its sources are if they
# go into a release.  This is the one list.
components()
{
	component lwip "$lwip_version" BSD-3-Clause github/lwip-tcpip/lwip \
		lwip_project:lwip "$lwip"
	for name_of in $unpacker_names; do
		describe_unpacker "$name_of"
		! needs_unpacker ||
			component "$name_of" "$version_of" "$license" "$project" \
				"${project##*/}:$name_of" "$there"
	done
	component musl "$(musl_version)" MIT generic/musl musl-libc:musl
	! linked_with libgcc ||
		component libgcc "$(gcc -dumpfullversion)" \
			'GPL-3.0-or-later WITH GCC-exception-3.1' \
			generic/gcc gnu:gcc
}

component()
{
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "$5" "${6:--}"
}

musl_version()
{
	for library in "${musl:-}/libc.so" /lib/ld-musl-*.so.1; do
		[ ! -x "$library" ] || { "$library" 2>&1 || :; } | sed -n 's/^Version //p'
	done | head -n 1
}

# Returns true if the linker took something out of archive $1.
linked_with()
{
	[ -f "$out/lwpxeboot.map" ] && grep -q "/$1\\.a(" "$out/lwpxeboot.map"
}

# Prints the time of what is released, in seconds: the last commit's, or where
# there is no git, that of the unpacked files.
release_time()
{
	if [ "${SOURCE_DATE_EPOCH:-}" ]; then
		echo "$SOURCE_DATE_EPOCH"
	else
		git log -1 --format=%ct 2>/dev/null || stat -c %Y build.sh
	fi
}

# Prints one package of the document: id, name, version, license, purl, and
# what else there is to say of it.
sbom_package()
{
	cat <<END
    {
      "SPDXID": "SPDXRef-$1",
      "name": "$2",
      "versionInfo": "$3",
      "licenseConcluded": "$4",
      "licenseDeclared": "$4",
      "copyrightText": "NOASSERTION",
      "downloadLocation": "NOASSERTION",
      "filesAnalyzed": false,$6
      "externalRefs": [
        {
          "referenceCategory": "PACKAGE-MANAGER",
          "referenceType": "purl",
          "referenceLocator": "pkg:$5@$3"
        }$7
      ]
    }
END
}

sbom_cpe()
{
	cat <<END
,
        {
          "referenceCategory": "SECURITY",
          "referenceType": "cpe23Type",
          "referenceLocator": "cpe:2.3:a:$1:$2:*:*:*:*:*:*:*"
        }
END
}

sbom_relationship()
{
	printf '    {\n      "spdxElementId": "SPDXRef-%s",\n' "$1"
	printf '      "relationshipType": "%s",\n' "$2"
	printf '      "relatedSpdxElement": "SPDXRef-%s"\n    }' "$3"
}

# Prints the document about package $1, a "binary" or a "source" with the
# sha256 $2, whose license is that of all components together.
sbom()
{
	tab=$(printf '\t')
	components > "$out/components"
	case $1 in
	binary) relation=STATIC_LINK purpose=APPLICATION ;;
	source) relation=CONTAINS purpose=SOURCE ;;
	esac
	[ "$1" = binary ] || {
		awk -F '\t' '$6 != "-"' "$out/components" > "$out/components.new"
		mv "$out/components.new" "$out/components"
	}
	license=$({ echo BSD-3-Clause; cut -f 3 "$out/components"; } |
		sed 's/ AND /\
/g' | sort -u |
		sed 's/.* WITH .*/(&)/' | awk '{ printf "%s%s", s, $0; s = " AND " }')
	cat <<END
{
  "spdxVersion": "SPDX-2.3",
  "dataLicense": "CC0-1.0",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": "lwpxeboot-$version",
  "documentNamespace": "https://spdx.org/spdxdocs/lwpxeboot-$version-$2",
  "creationInfo": {
    "created": "$(date -u -d "@$(release_time)" +%Y-%m-%dT%H:%M:%SZ)",
    "creators": ["Tool: lwpxeboot-build.sh-$version"]
  },
  "packages": [
END
	sbom_package lwpxeboot lwpxeboot "$version" "$license" generic/lwpxeboot "
      \"primaryPackagePurpose\": \"$purpose\",
      \"checksums\": [
        {\"algorithm\": \"SHA256\", \"checksumValue\": \"$2\"}
      ]," ''
	while IFS=$tab read -r its_name its_version its_license purl cpe _; do
		echo '    ,'
		sbom_package "$its_name" "$its_name" "$its_version" "$its_license" \
			"$purl" '
      "primaryPackagePurpose": "LIBRARY",' "$(sbom_cpe "$cpe" "$its_version")"
	done < "$out/components"
	printf '  ],\n  "relationships": [\n'
	sbom_relationship DOCUMENT DESCRIBES lwpxeboot
	while IFS=$tab read -r its_name _; do
		echo ,
		sbom_relationship lwpxeboot $relation "$its_name"
	done < "$out/components"
	printf '\n  ]\n}\n'
}

# Builds, and writes whose code is in the result beside it.
sbom_of_build()
{
	build
	sbom binary "$(sha256sum "$out/lwpxeboot" | cut -d ' ' -f 1)" \
		> "$out/lwpxeboot.spdx.json"
	say "$out/lwpxeboot.spdx.json: $(cut -f 1,2 "$out/components" |
		tr '\t\n' ' ,' | sed 's/,$//; s/,/, /g')"
}
