# SPDX-License-Identifier: BSD-3-Clause
"""Text that would like to be more than text to a terminal, a log or a parser."""

from __future__ import annotations

import random

TRICKS = [
    b"\x1b[2J", b"\x1b[1;1H", b"\x1b[31m", b"\x1b[0m\x1b[2J", b"\x1b]0;title\x07",
    b"\x1b]52;c;cm0gLXJm\x07", b"\x1bP$q\"p\x1b\\", b"\x1bc", b"\x1b[6n", b"\x1b[5i",
    b"\x1b", b"\x9b2J", b"\x9b1;1H", b"\x90x\x9c", b"\x9d0;x\x07", b"\x85", b"\x84",
    b"\r", b"\rlwpxeboot: ", b"\b" * 9, b"\t", b"\v", b"\f", b"\0", b"\a", b"\5", b"\x0e",
    b"\x0f", b"\x0f07", b"\x11\x13", b"\x18\x1a", b"\x7f", b"\xff", b"\xc2\x9b2J",
    b"\xc0\x80", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xed\xa0\x80",
    b"\xf0\x9f\x92\xa9", b"\xc3\xa4", b"%s%n", b"%99999c", b"\\x1b", b"\\", b"\"", b"'",
    b"<script>", b"\x1b[K", b"\r\x1b[K", b"://u:p@", b"^", b"#", b"{sec,secs}", b"...",
]


def noise(chance: random.Random, longest: int = 60, without: bytes = b"") -> bytes:
    """Returns some of it among words and random bytes; none of `without`."""
    raw = b""
    while len(raw) < longest and chance.random() < 0.9:
        raw += chance.choice((
            chance.choice(TRICKS), chance.choice(TRICKS), b"word ",
            chance.randbytes(3), bytes([chance.randrange(0x80, 0xa0)])))
    return bytes(b for b in raw[:longest] if b not in without)


def line(chance: random.Random, longest: int = 60) -> bytes:
    """The same without an end of line."""
    return noise(chance, longest, b"\n")


def word(chance: random.Random, longest: int = 20) -> bytes:
    """The same without what separates words."""
    return noise(chance, longest, bytes(range(0x21))) or b"w"


def configuration(chance: random.Random) -> bytes:
    """A menu in which every text is noise; its entries have files that are
    there and files that are not."""
    lines = [b"ui menu.c32" if chance.random() < 0.7 else b"prompt 1",
             b"menu title " + line(chance), b"say " + line(chance),
             b"menu tabmsg " + line(chance), b"menu notabmsg " + line(chance),
             b"menu passprompt " + line(chance), b"menu autoboot " + line(chance),
             b"menu background " + word(chance), b"menu msgcolor " + line(chance),
             b"menu color title " + line(chance), b"f1 one", b"f2 " + word(chance),
             b"display one", b"allowoptions %d" % chance.randrange(2),
             b"include " + word(chance), line(chance)]
    for n in range(chance.randrange(1, 9)):
        lines += [b"label l%d%s" % (n, word(chance)), b"menu label " + line(chance, 200),
                  b"kernel " + chance.choice((b"vmlinuz", word(chance))),
                  b"append " + line(chance), b"menu indent %d" % chance.randrange(200),
                  chance.choice((b"menu disable", b"menu default", b"menu hide", b"#",
                                 b"menu passwd " + word(chance), b"menu separator")),
                  b"text help", noise(chance, 400), b"endtext"]
        if chance.random() < 0.3:
            lines += [b"menu begin " + word(chance), b"menu title " + line(chance),
                      b"label s%d" % n, b"menu exit", b"menu end"]
    return b"\n".join(lines) + b"\n"
