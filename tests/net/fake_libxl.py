# SPDX-License-Identifier: BSD-3-Clause
"""Plays libxl's side of the contract with a boot loader, of a version of Xen.

The files exist before, for root alone; the three standard descriptors are the
slave of a pty in raw mode, which is the controlling terminal of a session of its
own; the environment has TERM=vt100 added, and the working directory is the root.
The result is read as libxl reads it, and the files that it names are mapped and
unlinked.  A terminal that is closed before the end gets SIGTERM, a restricted boot
loader that takes two minutes SIGKILL; then all files are gone, whatever happened.

Sources: libxl_bootloader.c in Xen's tools/libxl (4.1 to 4.13) and tools/libs/light
(since 4.14); libxl_dom.c for what happens without a kernel.
"""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import termios
import threading
import time
import tty
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Sequence

ITEM_SIZE = 8192  # PATH_MAX * 2, with the NUL; longer items are dropped
RESTRICTED_LIMIT = 120  # LIBXL_BOOTLOADER_TIMEOUT, seconds

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Version:
    """What has changed on libxl's side, and since when."""

    since: tuple[int, int]
    place: str             # of the result and the output directory
    fifo: bool             # the result is one, and the directory is shared
    types: tuple[str, ...] # of guests that boot loaders are run for
    restricts: bool        # knows --runas and --quiet (XSA-443)
    libexec: bool          # looks for programs among Xen's own first


VERSIONS = [
    Version((4, 1), "/var/run/libxl", True, ("pv",), False, False),
    Version((4, 2), "/var/run/xen", False, ("pv",), False, True),
    Version((4, 10), "/var/run/xen", False, ("pv", "pvh"), False, True),
    Version((4, 15), "/var/run/xen", False, ("pv", "pvh"), True, True),
    Version((4, 17), "/var/lib/xen", False, ("pv", "pvh"), True, True),
]
NEWEST = "4.22"


def version_of(xen: str) -> Version:
    """Returns how libxl of that Xen is; its latest maintenance release."""
    major, minor = map(int, xen.split("."))
    return [v for v in VERSIONS if v.since <= (major, minor)][-1]


def split_args(version: Version, args: str | Sequence[str]) -> list[str]:
    """xl.cfg's bootloader_args: a list, or a string that is cut at blanks, as
    libvirt does, and of 4.1 the only way."""
    if isinstance(args, str):
        return args.split()
    return " ".join(args).split() if version.fifo else list(args)


def find_program(version: Version, name: str, libexec: Path) -> str:
    """xl.cfg's bootloader: among Xen's own programs, or up to execvp()."""
    own = libexec / name
    found = version.libexec and name[0] != "/" and os.path.lexists(own)
    return str(own) if found else name


def make_args(version: Version, output: Path, directory: Path,
              bootloader_args: str | Sequence[str], disk: str | None, *,
              args: str | None = None, kernel: str | None = None,
              ramdisk: str | None = None,
              restrict: int | None = None) -> list[str]:
    """make_bootloader_args(): what stands behind the program's name."""
    assert not restrict or version.restricts, "libxl knows no --runas"
    slash = "/" if version.fifo else ""
    return [*([f"--kernel={kernel}"] if kernel is not None else []),
            *([f"--ramdisk={ramdisk}"] if ramdisk is not None else []),
            *([f"--args={args}"] if args else []),
            *([f"--runas={restrict}", "--quiet"] if restrict else []),
            f"--output={output}", "--output-format=simple0",
            f"--output-directory={directory}{slash}",
            *split_args(version, bootloader_args),
            *([disk] if disk else [])]


@dataclass
class Outcome:
    """What a run left."""

    status: int               # exit code; negative: the signal it died of
    console: bytes            # everything written to the pty
    result: bytes             # the result, raw
    left: list[str]           # names in the output directory after libxl's part
    items: dict[str, str] = field(default_factory=dict)
    kernel: bytes | None = None
    ramdisk: bytes | None = None
    complaints: list[str] = field(default_factory=list) # of libxl, of success

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


def items_of(version: Version, result: bytes) -> list[bytes]:
    """4.1 ends at the first empty item, and has no limit."""
    items = result.split(b"\0")
    if version.fifo:
        return items[:items.index(b"")] if b"" in items else items
    return [item for item in items if item]


def read_item(version: Version, item: bytes) -> tuple[str, str] | None:
    """An item as name and value; None if libxl does not know it."""
    for name in ("kernel", "ramdisk", "args"):
        rest = item.removeprefix(name.encode())
        if rest == item or rest[:1] not in (
                [b" "] if version.fifo else [bytes([c]) for c in b" \t\n\v\f\r"]):
            continue
        value = rest[1:] if version.fifo else rest.lstrip(b" \t\n\v\f\r")
        return name, value.decode(errors="surrogateescape")
    return None


def take_file(path: str) -> bytes | None:
    """libxl__file_reference_map(): maps it, and unlinks it whatever that did."""
    try:
        with open(path, "rb") as file, \
                mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE,
                          mmap.PROT_READ) as mapping:
            os.unlink(path)
            return bytes(mapping)
    except (OSError, ValueError):
        Path(path).unlink(missing_ok=True)
        return None


