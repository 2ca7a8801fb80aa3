# SPDX-License-Identifier: BSD-3-Clause
"""Every reason that the program can give is in lwpxeboot-diagnostics(7), and
nothing that it cannot."""

import re
import shutil
import subprocess

from diagnostics import TOP, parts, sentences, sources, strings

PAGE = TOP / "doc/lwpxeboot-diagnostics.7"


def page() -> str:
    """The page's text, as one line; what differs is "…"."""
    lines = [re.sub(r"^\.(It|Dq|Xr|Fl|Cm|Pa|Nm) ?", "", line)
             for line in PAGE.read_text().splitlines()]
    return plain(" ".join(lines))


def plain(text: str) -> str:
    """Text without mdoc's escapes."""
    text = text.replace("\\&", "").replace("\\e", "\\").replace("...", "…")
    return " ".join(text.split())


def test_extraction_finds_what_is_there():
    found = [sentence for _, sentence in sentences()]
    assert len(found) > 150
    assert any(s.startswith("no DHCP server answered") for s in found)


def test_every_reason_is_in_the_manual():
    text = page()
    assert {(place, part) for place, sentence in sentences()
            for part in parts(sentence) if part not in text} == set()


def test_manual_has_no_reason_that_nobody_gives():
    source = "…".join(" ".join(string.split()) for _, text in sources()
                      for string in strings(text))
    entries = re.findall(r"^\.It (.*)$", PAGE.read_text(), flags=re.M)
    assert len(entries) > 130
    assert [entry for entry in entries
            for part in parts(plain(entry))
            if not any(words in source for words in halves(part))] == []


def halves(part: str) -> list[str]:
    """A sentence of the manual may be put together of several of the source."""
    words = part.split()
    return [part, " ".join(words[:3]), " ".join(words[-3:])]


def test_page_is_well_formed():
    assert shutil.which("mandoc"), "./build.sh test installs it"
    checked = subprocess.run(["mandoc", "-Tlint", "-Wwarning", PAGE], text=True,
                             capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout
