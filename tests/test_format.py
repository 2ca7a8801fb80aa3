# SPDX-License-Identifier: BSD-3-Clause
"""The C files are laid out as .clang-format says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from test_house import TOP, files_of_the_project, name

# Others lay out the same lines otherwise.
VERSION = 14


def clang_format() -> str:
    for program in (f"clang-format-{VERSION}", "clang-format"):
        if shutil.which(program):
            said = subprocess.run([program, "--version"], capture_output=True,
                                  text=True, check=True).stdout
            if re.search(rf"version {VERSION}\.", said):
                return program
    pytest.skip(f"clang-format {VERSION} is not installed here")


def c_files() -> list[Path]:
    return [p for p in files_of_the_project() if p.suffix in (".c", ".h")]


def wrong(*files: Path) -> list[str]:
    """Where files differ from what clang-format makes of them."""
    done = subprocess.run([clang_format(), "--dry-run", "-Werror", "--style=file",
                           *files], cwd=TOP, capture_output=True, text=True)
    found = re.findall(r"^(.*?:\d+):\d+: error: ", done.stderr, re.M)
    assert bool(found) == bool(done.returncode), done.stderr
    return found


def test_files_are_laid_out_as_clang_format_does():
    files = c_files()
    assert len(files) > 400
    assert wrong(*files) == []


def test_another_layout_is_found(tmp_path):
    (tmp_path / ".clang-format").write_text((TOP / ".clang-format").read_text())
    planted = tmp_path / "planted.c"
    planted.write_text("int f(int n)\n{\n\treturn n;\n}\n")
    assert wrong(planted) == []
    planted.write_text("int f(int n)\n{\n\treturn  n;\n}\n")
    assert wrong(planted) == [f"{planted}:3"]


def test_only_tables_are_kept_out():
    kept = {name(p): n for p in c_files()
            if (n := p.read_text().count("clang-format off"))}
    assert kept == {"tests/priv/liar.c": 1}
