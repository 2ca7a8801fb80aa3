# SPDX-License-Identifier: BSD-3-Clause
"""The release's archive, once for all tests of packages."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
VERSION = re.search(r"^version=(.*)", (TOP / "build.sh").read_text(), re.M)[1]
NAME = f"lwpxeboot-{VERSION}"


def make_dist(top: Path, out: Path, **keywords) -> Path:
    """Has the sources in TOP packed, with what is downloaded already."""
    out.mkdir(parents=True, exist_ok=True)
    if not (out / "cache").exists():
        (out / "cache").symlink_to(TOP / "build/cache")
    done = subprocess.run([top / "build.sh", f"O={out}", "dist"], text=True,
                          capture_output=True, timeout=300, **keywords)
    assert done.returncode == 0, done.stderr
    return out / f"{NAME}.tar.xz"


@pytest.fixture(scope="session")
def archive(tmp_path_factory) -> Path:
    return make_dist(TOP, tmp_path_factory.mktemp("dist"))


@pytest.fixture
def release(archive, tmp_path) -> Path:
    """The unpacked release."""
    subprocess.run(["tar", "-xf", archive, "-C", tmp_path], check=True)
    return tmp_path / NAME


@pytest.fixture
def offline() -> list[str]:
    """What goes before a command that is to have no network."""
    if os.getuid():
        pytest.skip("only root may make network namespaces here")
    return ["unshare", "--net"]
