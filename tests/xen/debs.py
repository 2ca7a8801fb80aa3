# SPDX-License-Identifier: BSD-3-Clause
"""Debian packages, unpacked beside the system instead of installed.

Xen and a kernel have no business on the machine that runs the test, so they
are downloaded and unpacked into build/cache/xen.  A second run needs no
network.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

# Two metapackages name the release's Xen and kernel; of all they depend on,
# these are the packages that a host with apt does not have anyway.
METAPACKAGES = ["xen-system-amd64", "linux-image-amd64"]
WANTED = re.compile(r"""xen-hypervisor-[\d.]+-amd64 | xen-utils-.* | xenstore-utils
                        | lib(xen|yajl).* | linux-image-\d.*""", re.VERBOSE)


def unpack(cache: Path) -> Path:
    """Return the folder below CACHE that holds the unpacked packages."""
    debs = make_folder(cache / "debs", download)
    return make_folder(cache / "root", lambda root: extract(debs, root))


def make_folder(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Fill FOLDER unless it exists.

    It gets its name last, so one that exists is complete whatever interrupted
    an earlier run.
    """
    for leftover in folder.parent.glob(f"{folder.name}.*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if not folder.exists():
        unfinished = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
        fill(unfinished)
        unfinished.rename(folder)
    return folder


def download(folder: Path) -> None:
    """Download the wanted packages; apt checks their signatures and hashes."""
    names = wanted()
    if not names:
        run("apt-get", "update")
        names = wanted()
    if not names:
        raise RuntimeError(f"apt knows none of {' '.join(METAPACKAGES)}")
    # apt warns that its unprivileged user cannot write here, and goes on.
    run("apt-get", "-q", "download", *names, cwd=folder)


def wanted() -> list[str]:
    """Name the packages of this release; none where apt has no lists yet."""
    depends = subprocess.run(
        ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests",
         "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances", *METAPACKAGES],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return sorted(filter(WANTED.fullmatch, depends.stdout.splitlines()))


def extract(debs: Path, root: Path) -> None:
    """Unpack every package into ROOT and index the kernel's modules."""
    # Releases differ in whether a file is below /lib or /usr/lib.
    for name in "bin", "lib", "sbin":
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    for deb in sorted(debs.glob("*.deb")):
        run("dpkg-deb", "--extract", str(deb), str(root))
    run("depmod", "-b", str(root), kernel_release(root))


def kernel_release(root: Path) -> str:
    """Return what uname -r says on the unpacked kernel."""
    return one(root, "boot/vmlinuz-*").name.removeprefix("vmlinuz-")


def one(root: Path, pattern: str) -> Path:
    """Return the one path below ROOT that matches PATTERN."""
    found = sorted(root.glob(pattern))
    if len(found) != 1:
        raise RuntimeError(f"{len(found)} files match {root}/{pattern}, expected one; "
                           "remove build/cache/xen to have it made anew")
    return found[0]


def run(*command: str, cwd: Path | None = None) -> None:
    """Run a host command; what it said is part of the error if it fails."""
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}")
