# SPDX-License-Identifier: BSD-3-Clause
"""A local boot loader that writes down all that it can see of itself, and fails.

What it sees when libxl itself runs it, and when lwpxeboot becomes it, must be
the same."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from libxl import Bootloader, Outcome

STATUS = 3
SOURCE = r"""
import json, os, resource, signal, sys, termios
status = {k: v.strip() for k, _, v in (line.partition(":") for line in
                                       open("/proc/self/status"))}
def links(directory):
    with os.scandir(f"/proc/self/{directory}") as found:
        names = [entry.name for entry in found]
    return {n: os.readlink(f"/proc/self/{directory}/{n}") for n in names
            if os.path.lexists(f"/proc/self/{directory}/{n}")}
json.dump({
    "argv": sys.argv,
    "ids": [os.getpid(), os.getsid(0), os.getpgrp(), os.tcgetpgrp(0)],
    "terminal": [os.ttyname(n) for n in range(3)],
    "descriptors": links("fd"),
    "same": {
        "parent": os.getppid(), "environment": dict(os.environ),
        "cwd": os.getcwd(), "root": os.readlink("/proc/self/root"),
        "users": [os.getresuid(), os.getresgid(), os.getgroups()],
        "limits": [resource.getrlimit(n) for n in range(16)],
        "status": {k: status[k] for k in status if k in ("Umask", "NoNewPrivs",
                   "Seccomp") or k.startswith("Cap") or k.startswith("Sig")
                   and k != "SigQ"},
        "modes": str(termios.tcgetattr(0)), "nice": os.nice(0),
        "timer": signal.getitimer(signal.ITIMER_REAL),
        "namespaces": links("ns"),
        "files": os.listdir(os.environ["FILES"]),
    },
}, open(os.environ["NOTES"], "w"))
raise SystemExit(3)
"""


class Witness:
    """The program, and what the last run of it has seen."""

    def __init__(self, directory: Path, name: str = "witness") -> None:
        self.path = directory / name
        self.path.write_text(f"#!{sys.executable} -I\n{SOURCE}")
        self.path.chmod(0o755)
        self.notes = directory / f"{name}.json"
        self.files = directory

    @property
    def option(self) -> str:
        return f"--local-bootloader={self.path}"

    def environment(self, directory: Path) -> tuple[str, ...]:
        """The words for env(1) that tell it where to look and write."""
        return f"NOTES={self.notes}", f"FILES={directory}"

    def seen(self, bootloader: Bootloader, outcome: Outcome) -> dict:
        """What it saw; its process must be the very one that libxl started."""
        assert outcome.status == STATUS, outcome.lines
        seen = json.loads(self.notes.read_text())
        self.notes.unlink()
        assert set(seen["ids"]) == {bootloader.process.pid}
        assert len(set(seen["terminal"])) == 1
        descriptors = seen["descriptors"]
        # Its own of /proc/self/fd is gone when it is looked at.
        assert {n: descriptors[n] for n in "012"} == dict.fromkeys(
            "012", seen["terminal"][0])
        return seen
