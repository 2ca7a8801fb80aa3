# SPDX-License-Identifier: BSD-3-Clause
"""Debian releases, unpacked beside the system instead of installed.

Xen, a kernel and a user space that fits them have no business on the machine
that runs the test, so they are downloaded and unpacked into build/cache/xen.
A second run needs no network.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / "build/cache/xen"

# Which release of Debian has which Xen.
SUITES = {"4.17": "bookworm", "4.20": "trixie"}

# The release whose kernel all have: it is the largest package by far.
KERNEL = "bookworm"

# What Dom0 runs; the metapackage names the release's Xen.
ROOTS = ["bash", "bsdutils", "busybox-static", "dnsmasq-base", "iproute2", "mount", "util-linux",
         "xen-system-amd64"]
# Of all that these depend on, what has a program or library for Dom0.
WANTED = re.compile(r"""bash | bsdutils | busybox-static | dnsmasq-base | iproute2 | mount
                        | util-linux | xen-hypervisor-[\d.]+-amd64 | xen-utils-.* | xenstore-utils
                        | linux-image-\d.* | lib.* | python3\.\d+-minimal | zlib1g""",
                    re.VERBOSE)
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class NoPackages(Exception):
    """The packages are not to be had here."""


def unpack(xen: str) -> Path:
    """Return the folder that holds the unpacked release with this XEN."""
    suite = SUITES[xen]
    debs = sorted(packages(suite).glob("*.deb"))
    if suite != KERNEL:
        debs += packages(KERNEL).glob("linux-image-*.deb")
    return make_folder(CACHE / suite / "root", lambda root: extract(debs, root))


def packages(suite: str) -> Path:
    """Return the folder that holds the packages of a release."""
    (CACHE / suite).mkdir(parents=True, exist_ok=True)
    return make_folder(CACHE / suite / "debs", lambda folder: download(suite, folder))


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


def download(suite: str, folder: Path) -> None:
    """Download the wanted packages; apt checks their signatures and hashes.

    It does so by a configuration of its own, as on a machine that has only
    this suite and has nothing installed.
    """
    apt = Path(tempfile.mkdtemp(prefix="apt.", dir=folder.parent))
    for name in "parts", "state/lists/partial", "archives/partial":
        (apt / name).mkdir(parents=True)
    (apt / "state/status").touch()
    (apt / "parts/debian.sources").write_text(
        f"Types: deb\nURIs: {mirror()}\nSuites: {suite}\nComponents: main\n"
        "Architectures: amd64\n" + (f"Signed-By: {KEYRING}\n" if KEYRING.exists() else ""))
    options = [word for option in (
        "Dir::Etc::sourcelist=/dev/null", f"Dir::Etc::sourceparts={apt}/parts",
        f"Dir::State={apt}/state", f"Dir::State::status={apt}/state/status",
        f"Dir::Cache={apt}", "APT::Architecture=amd64", "APT::Sandbox::User=root",
    ) for word in ("-o", option)]
    roots = ROOTS + (["linux-image-amd64"] if suite == KERNEL else [])
    try:
        run("apt-get", "-q", *options, "update")
        depends = run("apt-cache", *options, "depends", "--recurse", "--no-recommends",
                      "--no-suggests", "--no-conflicts", "--no-breaks", "--no-replaces",
                      "--no-enhances", *roots)
        names = sorted(filter(WANTED.fullmatch, depends.splitlines()))
        run("apt-get", "-q", *options, "download", *names, cwd=folder)
    except RuntimeError as error:
        raise NoPackages(f"Debian {suite} cannot be downloaded: {error}") from error
    finally:
        shutil.rmtree(apt)


def mirror() -> str:
    """Return the URI that this machine's own Debian packages come from."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages",
         "Component: main", "Origin: Debian", "Label: Debian"],
        stdout=subprocess.PIPE, text=True, check=False).stdout
    return (targets.splitlines() or ["http://deb.debian.org/debian"])[0]


def extract(debs: list[Path], root: Path) -> None:
    """Unpack these packages into ROOT and index the kernel's modules."""
    # Releases differ in whether a file is below /lib or /usr/lib.
    for name in "bin", "lib", "lib64", "sbin":
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    for deb in debs:
        # dpkg-deb by itself would put folders in place of the links.
        run("sh", "-c", 'dpkg-deb --fsys-tarfile "$0" | tar -x --keep-directory-symlink -C "$1"',
            str(deb), str(root))
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


def run(*command: str, cwd: Path | None = None) -> str:
    """Run a host command; what it said is its result, or part of the error."""
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}")
    return done.stdout
