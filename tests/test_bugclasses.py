# SPDX-License-Identifier: BSD-3-Clause
"""tests/bugclasses.md: each row has tests, and each test that it names exists."""

import fnmatch
import re
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
TEXT = (TOP / "tests/bugclasses.md").read_text()
ROWS = {int(number): section for number, section in re.findall(
    r"^## (\d+)[.](.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)}
NAMED = re.compile(r"\btests/[\w/]+[.](?:py|c)(?:::[\w*]+)?")


def names_in(file: str) -> list[str]:
    """Returns the names of the tests in a file of Python or of C."""
    pattern = (r"^def (test_\w+)\(" if file.endswith(".py") else
               r"^static void (\w+)\(void \*\*state\)")
    return re.findall(pattern, (TOP / file).read_text(), re.MULTILINE)


def named_in(row: int) -> set[tuple[str, str]]:
    """Returns the tests that the row names; for a fuzz target its file."""
    found = set()
    for item in NAMED.findall(ROWS[row]):
        file, _, name = item.partition("::")
        assert (TOP / file).exists(), item
        matches = fnmatch.filter(names_in(file), name) if name else [""]
        assert matches, f"there is no {item}"
        assert name or re.fullmatch(r"tests/fuzz/fuzz_\w+[.]c", file), item
        found |= {(file, match) for match in matches}
    return found


@pytest.mark.parametrize("row", range(1, 20))
def test_every_row_has_a_test(row):
    assert named_in(row)


def test_no_row_is_unknown():
    assert list(ROWS) == list(range(1, 20))


def test_tests_of_rows_are_in_their_rows():
    """A test that has the name of a row counts as that row's."""
    for path in sorted((TOP / "tests").rglob("test_*.py")):
        file = str(path.relative_to(TOP))
        for name in names_in(file):
            row = re.match(r"test_row(\d\d)_", name)
            assert not row or (file, name) in named_in(int(row[1])), f"{file}::{name}"


def test_every_promise_of_the_threat_model_names_its_tests():
    """Each row of its table; those that are heads of others have no tests."""
    table = re.findall(r"^\| ([^*|].*?) \| (.*) \|$", (
        TOP / "doc/threat-model.md").read_text(), re.MULTILINE)
    promises = [(what, tests) for what, tests in table if "`tests/" in tests]
    assert len(promises) > 20
    assert [what for what, tests in table[2:] if not tests.strip()] == []
    for what, tests in promises:
        files = re.findall(r"`(tests/[\w/]+[.](?:py|c))`", tests)
        assert files and all((TOP / file).exists() for file in files), what
