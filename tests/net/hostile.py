# SPDX-License-Identifier: BSD-3-Clause
"""Servers that mean harm, as lists of what they send, and what a boot from one
must still be: over in time, with a documented exit code and a sentence, or a
boot of exactly the server's bytes, and nothing left behind."""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path
from typing import Union

from httpd import Exchange
from lab import MAC, TOP, Lab
from libxl import Outcome
from tftpd import Transfer
from vt100 import foreign

VIF = f"--vif=mac={MAC},bridge=xenbr0"

# The exit codes, by their names in the source; the manual lists the same.
CODES = {name: int(number) for name, number in re.findall(
    r"\b(E_\w+) *= (\d+),", (TOP / "src/base/err.h").read_text())}

# Of these none is the network's to cause: ours are bugs, the others the Dom0's.
NEVER = {CODES[name] for name in (
    "E_INTERNAL", "E_USAGE", "E_PRIVILEGE", "E_BUSY", "E_OUTPUT", "E_CHILD",
    "E_INTERRUPTED")}


def assert_safe(outcome: Outcome, *allowed: int) -> Outcome:
    """Whatever the server did: this is all that may come of it."""
    text = outcome.console.decode("latin-1")
    assert outcome.status in (allowed or {0, *CODES.values()} - NEVER), text
    assert not foreign(outcome.console), text
    assert outcome.left == []
    if outcome.status:
        assert outcome.result == b""
        assert outcome.last_line.startswith("lwpxeboot: "), text
        assert not outcome.last_line.endswith("..."), "where is the reason?"
        return outcome
    for name in {*outcome.items} - {"args"}:  # libxl unlinks whatever it reads
        assert re.fullmatch(rf".*/bootloader[.]\d+[.]d/{name}[.][0-9a-f]{{8}}",
                            outcome.items[name])
    return outcome


def assert_ends(booted: tuple[object, Outcome], status: int,
                text: str = "") -> None:
    """The boot was refused, for this reason."""
    outcome = assert_safe(booted[1], status)
    assert text in outcome.last_line, outcome.last_line


def assert_boots_with(booted: tuple[object, Outcome], content: bytes) -> None:
    """The kernel is exactly this."""
    outcome = assert_safe(booted[1], 0)
    assert outcome.kernel == content


Step = Union[bytes, float]


def says(*steps: Step):
    """A file in whose place a TFTP server sends just these packets, whatever it
    is told; a number is a pause in seconds."""
    def script(transfer: Transfer) -> None:
        for step in steps:
            if isinstance(step, bytes):
                transfer.send(step)
            else:
                time.sleep(step)
    return script


def writes(*steps: Step, end: str = "close"):
    """A file in whose place an HTTP server writes this, and then ends so."""
    def script(exchange: Exchange) -> None:
        for step in steps:
            if isinstance(step, bytes):
                exchange.send(step)
            else:
                time.sleep(step)
        getattr(exchange, end)()
    return script


def as_far_as_it_goes(content: bytes):
    """A file that is served well, to a client who may have no room for it or no
    way to this server."""
    def script(transfer: Transfer) -> None:
        with contextlib.suppress(AssertionError, OSError):
            transfer.serve(content)
    return script


def small_disk(lab: Lab, options: str, name: str = "small") -> Path:
    """Mounts a tmpfs for the Dom0, and returns where this process sees it,
    too."""
    at = lab.directory / name
    at.mkdir()
    lab.dom0.run("mount", "-t", "tmpfs", "-o", options, "small", at)
    return Path(f"/proc/{lab.dom0.pid}/root{at}")


def used(directory: Path) -> int:
    """Returns the bytes that are in use on the file system."""
    s = os.statvfs(directory)
    return (s.f_blocks - s.f_bfree) * s.f_frsize
