# SPDX-License-Identifier: BSD-3-Clause
"""What libxl makes of a run, and what the machine has left of it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from lab import TOP, Lab, wait_for
from libxl import Bootloader, Outcome

DOCUMENTED = {int(code) for code in re.findall(
    r"^\.It (\d+)$", (TOP / "doc/lwpxeboot.8").read_text(), re.M)}
ITEM_SIZE = 8192       # char buf[PATH_MAX*2]
BLANKS = b" \t\n\v\f\r"  # isspace() of the C locale


def read_result(data: bytes) -> dict[str, list[bytes]]:
    """parse_bootloader_result() of Xen's libxl_bootloader.c, byte by byte:
    the values of each item, and under "" what libxl would warn of."""
    found: dict[str, list[bytes]] = {}
    lines = data.split(b"\0")
    if not lines[-1]:
        lines.pop()  # the end of the file, and nothing before it
    for line in lines:
        if len(line) >= ITEM_SIZE:
            found.setdefault("", []).append(line)
            continue
        for name in "kernel", "ramdisk", "args":
            rest = line[len(name):]
            if line.startswith(name.encode()) and rest[:1] and rest[0] in BLANKS:
                found.setdefault(name, []).append(rest.lstrip(BLANKS))
                break
        else:
            if line:
                found.setdefault("", []).append(line)
    return found


def last_line(console: bytes) -> str:
    """Also where the console did not look like a terminal."""
    lines = console.decode("ascii", "backslashreplace").split("\n")
    lines = [line.rstrip("\r").split("\r\033[K")[-1] for line in lines]
    return ([""] + [line for line in lines if line])[-1]


def processes_of(bootloader: Bootloader) -> list[int]:
    """Those that have this run's arguments, as parent and child have."""
    mark = f"--output={bootloader.output}".encode()
    found = []
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and mark in Path(
                    f"/proc/{name}/cmdline").read_bytes().split(b"\0"):
                found.append(int(name))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def ports_of(lab: Lab) -> set[str]:
    """The TAPs in the Dom0."""
    lines = Path(f"/proc/{lab.dom0.pid}/net/dev").read_text().splitlines()
    return {line.split(":")[0].strip() for line in lines if "lwpxe" in line}


def assert_nothing_is_left(lab: Lab, bootloader: Bootloader,
                           outcome: Outcome) -> None:
    assert outcome.left == []
    if outcome.status:
        assert outcome.result == b""
    # A child that has been killed may take some milliseconds for its link.
    wait_for(lambda: not processes_of(bootloader), "the processes to end")
    wait_for(lambda: not ports_of(lab), "the link to end")
