# SPDX-License-Identifier: BSD-3-Clause
"""Plays xl create -c: xl.py CLIENT REPORT COMMAND...

Runs a boot loader as xl does, beside a child that becomes a console client after
a second ("late"), never ("never"), or that is not there at all ("none").  At the
boot loader's end REPORT says whether the client looked at a terminal by then.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
LIBC = ctypes.CDLL(None)


def be_called(name: str) -> None:
    """Takes the name that /proc shows."""
    LIBC.prctl(PR_SET_NAME, name.encode(), 0, 0, 0)


def client(kind: str, looks: int) -> None:
    """What autoconnect_console() does, and xenconsole behind it."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if kind == "never":
        time.sleep(60)
    time.sleep(1)
    be_called("xenconsole")
    time.sleep(0.2)
    os.openpty()
    os.write(looks, b"looks")
    time.sleep(60)


def main() -> int:
    kind, report, *command = sys.argv[1:]
    be_called("xl")
    there, looks = os.pipe()
    if kind != "none" and not os.fork():
        client(kind, looks)
    status = subprocess.call(command)
    os.set_blocking(there, False)
    try:
        Path(report).write_bytes(os.read(there, 16))
    except BlockingIOError:
        Path(report).write_text("nobody")
    return status


if __name__ == "__main__":
    sys.exit(main())
