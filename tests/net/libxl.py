# SPDX-License-Identifier: BSD-3-Clause
"""Runs a boot loader exactly as libxl does, and reads its result as libxl does.

Source: libxl_bootloader.c in Xen's tools/libs/light.  The result file and the
output directory exist before, mode 0600; the three standard descriptors are the
slave of a pty in raw mode, which is the controlling terminal of a new session;
the environment has TERM=vt100 added; the kernel and ramdisk that the result
names are read and unlinked.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
import tty
from dataclasses import dataclass, field
from pathlib import Path

from lab import TOP, Lab, die_with_parent

BINARY = Path(os.environ.get("LWPXEBOOT", TOP / "build/lwpxeboot"))
ITEM_MAX = 8192 - 1  # PATH_MAX * 2; longer items are dropped by libxl


@dataclass
class Outcome:
    """What a run left."""

    status: int               # exit code; negative: the signal it died of
    console: bytes            # everything written to the pty
    result: bytes             # the result file, raw
    left: list[str]           # names in the output directory after libxl's part
    items: dict[str, str] = field(default_factory=dict)
    kernel: bytes | None = None
    ramdisk: bytes | None = None

    @property
    def args(self) -> str | None:
        return self.items.get("args")

    @property
    def lines(self) -> list[str]:
        """The console as lines; what was drawn over is gone."""
        text = self.console.decode("ascii")
        return [line.split("\r\033[K")[-1] for line in text.split("\r\n")]

    @property
    def last_line(self) -> str:
        return [line for line in self.lines if line][-1]


class Bootloader:
    """One run, from its start to what libxl makes of it.

    Nobody is at its console unless a test says so by `menu`, and the command
    line gets no console unless it says so by `console`; kernels may be any files
    without `preflight`; libxl's terminal has no size.
    """

    def __init__(self, lab: Lab, *bootloader_args: str, domid: int = 7,
                 args: str | None = None, kernel: str | None = None,
                 ramdisk: str | None = None, restrict: int | None = None,
                 disk: str | None = "/dev/null", binary: Path = BINARY,
                 directory: Path | None = None,
                 wrapper: tuple[str, ...] = (), menu: str | None = "no",
                 console: str | None = "keep", preflight: bool = False,
                 size: tuple[int, int] = (0, 0),
                 term: str | None = "vt100") -> None:
        base = directory or lab.directory
        self.output = base / f"bootloader.{domid}.out"
        self.directory = base / f"bootloader.{domid}.d"
        self.console = b""
        os.close(os.open(self.output, os.O_CREAT | os.O_TRUNC, 0o600))
        if not self.directory.exists():
            self.directory.mkdir(0o600)
        argv = [str(binary)]
        argv += [f"--kernel={kernel}"] if kernel else []
        argv += [f"--ramdisk={ramdisk}"] if ramdisk else []
        argv += [f"--args={args}"] if args else []
        argv += [f"--runas={restrict}", "--quiet"] if restrict else []
        argv += [f"--output={self.output}", "--output-format=simple0",
                 f"--output-directory={self.directory}"]
        argv += [f"--menu={menu}"] if menu else []
        argv += [f"--console={console}"] if console else []
        argv += [] if preflight else ["--preflight=no"]
        argv += bootloader_args
        argv += [disk] if disk else []
        self.argv = argv
        self.process = self.start(lab, [*wrapper, *argv], size, term)

    def start(self, lab: Lab, argv: list[str], size: tuple[int, int],
              term: str | None) -> subprocess.Popen:
        self.master, slave = pty.openpty()
        tty.setraw(self.master)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", *size, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k != "TERM"}
        environment |= {"TERM": term} if term is not None else {}

        def login_tty() -> None:
            die_with_parent()
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        process = subprocess.Popen(
            lab.dom0.command(*argv), stdin=slave, stdout=slave, stderr=slave,
            env=environment, preexec_fn=login_tty)
        os.close(slave)
        return process

    def read_console(self, seconds: float) -> bool:
        """Reads what is there within the time; False at the end of it all."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:  # EIO: the slave's last descriptor is closed
            return False
        self.console += data
        return bool(data)

    def wait_for_text(self, text: str, seconds: float = 20) -> None:
        """Reads the console until `text` has appeared."""
        deadline = time.monotonic() + seconds
        while text.encode() not in self.console:
            if time.monotonic() > deadline or not self.read_console(0.1):
                raise AssertionError(f"no {text!r} in {self.console!r}")

    def finish(self, seconds: float = 60) -> Outcome:
        """Waits for the end and does libxl's part of the contract."""
        deadline = time.monotonic() + seconds
        while self.read_console(0.1):
            if time.monotonic() > deadline:
                self.process.send_signal(signal.SIGKILL)
                raise AssertionError(f"no end in {seconds} s: {self.console!r}")
        status = self.process.wait(timeout=10)
        os.close(self.master)
        outcome = Outcome(status, self.console, self.output.read_bytes(), [])
        if status == 0:
            self.parse_result(outcome)
        if self.directory.exists():
            outcome.left = sorted(os.listdir(self.directory))
        return outcome

    def parse_result(self, outcome: Outcome) -> None:
        """parse_bootloader_result(): NUL-terminated items, later ones win."""
        for item in outcome.result.split(b"\0")[:-1]:
            if not item:
                continue
            assert len(item) <= ITEM_MAX, "libxl would drop this item"
            name, _, value = item.decode(errors="surrogateescape").partition(" ")
            assert name in ("kernel", "ramdisk", "args"), item
            outcome.items[name] = value.lstrip()
        assert "kernel" in outcome.items, "exit 0 without a kernel aborts xl"
        outcome.kernel = self.take_file(outcome.items["kernel"])
        if "ramdisk" in outcome.items:
            outcome.ramdisk = self.take_file(outcome.items["ramdisk"])

    @staticmethod
    def take_file(path: str) -> bytes:
        """libxl__file_reference_map(): map it, unlink it."""
        data = Path(path).read_bytes()
        os.unlink(path)
        assert data, "libxl cannot map an empty file"
        return data


def boot(lab: Lab, *bootloader_args: str, **keywords) -> Outcome:
    """Runs the boot loader to its end."""
    return Bootloader(lab, *bootloader_args, **keywords).finish()
