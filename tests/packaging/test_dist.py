# SPDX-License-Identifier: BSD-3-Clause
"""The release's archive, what it installs, and whose code it says is in it."""

import hashlib
import json
import os
import re
import subprocess
import tarfile
from pathlib import Path

from distribution import NAME, TOP, VERSION, make_dist

BINARY = TOP / "build/lwpxeboot"


def run(*command, **keywords) -> subprocess.CompletedProcess:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300,
                          **keywords)
    assert done.returncode == 0, done.stderr
    return done


def test_the_same_sources_are_the_same_archive(archive, tmp_path):
    """For another user, at another time and place."""
    again = make_dist(TOP, tmp_path, umask=0o077, cwd="/",
                      env=dict(os.environ, TZ="Asia/Tokyo", LC_ALL="tr_TR.UTF-8"))
    assert again.read_bytes() == archive.read_bytes()


def test_an_archive_of_the_archive_is_the_same(archive, release, tmp_path, offline):
    run(*offline, "./build.sh", "dist", cwd=release, umask=0o077)
    assert (release / f"build/{NAME}.tar.xz").read_bytes() == archive.read_bytes()


def test_an_archive_is_of_one_directory_and_nobody(archive):
    with tarfile.open(archive) as tar:
        for entry in tar:
            assert re.match(rf"{NAME}(/|$)", entry.name)
            assert (entry.uid, entry.gid, entry.uname, entry.gname) == (0, 0, "", "")
            assert entry.isfile() or entry.isdir() or entry.issym()
            assert not entry.mode & 0o7022, entry.name


def test_a_release_builds_offline_and_installs_all_of_it(release, tmp_path, offline):
    """The same bytes as here; and nothing of it is there when it has gone."""
    root = tmp_path / "root"
    environment = dict(os.environ, DESTDIR=str(root), PREFIX="/opt/it")
    run(*offline, "./build.sh", "install", cwd=release, env=environment)
    there = {str(p.relative_to(root / "opt/it")): p.stat().st_mode & 0o7777
             for p in root.rglob("*") if p.is_file()}
    assert there == {
        "bin/lwpxeboot": 0o755,
        **{f"share/man/man{p.suffix[1:]}/{p.name}": 0o644
           for p in (TOP / "doc").glob("*.[578]")},
        "share/bash-completion/completions/lwpxeboot": 0o644,
        "share/zsh/site-functions/_lwpxeboot": 0o644,
        "share/fish/vendor_completions.d/lwpxeboot.fish": 0o644}
    assert (root / "opt/it/bin/lwpxeboot").read_bytes() == BINARY.read_bytes()
    # Who installs what is built already needs no compiler.
    run("./build.sh", "install", cwd=release, env=dict(environment, CC="false"))
    mine = root / "opt/it/share/man/man8/mine.8"
    mine.write_text("")
    run("./build.sh", "uninstall", cwd=release, env=environment)
    assert [p for p in root.rglob("*") if not p.is_dir()] == [mine]


def sources_in_use() -> set[str]:
    """The directories of others' sources that the build compiles from."""
    commands = (TOP / "build/commands").read_text()
    found = re.findall(r" -c (?:\S*/)?cache/([^/]+)/", commands)
    assert found
    return set(found)


def test_a_release_has_the_sources_of_all_that_is_compiled(release):
    assert sources_in_use() <= {p.name for p in (release / "vendor").iterdir()}


def checked(document: dict) -> dict[str, dict]:
    """The packages of an SPDX document, whose form is as SPDX 2.3 says."""
    assert document["spdxVersion"] == "SPDX-2.3"
    assert document["dataLicense"] == "CC0-1.0"
    assert document["SPDXID"] == "SPDXRef-DOCUMENT"
    assert re.fullmatch(r"https://[^#\s]+", document["documentNamespace"])
    assert re.fullmatch(r"\d{4}(-\d\d){2}T\d\d:\d\d:\d\dZ",
                        document["creationInfo"]["created"])
    assert all(re.match(r"(Tool|Person|Organization): ", c)
               for c in document["creationInfo"]["creators"])
    packages = {p["SPDXID"]: p for p in document["packages"]}
    assert len(packages) == len(document["packages"]) >= 2
    for spdxid, package in packages.items():
        assert re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", spdxid)
        assert {"name", "versionInfo", "downloadLocation", "licenseConcluded",
                "licenseDeclared", "copyrightText"} <= set(package)
        assert re.fullmatch(r"\d+(\.\d+)+", package["versionInfo"])
        for reference in package["externalRefs"]:
            assert re.match({"purl": r"pkg:[a-z]+/\S+@[\d.]+$",
                             "cpe23Type": r"cpe:2\.3:a(:[^:\s]+){3}(:\*){7}$"}
                            [reference["referenceType"]], reference["referenceLocator"])
    related = [(r["spdxElementId"], r["relationshipType"], r["relatedSpdxElement"])
               for r in document["relationships"]]
    ends = {end for one, _, other in related for end in (one, other)}
    assert ends == {"SPDXRef-DOCUMENT", *packages}
    assert ("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-lwpxeboot") in related
    return {p["name"]: p for p in document["packages"]}


