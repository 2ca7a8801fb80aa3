# SPDX-License-Identifier: BSD-3-Clause
"""Debian's packages of servers, unpacked instead of installed: they would start
daemons, and some conflict with each other."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from lab import TOP


def unpacked(name: str, *wanted: str) -> Path:
    """Returns the directory build/cache/NAME with the wanted packages in it,
    and with those that they need and this machine lacks."""
    cache = TOP / "build/cache" / name
    if not cache.exists():
        if not shutil.which("apt-get"):
            pytest.skip(f"there is no apt-get to fetch {', '.join(wanted)} with")
        cache.parent.mkdir(parents=True, exist_ok=True)
        unpack(cache, wanted)
    return cache


def unpack(cache: Path, wanted: tuple[str, ...]) -> None:
    """Fills the cache; it gets its name last, so that one that is there is
    whole."""
    with tempfile.TemporaryDirectory(dir=cache.parent) as directory:
        names = packages(wanted)
        if not names:
            apt_get("update")
            names = packages(wanted)
        apt_get("download", *names, cwd=directory)
        for name in os.listdir(directory):
            subprocess.run(["dpkg-deb", "--extract", name, "root"], cwd=directory,
                           check=True)
        os.chmod(f"{directory}/root", 0o755)
        if not cache.exists():  # others may do the same just now
            os.rename(f"{directory}/root", cache)


def packages(wanted: tuple[str, ...]) -> list[str]:
    """Names the packages to fetch; empty while apt has no lists.

    One at a time: they conflict.
    """
    names = set(wanted)
    for server in wanted:
        done = subprocess.run(["apt-get", "install", "--simulate", server,
                               "--no-install-recommends"],
                              capture_output=True, text=True)
        names |= set(re.findall(r"^Inst (\S+)", done.stdout, re.MULTILINE))
        if done.returncode:
            return []
    return sorted(names)


def apt_get(*argv: str, **keywords) -> None:
    subprocess.run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", *argv],
                   check=True, capture_output=True, **keywords)


def environment(root: Path) -> dict[str, str]:
    """Returns the environment in which the root's programs find their
    libraries."""
    libraries = ":".join(
        str(path) for pattern in ("usr/lib/*-*", "usr/lib/*-*/*", "lib/*-*")
        for path in root.glob(pattern) if path.is_dir())
    return dict(os.environ, LD_LIBRARY_PATH=libraries)
