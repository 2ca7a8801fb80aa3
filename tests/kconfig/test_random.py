# SPDX-License-Identifier: BSD-3-Clause
"""Nothing, everything, and what a random generator makes of Kconfig: each is
built, and passes the unit tests."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from test_kconfig import TOP, features

KCONFIGS = TOP / "build/tests/kconfig"
NAMES = sorted(p.name for p in KCONFIGS.glob("random-*")) + ["all-no", "all-yes"]


def chosen(name: str) -> set[str]:
    config = (KCONFIGS / name / "config").read_text()
    return {f for f in features() if f"LWPXE_{f}=y\n" in config}


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_and_names_its_features(name):
    version = subprocess.run([KCONFIGS / name / "lwpxeboot", "--version"], check=True,
                             capture_output=True, text=True, timeout=60).stdout
    listed = re.search(r"\((.*)\)", version)[1].split()
    assert sorted(listed) == sorted(f.lower().replace("_", "-") for f in chosen(name))


UNIT = TOP / "tests/unit"


@cache
def needs(program: str) -> dict[str, set[str]]:
    """For each test of a program, the features of which it needs one, as the
    line above it says: "needs LWPXE_A or LWPXE_B".  Below the first line of the
    file, it is for all of them, which are called "" here."""
    text = (UNIT / f"{program}.c").read_text()
    found = re.findall(r"(\A.*\n)?/\* needs (LWPXE_\w+(?: or LWPXE_\w+)*) \*/\n"
                       r"(?:static void (\w+)\(void \*\*)?", text)
    return {"" if top else case: set(re.findall(r"LWPXE_(\w+)", wanted))
            for top, wanted, case in found}


@cache
def failures(directory: Path) -> list[tuple[str, str]]:
    """The tests that fail in a directory, by program, and programs that end
    without a word; many configurations' are the same, and run once."""
    programs = sorted(p for p in directory.iterdir() if not p.suffix)
    assert len(programs) == len(list(UNIT.glob("test_*.c")))
    found = []
    for program in programs:
        run = subprocess.run([program], capture_output=True, text=True, timeout=300)
        cases = sorted(set(re.findall(r"^\[  FAILED  \] ([a-z].*)$", run.stderr, re.M)))
        if run.returncode:
            found += [(program.name, case) for case in cases or [run.stderr]]
    return found


def failures_of(name: str) -> list[tuple[str, str]]:
    return failures((KCONFIGS / name / "unit").resolve())


@pytest.mark.parametrize("name", NAMES)
def test_it_passes_the_unit_tests(name):
    """But for those that need what it lacks."""
    wrong = [f"{program}: {case}" for program, case in failures_of(name)
             if not (wanted := needs(program).get(case) or needs(program).get(""))
             or wanted & chosen(name)]
    assert wrong == [], f"without {set(features()) - chosen(name)}; if one needs " \
        "one of these, the line above it says so: /* needs LWPXE_... */"


def test_what_is_said_to_be_needed_is():
    """Nothing is excused that passes without."""
    said = {(p.stem, case) for p in UNIT.glob("test_*.c") for case in needs(p.stem)}
    failed = {failure for name in NAMES for failure in failures_of(name)}
    assert len(said) > 10
    assert said - failed - {(program, "") for program, _ in failed} == set()


def test_each_feature_is_there_and_is_not():
    assert len(NAMES) >= 20
    for feature in features():
        assert {feature in chosen(n) for n in NAMES} == {True, False}, feature
