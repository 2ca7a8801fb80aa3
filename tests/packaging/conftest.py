# SPDX-License-Identifier: BSD-3-Clause
"""The release's archive, once for all tests of packages."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from distribution import NAME, TOP, make_dist


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
