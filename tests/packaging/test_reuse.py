# SPDX-License-Identifier: BSD-3-Clause
"""Whose each file is and under what license, as the tool of REUSE sees it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from distribution import TOP

CACHED = TOP / "build/cache/reuse/usr/lib/python3/dist-packages"


def lint(directory: Path) -> subprocess.CompletedProcess:
    if CACHED.is_dir():
        command = [sys.executable, "-B", "-m", "reuse"]
    elif shutil.which("reuse"):
        command = ["reuse"]
    else:
        pytest.skip("reuse is not installed")
    # A release is no part of the checkout that it is unpacked in.
    environment = dict(os.environ, PYTHONPATH=str(CACHED),
                       GIT_CEILING_DIRECTORIES=str(directory.parent))
    return subprocess.run([*command, "--root", directory, "lint"], cwd=directory,
                          capture_output=True, text=True, timeout=300,
                          env=environment)


def test_every_file_has_a_license_and_an_author():
    done = lint(TOP)
    assert done.returncode == 0, done.stdout + done.stderr


def test_so_has_every_file_of_a_release(release):
    done = lint(release)
    assert done.returncode == 0, done.stdout + done.stderr
    stanzas = (TOP / "REUSE.toml").read_text()
    for vendored in (release / "vendor").iterdir():
        assert f'"vendor/{vendored.name.rpartition("-")[0]}-*/**"' in stanzas


def test_a_license_that_is_missing_is_seen(release):
    (release / "src/stray.c").write_text("/* SPDX-License-" "Identifier: ISC */\n")
    done = lint(release)
    assert done.returncode == 1 and "src/stray.c" in done.stdout
