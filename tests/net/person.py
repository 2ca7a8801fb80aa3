# SPDX-License-Identifier: BSD-3-Clause
"""Somebody at the console of a boot loader that libxl runs."""

from __future__ import annotations

import contextlib
import os
import re
import time
from typing import Iterator

from lab import Lab
from libxl import Bootloader
from vt100 import Vt100

UP, DOWN, RIGHT, LEFT = b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D"
PAGE_UP, PAGE_DOWN, DELETE = b"\x1b[5~", b"\x1b[6~", b"\x1b[3~"
HOME, END, F1, F2, F12 = b"\x1b[1~", b"\x1bOF", b"\x1bOP", b"\x1b[12~", b"\x1b[24~"
ENTER, ESC, TAB, BACKSPACE = b"\r", b"\x1b", b"\t", b"\x7f"


def ctrl(letter: str) -> bytes:
    return bytes([ord(letter) & 0x1f])


class Person(Bootloader):
    """Sees the console on a terminal of its own, and types."""

    def __init__(self, lab: Lab, *args: str, size: tuple[int, int] = (0, 0),
                 **keywords) -> None:
        self.screen = Vt100(size[0] or 24, size[1] or 80)
        super().__init__(lab, *args, size=size,
                         **{"menu": None, **keywords})

    def read_console(self, seconds: float) -> bool:
        before = len(self.console)
        more = super().read_console(seconds)
        self.screen.feed(self.console[before:])
        return more

    def type(self, *keys: bytes | str) -> None:
        for key in keys:
            os.write(self.master, key.encode() if isinstance(key, str) else key)

    def see(self, pattern: str, seconds: float = 20) -> re.Match:
        """Waits until the pattern is on the screen."""
        return self.wait(lambda: re.search(pattern, self.screen.text, re.M),
                         pattern, seconds)

    def see_bar_on(self, entry: str) -> None:
        """Waits for the bar; what leads to a menu has a mark at its end."""
        self.wait(lambda: [p.rstrip(" <>") for p in self.screen.having(7)]
                  == [entry], f"bar on {entry}")

    def wait(self, condition, what: str, seconds: float = 20):
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            ended = not self.read_console(0.05)
            if (found := condition()):
                return found
            assert not ended and time.monotonic() < deadline, \
                f"not seen: {what}\n{self.screen.text}"
        return found


@contextlib.contextmanager
def person(lab: Lab, *args: str, **keywords) -> Iterator[Person]:
    made = Person(lab, *args, **keywords)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()
