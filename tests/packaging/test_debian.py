# SPDX-License-Identifier: BSD-3-Clause
"""Debian's package: built without a network, installed where nothing else is, and
gone without a trace.

The two roots are made by mmdebstrap, once, and kept in build/cache/debian.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from distribution import NAME, TOP, VERSION

CACHE = TOP / "build/cache/debian"
# What builds packages, and what looks at them.
BUILDING = "build-essential,debhelper,lintian,linux-libc-dev,musl-tools"


@pytest.fixture(scope="session")
def codename() -> str:
    if os.getuid() or not all(map(shutil.which, ("mmdebstrap", "apt-get"))):
        pytest.skip("a Debian root is made by root, with mmdebstrap and apt-get")
    system = platform.freedesktop_os_release()
    if system["ID"] != "debian":
        pytest.skip(f"the packages of {system['ID']} are not Debian's")
    return system["VERSION_CODENAME"]


def root_archive(name: str, include: str, codename: str) -> Path:
    """Returns the archive of a minimal system; it gets its name last, so that
    one that is there is whole."""
    archive = CACHE / f"{codename}-{name}.tar"
    if not archive.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as directory:
            unfinished = Path(directory) / "root.tar"
            done = subprocess.run(
                ["mmdebstrap", "--variant=minbase", "--quiet",
                 "--dpkgopt=force-unsafe-io", f"--include={include}", codename,
                 unfinished, mirror()], capture_output=True, text=True, timeout=1200)
            assert done.returncode == 0, done.stderr
            unfinished.rename(archive)
    return archive


def mirror() -> str:
    """Where this machine's own packages come from."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)",
         "Created-By: Packages", "Component: main", "Origin: Debian",
         "Label: Debian"], check=True, capture_output=True, text=True)
    return listed.stdout.splitlines()[0]


def unpacked(archive: Path, directory: Path) -> Path:
    directory.mkdir()
    subprocess.run(["tar", "-xpf", archive, "-C", directory, "--exclude=./dev/*"],
                   check=True)
    # What a shell's script wants of /dev.
    (directory / "dev/fd").symlink_to("/proc/self/fd")
    for name, minor in (("null", 3), ("zero", 5), ("random", 8), ("urandom", 9)):
        os.mknod(directory / "dev" / name, 0o20666, os.makedev(1, minor))
        os.chmod(directory / "dev" / name, 0o666)
    return directory


def inside(root: Path, script: str) -> str:
    """Runs a script in a root: as root there, but without a network, and with
    /proc as long as it takes."""
    done = subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--fork", "sh", "-ec",
         'mount -t proc proc "$0/proc"; exec chroot "$0" sh -exc "$1"', root, script],
        capture_output=True, text=True, timeout=600,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
             "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"})
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="session")
def package(archive, codename, tmp_path_factory) -> Path:
    """The .deb, built of the release in a root with what it says it needs."""
    directory = tmp_path_factory.mktemp("debian")
    root = unpacked(root_archive("build", BUILDING, codename), directory / "root")
    work = root / "work"
    work.mkdir()
    shutil.copy(archive, work / f"lwpxeboot_{VERSION}.orig.tar.xz")
    inside(root, f"""
        cd /work && tar -xf lwpxeboot_{VERSION}.orig.tar.xz && cd {NAME}
        cp -R packaging/debian debian
        dpkg-buildpackage -us -uc
        cd .. && lintian --allow-root --fail-on error,warning,info \\
            --tag-display-limit 0 --suppress-tags no-homepage-field *.changes""")
    debs = [p for p in work.glob("lwpxeboot_*.deb")]
    assert len(debs) == 1
    kept = shutil.copy(debs[0], directory)
    shutil.rmtree(root)
    return Path(kept)


def listing(root: Path) -> set[str]:
    """All there is, but for what dpkg writes about itself."""
    return {name for p in root.rglob("*")
            if not (name := str(p.relative_to(root))).startswith(
                ("var/lib/dpkg/", "var/log/", "var/cache/", "proc/", "tmp/"))}


def test_it_is_built_installed_and_removed(package, codename, tmp_path):
    root = unpacked(root_archive("base", "dpkg", codename), tmp_path / "root")
    before = listing(root)
    shutil.copy(package, root / "tmp/it.deb")
    said = inside(root, """
        dpkg --install /tmp/it.deb
        lwpxeboot --version
        for page in lwpxeboot.8 lwpxeboot-json.5 lwpxeboot-pxelinux.7; do
            gzip -dc "/usr/share/man/man${page##*.}/$page.gz" | grep '^\\.Dt'
        done
        bash -c '. /usr/share/bash-completion/completions/lwpxeboot
            COMP_WORDS=(lwpxeboot --menu = a) COMP_CWORD=3
            _lwpxeboot && echo "completes: ${COMPREPLY[*]}"'
        test -s /usr/share/zsh/vendor-completions/_lwpxeboot
        test -s /usr/share/fish/vendor_completions.d/lwpxeboot.fish
        cat /usr/share/doc/lwpxeboot/copyright""")
    assert f"lwpxeboot {VERSION} (" in said and "completes: auto\n" in said
    assert ".Dt LWPXEBOOT 8\n" in said and "vendor/lwip-" in said
    assert (root / "usr/bin/lwpxeboot").read_bytes() == \
        (TOP / "build/lwpxeboot").read_bytes()
    assert listing(root) > before
    assert "lwpxeboot" not in inside(root, """
        dpkg --purge lwpxeboot >/dev/null
        dpkg --get-selections""")
    assert listing(root) == before


def test_it_says_what_it_is_built_with(package):
    fields = subprocess.run(["dpkg-deb", "--field", package], check=True,
                            capture_output=True, text=True).stdout
    assert "\nStatic-Built-Using: musl (= 1." in fields
    assert "\nDepends:" not in fields
