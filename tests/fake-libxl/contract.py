# SPDX-License-Identifier: BSD-3-Clause
"""What libxl asks of a boot loader, rule by rule.

Source: libxl_bootloader.c in Xen's tools/libs/light.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from fake_libxl import ITEM_SIZE, RESTRICTED_LIMIT, Version, items_of, read_item

PV_CMDLINE = 1023  # MAX_GUEST_CMDLINE in Xen's public/xen.h, less its NUL


@dataclass
class Verdict:
    """One rule, and whether it was kept; what is only odd is kept."""

    good: bool
    rule: str
    seen: str = ""

    def __str__(self) -> str:
        mark = "ok  " if self.good else "FAIL"
        return f"  {mark}  {self.rule}" + (f": {self.seen}" if self.seen else "")


@dataclass
class Run:
    """What is known of a run that has ended."""

    version: Version        # of the libxl that ran it
    status: int             # negative: the signal that it died of
    seconds: float
    result: bytes           # the output file
    directory: Path         # the output directory
    console: bytes
    restricted: bool
    guest: str              # pv or pvh
    hung_up: bool           # the terminal was closed long before the end
    interfaces: set[str]    # of the Dom0, that were not there before


def judge_items(version: Version, result: bytes) -> \
        tuple[dict[str, str], list[Verdict]]:
    """Returns the items that libxl would read, of which later ones win."""
    items: dict[str, str] = {}
    said = []
    for item in items_of(version, result):
        known = read_item(version, item)
        if len(item) >= ITEM_SIZE and not version.fifo:
            said.append(Verdict(False, f"an item has at most {ITEM_SIZE - 1} bytes",
                                f"libxl drops one of {len(item)}"))
        elif not known:
            said.append(Verdict(False, "items are kernel, ramdisk and args",
                                f"libxl drops {item[:60]!r}"))
        else:
            items[known[0]] = known[1]
    if result and not result.endswith(b"\0"):
        said.append(Verdict(False, "the last item ends with NUL, too"))
    return items, said


def judge_file(name: str, value: str, directory: Path) -> list[Verdict]:
    """A file that libxl maps, and then unlinks as root."""
    path = Path(value)
    rule = f"{name} is a file that has bytes"
    try:
        status = os.lstat(path)
    except OSError as error:
        return [Verdict(False, rule, f"{value!r}: {error.strerror}")]
    return [
        Verdict(stat.S_ISREG(status.st_mode) and status.st_size > 0, rule,
                f"{value}, {status.st_size} bytes"),
        Verdict(path.parent == directory,
                f"{name} is in the output directory, since libxl removes it",
                "" if path.parent == directory else value)]


def judge_success(run: Run, items: dict[str, str]) -> list[Verdict]:
    said = [Verdict("kernel" in items, "exit status 0 means a kernel",
                    "" if "kernel" in items else "xl aborts for a PVH guest")]
    for name in ("kernel", "ramdisk"):
        if name in items:
            said += judge_file(name, items[name], run.directory)
    args = items.get("args", "")
    fits = run.guest != "pv" or len(args) <= PV_CMDLINE
    said.append(Verdict(fits, "the command line fits the guest",
                        f"{len(args)} bytes" if fits else
                        f"{len(args)} bytes; a PV guest gets {PV_CMDLINE}"))
    return said


def judge(run: Run) -> tuple[dict[str, str], list[Verdict]]:
    """Returns what libxl would read, and a verdict for each rule."""
    items, said = judge_items(run.version, run.result) if run.status == 0 else ({}, [])
    if run.status == 0:
        said += judge_success(run, items)
    said.append(Verdict(not run.hung_up, "the terminal is kept until the end",
                        "libxl sends SIGTERM where it is closed sooner"
                        if run.hung_up else ""))
    said.append(Verdict(not run.interfaces, "no interface is left in the Dom0",
                        ", ".join(sorted(run.interfaces))))
    if run.restricted:
        said.append(Verdict(run.seconds < RESTRICTED_LIMIT,
                            f"restricted, it ends within {RESTRICTED_LIMIT} s",
                            f"{run.seconds:.1f} s"))
    if run.status and not run.hung_up:
        last = [line for line in run.console.split(b"\r\n") if line.strip()]
        said.append(Verdict(bool(last), "a failure has a last line on the console",
                            last[-1].decode("ascii", "backslashreplace")
                            if last else ""))
    return items, said
