# SPDX-License-Identifier: BSD-3-Clause
"""doc/pxelinux.md and the tables in src/format know the same words."""

import re
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
DOC = (TOP / "doc/pxelinux.md").read_text()


def section(title: str) -> dict[str, str]:
    """The words of a section's table, each with what is said of it."""
    text = DOC.split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", text, flags=re.M)
    words = [(word, said) for cell, said in rows
             for word in re.findall(r"`([^`]+)`", cell)]
    assert len(words) == len(dict(words)), "a word stands twice"
    return dict(words)


def table(file: str, name: str) -> list[str]:
    """The words of a packed table in the source."""
    source = (TOP / "src/format" / file).read_text()
    body = re.search(rf'static const char {name}\[\] =\s(.*?");', source, flags=re.S)
    strings = re.findall(r'"((?:\\.|[^"\\])*)"', body[1])
    return "".join(strings).split("\\0")[:-1]


def known(words: dict[str, str], but: str) -> set[str]:
    return {word for word, said in words.items() if not said.startswith(but)}


FKEYS = {f"F{i}" for i in range(13)}


def test_directives_are_documented():
    words = section("Directives")
    assert {w.upper() for w in table("directive.c", "directives")} | FKEYS \
        == known(words, "ignored")


def test_menu_words_are_documented():
    words = section("MENU")
    parsed = table("menuword.c", "menuwords") + table("menuword.c", "lookwords")
    assert {w.upper() for w in parsed} == known(words, "ignored")
    looks = parsed[parsed.index("background"):]
    assert {w.upper() for w in looks} == \
        {word for word, said in words.items() if said.startswith("looks")}


def test_modules_are_documented():
    assert set(table("module.c", "names")) == set(section("Modules and other programs"))


def test_sysappend_bits_are_documented():
    words = section("SYSAPPEND")
    assert [int(word, 16) for word in words] == [1 << bit for bit in range(19)]
    header = (TOP / "src/format/cmdline.h").read_text()
    bits = re.findall(r"#define SYSAPPEND_\w+ (\d+)u", header)
    assert {int(bit) for bit in bits} == {int(w, 16) for w in known(words, "absent")}


def test_tables_of_modules_have_one_length():
    source = (TOP / "src/format/module.c").read_text()
    meanings = re.search(r" meanings\[\] = \{(.*?)\}", source, flags=re.S)[1]
    reasons = re.search(r"enum reason \{(.*?)\}", source, flags=re.S)[1]
    names = table("module.c", "names")
    assert len(names) == len(re.findall(r"\w+(?:\(\w+\))?(?=,)", meanings)) > 10
    assert len(table("module.c", "reasons")) == len(re.findall(r"\w+", reasons))
    bare = int(re.search(r"#define C32_ONLY (\d+)", source)[1])
    assert names[bare:] == ["linux", "config"]


def test_limits_are_those_of_the_configuration():
    text = (TOP / "configs/default_defconfig").read_text()
    limits = DOC.split("\n## Limits\n")[1]
    for symbol in ("LABELS", "MENUS", "FILES", "DEPTH"):
        number = re.search(rf"LWPXE_CONFIG_{symbol}=(\d+)", text)[1]
        assert re.search(rf"\b{number}\b", limits), symbol
    assert f"{262144 // 1024} KiB" in limits and "LWPXE_CONFIG_BYTES=262144" in text
