# SPDX-License-Identifier: BSD-3-Clause
"""Who builds the same sources gets the same bytes, wherever and whenever."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
SOURCES = ["build.sh", "Kconfig", "configs", "lwipopts", "packaging", "port",
           "src", "tests"]


def path_without_ccache() -> str:
    return ":".join(d for d in os.environ["PATH"].split(":") if "ccache" not in d)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Path:
    """The sources as somebody else has them: in another directory, with a name
    that a shell must not split, of another age, and in another order."""
    directory = tmp_path_factory.mktemp("elsewhere") / "some where, far away"
    directory.mkdir()
    for name in reversed(SOURCES):
        if (TOP / name).is_dir():
            shutil.copytree(TOP / name, directory / name, copy_function=shutil.copy,
                            ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(TOP / name, directory / name)
    for path in directory.rglob("*"):
        os.utime(path, (0, 1 << 30))
    (directory / "build").mkdir()
    (directory / "build/cache").symlink_to(TOP / "build/cache")
    return directory


@pytest.mark.parametrize("config, out", [
    ("default", "build"), ("tiny", "build/tiny")])
def test_same_sources_give_the_same_bytes(elsewhere, config, out):
    """Another time zone, language, home, umask, and one job at a time; so the
    order in which files are ready is another, too."""
    environment = {
        "PATH": path_without_ccache(), "TZ": "Pacific/Chatham",
        "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "HOME": str(elsewhere),
        "SOURCE_DATE_EPOCH": "1", "COLUMNS": "33", "TMPDIR": str(elsewhere),
        "USER": "nobody", "CCACHE_DISABLE": "1",
    }
    cpu = min(os.sched_getaffinity(0))
    subprocess.run(
        ["taskset", "--cpu-list", str(cpu), "./build.sh", "-c", config],
        cwd=elsewhere, env=environment, umask=0o077, check=True, timeout=600,
        stdout=subprocess.DEVNULL)
    built = elsewhere / "build" / config / "lwpxeboot"
    assert built.read_bytes() == (TOP / out / "lwpxeboot").read_bytes()
