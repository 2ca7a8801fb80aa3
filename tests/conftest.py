# SPDX-License-Identifier: BSD-3-Clause
"""Makes each C unit test an item of its own beside the Python tests."""

import os
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: compiles; no part of .githooks")


def pytest_collect_file(parent, file_path):
    if file_path.suffix == ".c" and file_path.name.startswith("test_"):
        return UnitFile.from_parent(parent, path=file_path)
    return None


def run_program(program):
    """Runs it, or reads what it said when build.sh's run_programs() ran it."""
    if "PROGRAMS_RAN" in os.environ:
        status, out, err = (program.with_suffix(suffix).read_text()
                            for suffix in (".status", ".xml", ".err"))
        return subprocess.CompletedProcess([program], int(status), out, err)
    environment = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="XML")
    return subprocess.run([program], env=environment, capture_output=True,
                          text=True, timeout=600)


class UnitFile(pytest.File):
    """A cmocka program, built by build.sh: build/tests/unit/test_NAME."""

    def collect(self):
        run = run_program(TOP / "build" /
                          self.path.relative_to(TOP).with_suffix(""))
        # An abort inside a test leaves no XML, or half of one.
        try:
            cases = list(ElementTree.fromstring(run.stdout).iter("testcase"))
        except ElementTree.ParseError:
            cases = []
        for case in cases:
            yield UnitItem.from_parent(self, name=case.get("name"), case=case)
        if run.returncode not in (0, *range(1, len(cases) + 1)) or not cases:
            yield UnitItem.from_parent(self, name=self.path.stem,
                                       output=run.stdout + run.stderr)


class UnitItem(pytest.Item):
    def __init__(self, *, case=None, output=None, **keywords):
        super().__init__(**keywords)
        self.case = case
        self.output = output

    def runtest(self):
        if self.output is not None:
            raise UnitFailure(self.output)
        failure = self.case.find("failure")
        if failure is not None:
            raise UnitFailure(failure.text)

    def repr_failure(self, excinfo):
        if isinstance(excinfo.value, UnitFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, None, f"{self.path.stem}: {self.name}"


class UnitFailure(Exception):
    """What the C program said."""
