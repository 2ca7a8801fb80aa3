# SPDX-License-Identifier: BSD-3-Clause
"""The files are as .editorconfig tells editors to write them."""

import configparser
import re
from fnmatch import fnmatchcase
from pathlib import Path

from test_house import TOP, files_of_the_project, name

# A continued line is aligned by less than a tab of spaces.
INDENTED_BY_SPACES = {".c": r"(?m)^\t* {8}", ".h": r"(?m)^\t* {8}",
                      "Kconfig": r"(?m)^ +\S"}


def sections() -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string("[top]\n" + (TOP / ".editorconfig").read_text())
    found = {s: dict(parser[s]) for s in parser.sections() if s != "top"}
    assert "*" in found and parser["top"]["root"] == "true"
    return found


def matches(pattern: str, path: str) -> bool:
    alternatives = re.search(r"\{(.*?)\}", pattern)
    if alternatives:
        return any(matches(pattern.replace(alternatives[0], word, 1), path)
                   for word in alternatives[1].split(","))
    return fnmatchcase(path if "/" in pattern else path.rpartition("/")[2],
                       pattern.replace("**", "*"))


def rules(path: Path) -> dict[str, str]:
    found = {}
    for pattern, properties in sections().items():
        if matches(pattern, name(path)):
            found |= properties
    return found


def complaints(path: Path, rule: dict[str, str]) -> list[str]:
    data = path.read_bytes()
    wrong = []
    if rule["charset"] == "utf-8":
        data.decode()
    if rule["end_of_line"] == "lf" and b"\r" in data:
        wrong.append("has a carriage return")
    if rule["insert_final_newline"] == "true" and data and not data.endswith(b"\n"):
        wrong.append("ends without a newline")
    if rule["trim_trailing_whitespace"] == "true" and re.search(rb"(?m)[ \t]$", data):
        wrong.append("has blanks at an end of a line")
    spaces = INDENTED_BY_SPACES.get(path.suffix or path.name)
    if rule.get("indent_style") == "tab" and spaces and \
            (found := re.search(spaces, data.decode())):
        wrong.append(f"is indented by spaces: {found[0]!r}")
    return wrong


def test_every_file_is_as_editors_are_told():
    files = [p for p in files_of_the_project() if not p.is_symlink()]
    assert len(files) > 500
    assert [f"{name(p)} {what}" for p in files for what in complaints(p, rules(p))] == []


def test_what_editors_would_not_write_is_seen(tmp_path):
    rule = dict(sections()["*"], indent_style="tab")
    stray = tmp_path / "stray.c"
    for text, what in (("int a;\r\n", "carriage"), ("int a;", "newline"),
                       ("int a; \n", "blanks"), ("{\n        int a;\n", "spaces")):
        stray.write_bytes(text.encode())
        assert any(what in each for each in complaints(stray, rule)), text