def parse_result(version: Version, outcome: Outcome, type_: str,
                 take: Callable[[str], bytes | None]) -> None:
    """parse_bootloader_result(): later items win; and what comes of it."""
    for item in items_of(version, outcome.result):
        if len(item) >= ITEM_SIZE and not version.fifo:
            outcome.complaints.append("libxl drops an item that is too long")
            continue
        known = read_item(version, item)
        if not known:
            outcome.complaints.append(f"libxl does not know the item {item!r}")
            continue
        name, value = known
        outcome.items[name] = value
        if name == "args":
            continue
        data = take(value)
        setattr(outcome, name, data)
        if data is None:
            outcome.complaints.append(f"libxl cannot map the {name} {value}")
    if "kernel" not in outcome.items:
        outcome.complaints.append("exit 0 without a kernel " + (
            "aborts the toolstack" if type_ == "pvh" else "starts no guest"))


class FakeLibxl:
    """One run of a boot loader, from its start to what libxl makes of it."""

    take_file = staticmethod(take_file)

    def __init__(self, program: str | Path, *bootloader_args: str, base: Path,
                 version: str = NEWEST, type_: str | None = None, domid: int = 7,
                 args: str | None = None, kernel: str | None = None,
                 ramdisk: str | None = None, restrict: int | None = None,
                 disk: str | None = "/dev/null", size: tuple[int, int] = (0, 0),
                 term: str | None = "vt100", limit: float = RESTRICTED_LIMIT,
                 command: Callable[..., Sequence[str]] = lambda *argv: argv,
                 ) -> None:
        self.version = version_of(version)
        self.guest = type_ or self.version.types[-1]
        assert self.guest in self.version.types, "libxl runs no boot loader"
        self.console = b""
        self.received = b""
        self.make_files(base, domid)
        self.argv = [str(program), *make_args(
            self.version, self.output, self.directory, bootloader_args, disk,
            args=args, kernel=kernel, ramdisk=ramdisk, restrict=restrict)]
        self.end = time.monotonic() + limit if restrict else None
        self.process = self.start(command(*self.argv), size, term)

    def make_files(self, base: Path, domid: int) -> None:
        """Makes what is there before the boot loader runs."""
        if self.version.fifo:
            self.output = base / "bl.AbCdEf/fifo"
            self.directory = base
            self.output.parent.mkdir(0o700)
            os.mkfifo(self.output, 0o600)
            self.reader = threading.Thread(target=self.read_fifo, daemon=True)
            self.reader.start()
            return
        self.output = base / f"bootloader.{domid}.out"
        self.directory = base / f"bootloader.{domid}.d"
        os.close(os.open(self.output, os.O_CREAT | os.O_TRUNC, 0o600))
        if not self.directory.exists():
            self.directory.mkdir(0o600)

    def read_fifo(self) -> None:
        """libxl reads to the end; if nobody ever writes, it waits for ever."""
        with open(self.output, "rb") as fifo:
            self.received = fifo.read()

    def start(self, argv: Sequence[str], size: tuple[int, int],
              term: str | None) -> subprocess.Popen:
        self.master, slave = pty.openpty()
        tty.setraw(self.master)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", *size, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k != "TERM"}
        environment |= {"TERM": term} if term is not None else {}

        def login_tty() -> None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, cwd="/",
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

    def destroy_domain(self) -> None:
        """What somebody did with `xl destroy`."""
        self.process.send_signal(signal.SIGTERM)

    def await_end(self, seconds: float = 60) -> int:
        """Reads the console up to its end, and returns how the process ended."""
        deadline = time.monotonic() + seconds
        while self.read_console(0.1):
            if self.end and time.monotonic() > self.end:
                self.process.kill()
            if time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError(f"no end in {seconds} s: {self.console!r}")
        if not self.version.fifo:
            self.process.send_signal(signal.SIGTERM)  # POLLHUP
        status = self.process.wait(timeout=10)
        os.close(self.master)
        return status

    def read_result(self) -> bytes:
        if not self.version.fifo:
            return self.output.read_bytes()
        self.reader.join(timeout=10)
        assert not self.reader.is_alive(), "libxl waits for a result for ever"
        return self.received

    def finish(self, seconds: float = 60) -> Outcome:
        """Waits for the end and does libxl's part of the contract, of which the
        boot loader's must give it nothing to complain of."""
        outcome = self.judge(seconds)
        assert not outcome.complaints, (outcome.complaints, outcome.lines)
        return outcome

    def judge(self, seconds: float = 60) -> Outcome:
        """Waits for the end, does libxl's part, and tells what it complains of."""
        status = self.await_end(seconds)
        outcome = Outcome(status, self.console, self.read_result(), [])
        if status == 0:
            self.parse_result(outcome)
        if self.directory.exists():
            outcome.left = sorted(set(os.listdir(self.directory)) -
                                  {self.output.parent.name})
        return outcome

    def parse_result(self, outcome: Outcome) -> None:
        parse_result(self.version, outcome, self.guest, self.take_file)

    def cleanup(self) -> None:
        """bootloader_cleanup(), whatever happened."""
        self.output.unlink(missing_ok=True)
        if self.version.fifo:
            self.output.parent.rmdir()
        else:
            shutil.rmtree(self.directory, ignore_errors=True)
