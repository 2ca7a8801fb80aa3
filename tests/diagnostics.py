# SPDX-License-Identifier: BSD-3-Clause
"""What lwpxeboot says when it fails: the sentences of the source, and those of
the manual's DIAGNOSTICS."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator

TOP = Path(__file__).resolve().parent.parent
STRING = r'"(?:[^"\\]|\\.)*"'
# Where a reason is made: functions that fail, and text that is put into one.
CALL = re.compile(r"\b(?:\w*fail|log_error|text_(?:printf|puts)(?=\("
                  r"&?(?:why|h?->why|reason)\b|\([\w>.&-]*why\b))\(")
CONVERSION = re.compile(r"%[-0-9.*]*(?:j|z|l|ll)?[a-zA-Z]")
WORDS = 3  # that stand together make a part of a sentence that can be looked for


def arguments(text: str, start: int) -> str:
    """Returns what is between the parentheses that open before `start`."""
    depth, at = 1, start
    for token in re.finditer(rf"{STRING}|'(?:\\.|[^'])'|[()]", text[start:]):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        at = start + token.start()
        if not depth:
            break
    return text[start:at]


def sources() -> Iterator[tuple[Path, str]]:
    """Yields each source and its text without comments."""
    for path in sorted([*TOP.glob("src/**/*.c"), *TOP.glob("port/*.c")]):
        yield path, re.sub(rf"({STRING})|/\*.*?\*/", r"\1", path.read_text(),
                           flags=re.S)


def strings(text: str) -> Iterator[str]:
    """Yields the strings in a piece of C; what is put into them is "…"."""
    for group in re.finditer(rf"{STRING}(?:\s*{STRING})*", text):
        words = "".join(s[1:-1] for s in re.findall(STRING, group[0]))
        yield CONVERSION.sub("…", re.sub(r"\\(.)", r"\1", words)
                             .replace("%%", "%"))


def sentences() -> Iterator[tuple[str, str]]:
    """Yields the place and text of each reason."""
    for path, text in sources():
        for call in CALL.finditer(text):
            for string in strings(arguments(text, call.end())):
                yield path.name, string


def parts(sentence: str) -> list[str]:
    """The pieces of a sentence that can be looked for."""
    return [" ".join(piece.split()) for piece in sentence.split("…")
            if len(re.findall(r"\S*\w\S*", piece)) >= WORDS]
