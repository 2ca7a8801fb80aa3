# SPDX-License-Identifier: BSD-3-Clause
"""The code that is shipped, musl's included, as valgrind watches it: what the
compiler made of it, not what the sources say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests/net"))

from bootserver import served, tree_with  # noqa: E402
from lab import MAC, lab as make_lab  # noqa: E402
from libxl import boot  # noqa: E402
from menutree import menu, number_booted  # noqa: E402
from person import DOWN, ENTER, person  # noqa: E402

VIF = f"--vif=mac={MAC},bridge=xenbr0"
PROGRAM = TOP / "build/memcheck/lwpxeboot.debug"
BY_HTTP = b"default a\nlabel a\nkernel http://10.9.0.1/kernel\n"


@pytest.fixture
def lab(tmp_path):
    with make_lab(tmp_path) as made:
        yield made


class Memcheck:
    """A boot loader under valgrind, and what that says in the end."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.keywords = {"binary": PROGRAM, "wrapper": (
            "valgrind", "--error-exitcode=99", "--track-origins=yes",
            f"--suppressions={TOP}/tests/analysis/valgrind.supp",
            f"--log-file={directory}/valgrind.%p")}

    def found_nothing(self) -> None:
        """In the parent, and in the child."""
        logs = [p.read_text() for p in self.directory.glob("valgrind.*")]
        assert len(logs) == 2
        for log in logs:
            assert re.search(r"ERROR SUMMARY: 0 errors from 0 contexts", log), log


@pytest.fixture
def memcheck(tmp_path):
    return Memcheck(tmp_path)


@pytest.mark.parametrize("link", ["tap", "packet"])
def test_boot_by_tftp(lab, memcheck, link):
    with served(lab):
        outcome = boot(lab, VIF, f"--link={link}", **memcheck.keywords)
    assert outcome.status == 0, outcome.lines
    memcheck.found_nothing()


def test_boot_by_http(lab, memcheck):
    kernel = bytes(range(256)) * 4096
    (lab.directory / "kernel").write_bytes(kernel)
    server = lab.spawn(lab.server, sys.executable, "-u", "-m", "http.server", "80",
                       "--directory", lab.directory, text=True,
                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert "Serving HTTP" in server.stdout.readline()
    with served(lab, files=tree_with(BY_HTTP)):
        outcome = boot(lab, VIF, **memcheck.keywords)
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == kernel
    memcheck.found_nothing()


def test_boot_by_a_menu(lab, memcheck):
    with served(lab, files=menu()), \
            person(lab, VIF, **memcheck.keywords) as somebody:
        somebody.see_bar_on("The first")
        somebody.type(DOWN)
        somebody.see_bar_on("The second")
        somebody.type(ENTER)
        assert number_booted(somebody.finish()) == "2"
    memcheck.found_nothing()
