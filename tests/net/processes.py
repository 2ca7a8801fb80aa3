# SPDX-License-Identifier: BSD-3-Clause
"""What /proc says about a boot loader and about the child that it jails."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from pathlib import Path
from typing import Iterator

from lab import Lab, wait_for
from libxl import BINARY, Bootloader

SECCOMP_FILTER = "2"
HAS_FILTER = "LWPXE_SECCOMP 1" in (BINARY.parent / "config.h").read_text()

# All rungs of the jail, as lwpxeboot(8) lists them, and those that this build leaves out.
RUNGS = ["descriptors", "namespaces", "root", "no_new_privs", "Landlock",
         "user", "capabilities", "limits", "parent"] + ["seccomp"] * HAS_FILTER
LEFT_OUT = ["seccomp"] * (not HAS_FILTER)


@contextlib.contextmanager
def running(lab: Lab, *bootloader_args: str, **keywords) -> Iterator[Bootloader]:
    """A boot loader that is killed at the end, if it still runs then."""
    bootloader = Bootloader(lab, *bootloader_args, **keywords)
    try:
        yield bootloader
    finally:
        if bootloader.process.poll() is None:
            bootloader.process.kill()
            bootloader.finish()


def run_plain(lab: Lab, *argv: object, **keywords) -> subprocess.CompletedProcess:
    """Runs the boot loader in the Dom0 without libxl's terminal and files; any
    file will do as kernel."""
    keywords.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(lab.dom0.command(BINARY, "--preflight=no", *argv), timeout=60,
                          capture_output=True, **keywords)


def status_of(pid: int) -> dict[str, str]:
    """Returns /proc/PID/status; empty if there is no such process."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {key: value.strip() for key, _, value in
            (line.partition(":") for line in lines)}


def is_alive(pid: int) -> bool:
    return status_of(pid).get("State", "Z")[0] not in "ZX"


def children_of(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(word) for word in text.split()]


def is_jailed(pid: int) -> bool:
    """True if the last rung holds: the filter, or without it a limit."""
    if HAS_FILTER:
        return status_of(pid).get("Seccomp") == SECCOMP_FILTER
    limits = Path(f"/proc/{pid}/limits").read_text()
    return re.search("^Max msgqueue size +0 ", limits, re.MULTILINE) is not None


def jailed_child(bootloader: Bootloader) -> int:
    """Waits until the child has closed its jail, and returns its number."""
    def jailed() -> int | None:
        for child in children_of(bootloader.process.pid):
            if is_jailed(child):
                return child
        return None
    return wait_for(jailed, "the jailed child")


def descriptors_of(pid: int) -> dict[int, str]:
    """Returns what each open descriptor of the process leads to."""
    directory = Path(f"/proc/{pid}/fd")
    return {int(name): os.readlink(directory / name)
            for name in os.listdir(directory)}
