# SPDX-License-Identifier: BSD-3-Clause
"""The README shows what happens."""

import re
import textwrap

import pytest

from lab import skip_without_root
from sessions import BLOCK, CFG, README, SESSIONS, indented, record


def without_figures(text: str) -> str:
    """Sizes are those of the distribution's installer, rates the machine's."""
    return re.sub(r"\d+(\.\d+)? ([kMG]?B(/s)?|bytes|seconds)\b", r"N \2", text)


def test_every_session_is_in_the_readme():
    assert {m[2] for m in BLOCK.finditer(README.read_text())} == SESSIONS.keys()


@pytest.mark.parametrize("name", SESSIONS)
def test_session(name):
    skip_without_root()
    shown = next(m[3] for m in BLOCK.finditer(README.read_text()) if m[2] == name)
    assert without_figures(indented(record(name))) == without_figures(shown)


def test_sessions_are_of_the_readme_s_guest():
    assert textwrap.indent(CFG, "    ") in README.read_text()