def test_the_archive_says_whose_code_it_has(release):
    document = json.loads((release / "lwpxeboot.spdx.json").read_text())
    packages = checked(document)
    assert {f"{p['name']}-{p['versionInfo']}" for p in packages.values()} - \
        {NAME} == {p.name for p in (release / "vendor").iterdir()}
    assert {r["relationshipType"] for r in document["relationships"]} == \
        {"DESCRIBES", "CONTAINS"}


def test_the_build_says_whose_code_it_has(tmp_path):
    (tmp_path / "cache").symlink_to(TOP / "build/cache")
    run("./build.sh", f"O={tmp_path}", "sbom", cwd=TOP)
    document = json.loads((tmp_path / "lwpxeboot.spdx.json").read_text())
    packages = checked(document)
    assert packages["lwpxeboot"]["versionInfo"] == VERSION
    assert packages["lwpxeboot"]["checksums"] == [
        {"algorithm": "SHA256",
         "checksumValue": hashlib.sha256(BINARY.read_bytes()).hexdigest()}]
    licenses = set(re.split(r" AND ", packages["lwpxeboot"]["licenseConcluded"]))
    assert {one for p in packages.values() if p["name"] != "lwpxeboot"
            for one in p["licenseConcluded"].split(" AND ")} <= licenses
    named = {f"{p['name']}-{p['versionInfo']}" for p in packages.values()}
    assert sources_in_use() <= named
    assert "musl" in packages
    # What the linker took out of libraries, by its own map.
    libraries = re.findall(r"/lib(\w+)\.a\(", (tmp_path / "lwpxeboot.map").read_text())
    known = {"c": "musl", "gcc": "libgcc"}
    assert {known[library] for library in libraries} == \
        set(packages) & set(known.values())


def test_recipes_are_of_this_version():
    changelog = (TOP / "packaging/debian/changelog").read_text()
    assert changelog.startswith(f"lwpxeboot ({VERSION}-")
    recipe = (TOP / "packaging/alpine/APKBUILD").read_text()
    assert f"\npkgver={VERSION}\n" in recipe


def test_alpines_recipe_packs_all_of_it(release, tmp_path):
    """In busybox' shell, as abuild runs it; which of its parts get what is by
    the directories that abuild knows."""
    script = """
        set -e
        . ./packaging/alpine/APKBUILD
        build; check; package
        for name in $subpackages; do echo "$name"; done"""
    done = run("busybox", "sh", "-c", script, cwd=release,
               env=dict(os.environ, pkgdir=str(tmp_path / "root")))
    parts = {"doc": "usr/share/man/", "bash-completion": "usr/share/bash-completion/",
             "zsh-completion": "usr/share/zsh/",
             "fish-completion": "usr/share/fish/vendor_completions.d/"}
    assert {line.removeprefix("lwpxeboot-") for line in done.stdout.splitlines()[1:]} \
        == set(parts)
    files = [str(p.relative_to(tmp_path / "root"))
             for p in (tmp_path / "root").rglob("*") if p.is_file()]
    for directory in parts.values():
        assert [f for f in files if f.startswith(directory)]
    assert [f for f in files if not f.startswith(tuple(parts.values()))] == \
        ["usr/bin/lwpxeboot"]


def test_alpines_recipe_is_clean():
    run("shellcheck", "-s", "dash", "-e", "SC2034,SC2154",
        TOP / "packaging/alpine/APKBUILD")
