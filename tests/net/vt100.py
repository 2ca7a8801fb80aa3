# SPDX-License-Identifier: BSD-3-Clause
"""A terminal that knows what lwpxeboot may send to one, and nothing else.

Printable ASCII, CR, LF, and of the VT100's sequences the ones in SEQUENCES;
anything else is an error.  So is a line that wraps, from the moment the screen
is cleared until it scrolls again.
"""

from __future__ import annotations

import re

# All that may reach a terminal: text in lines, a line that is begun again and
# perhaps cleared, and what boot/menu and format/screen send, each sequence in
# the one form that it has there.
TRANSCRIPT = re.compile(
    rb"(?:[\x20-\x7e]|\r\n|\r(?:\x1b\[K)?"
    rb"|\x1b\[0m\x1b\[2J(?:\x1b\[H)?|\x1b\[0(?:;1)?(?:;2)?(?:;7)?m"
    rb"|\x1b\[[1-9]\d{0,2};[1-9]\d{0,2}H)*")


def foreign(transcript: bytes) -> bytes:
    """Returns what a terminal was sent from the first byte on that is not
    ours; empty if there is none."""
    return transcript[TRANSCRIPT.match(transcript).end():]


SEQUENCE = re.compile(rb"\x1b\[([\d;]*)([A-Za-z])")
BOLD, FAINT, REVERSE = 1, 2, 7


class Vt100:
    def __init__(self, rows: int = 24, columns: int = 80) -> None:
        self.rows, self.columns = rows, columns
        self.drawn = False       # since the last clearing nothing has scrolled
        self.attributes: frozenset[int] = frozenset()
        self.rest = b""
        self.clear()

    def clear(self) -> None:
        self.cells = [[(" ", frozenset())] * self.columns
                      for _ in range(self.rows)]
        self.row = self.column = 0

    def feed(self, data: bytes) -> None:
        data = self.rest + data
        at = 0
        while at < len(data):
            if data[at] != 0x1b:
                self.put(data[at])
                at += 1
                continue
            found = SEQUENCE.match(data, at)
            if not found:
                assert re.fullmatch(rb"\x1b(\[[\d;]*)?", data[at:]), data[at:]
                break
            self.obey(found[2].decode(), found[1].decode())
            at = found.end()
        self.rest = data[at:]

    def put(self, byte: int) -> None:
        if byte == 0x0d:
            self.column = 0
        elif byte == 0x0a:
            self.line_feed()
        else:
            assert 0x20 <= byte <= 0x7e, f"byte {byte:#x} on a terminal"
            if self.column == self.columns:
                assert not self.drawn, f"row {self.row + 1} wraps"
                self.column = 0
                self.line_feed()
            self.cells[self.row][self.column] = (chr(byte), self.attributes)
            self.column += 1

    def line_feed(self) -> None:
        if self.row < self.rows - 1:
            self.row += 1
            return
        self.drawn = False
        self.cells = self.cells[1:] + [[(" ", frozenset())] * self.columns]

    def obey(self, letter: str, numbers: str) -> None:
        if letter == "m":
            codes = [int(n) for n in numbers.split(";")]
            assert codes[0] == 0 and set(codes[1:]) <= {BOLD, FAINT, REVERSE}
            self.attributes = frozenset(codes[1:])
        elif letter == "H":
            row, column = map(int, (numbers or "1;1").split(";"))
            assert 1 <= row <= self.rows and 1 <= column <= self.columns
            self.row, self.column = row - 1, column - 1
        elif letter == "J":
            assert numbers == "2" and not self.attributes
            row, column = self.row, self.column
            self.clear()
            self.row, self.column = row, column
            self.drawn = True
        elif letter == "K":
            assert numbers == ""
            for column in range(self.column, self.columns):
                self.cells[self.row][column] = (" ", frozenset())
        else:
            raise AssertionError(f"ESC [ {numbers} {letter}")

    @property
    def lines(self) -> list[str]:
        return ["".join(c for c, _ in row).rstrip() for row in self.cells]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def having(self, attribute: int) -> list[str]:
        """The pieces of text, row by row, that have the attribute."""
        pieces = []
        for row in self.cells:
            line = "".join(c if attribute in a else "\0" for c, a in row)
            pieces += [p.strip() for p in line.split("\0") if p.strip()]
        return pieces
