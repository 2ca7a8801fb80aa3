# SPDX-License-Identifier: BSD-3-Clause
"""Plays the toolstacks other than libxl: how xend and XAPI run a boot loader, and
what they read.

Sources: XendBootloader.py and sxp.py in Xen 4.4's tools/python/xen/xend;
ocaml/xenopsd/lib/bootloader.ml of XAPI.
"""

from __future__ import annotations

import os
import posixpath
import pty
import shlex
import subprocess
import threading
import tty
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from lab import Lab

# xend's escapes; any other letter loses its backslash's companion.
ESCAPES = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f",
           "r": "\r", "\\": "\\", "'": "'", '"': '"'}
DIRECTORIES = ("/var/run/xen/pygrub", "/var/run/xend/boot") # that XAPI accepts


def read_string(text: str, at: int) -> tuple[str, int]:
    """Reads the quoted string at `at` as xend does; returns where it ends."""
    quote, value, at = text[at], "", at + 1
    while text[at] != quote:
        if text[at] == "\\":
            at += 1
            assert text[at] in ESCAPES, "xend would read a number or drop it"
            value += ESCAPES[text[at]]
        else:
            value += text[at]
        at += 1
    return value, at + 1


def read_sxp(text: str) -> list:
    """Reads words, strings and lists up to the end of the text or of a list."""
    stack: list[list] = [[]]
    at = 0
    while at < len(text):
        c = text[at]
        if c in "'\"":
            value, at = read_string(text, at)
            stack[-1].append(value)
            continue
        at += 1
        if c == "(":
            stack.append([])
        elif c == ")":
            done = stack.pop()
            stack[-1].append(done)
        elif not c.isspace():
            start = at - 1
            while at < len(text) and text[at] not in "() \t\n#{}<>[]!;":
                at += 1
            stack[-1].append(text[start:at])
    assert len(stack) == 1, "xend: unexpected end"
    return stack[0]


def run_xend(lab: Lab, program: Path, base: Path, bootargs: str, *,
             disk: str = "file.img", kernel: str = "", ramdisk: str = "", args: str = "",
             quiet: bool = False) -> tuple[bytes, bytes]:
    """Runs it as xend does, and returns what it reads, and the console.  The exit
    status is of no account; no data is a failure."""
    fifo = base / "xenbl.123"
    os.mkfifo(fifo, 0o600)
    argv = [str(program)]
    argv += [f"--kernel={kernel}"] if kernel else []
    argv += [f"--ramdisk={ramdisk}"] if ramdisk else []
    argv += [f"--args={args}"] if args else []
    argv += ["-q"] if quiet else []
    argv += [f"--output={fifo}", *shlex.split(bootargs), disk]
    master, slave = pty.openpty()
    tty.setraw(master)
    console: list[bytes] = []

    def read_console() -> None:
        while True:
            try:
                console.append(os.read(master, 1024))
            except OSError:
                return
    process = subprocess.Popen(lab.dom0.command(*argv), stdin=slave, stdout=slave,
                               stderr=slave, start_new_session=True,
                               env={**os.environ, "TERM": "vt100"})
    os.close(slave)
    reader = threading.Thread(target=read_console)
    reader.start()
    try:
        result = subprocess.run(["cat", fifo], capture_output=True, timeout=30).stdout
        process.wait(30)
    finally:
        process.kill()
        reader.join()
        os.close(master)
        fifo.unlink()
    return result, b"".join(console)


class XapiError(Exception):
    """What XAPI's users see."""


@dataclass
class XapiBoot:
    kernel: str
    ramdisk: str | None
    args: str


def check_path(path: str) -> str:
    if not path.startswith("/"):
        raise XapiError(f"relative path: {path}")
    path = posixpath.normpath(path)
    if posixpath.dirname(path) not in DIRECTORIES:
        raise XapiError(f"malicious guest? {path}")
    return path


def read_xapi(text: str) -> XapiBoot:
    """Lines without a blank are skipped; of others each may come once, and none
    may be unknown."""
    found: dict[str, str] = {}
    for line in text.split("\n"):
        word, blank, rest = line.partition(" ")
        if not blank or not word:
            continue
        if word in found or word not in ("kernel", "ramdisk", "args"):
            raise XapiError(f"bad line: {line}")
        found[word] = rest
    if "kernel" not in found:
        raise XapiError(f"no kernel found in {text!r}")
    return XapiBoot(check_path(found["kernel"]),
                    check_path(found["ramdisk"]) if "ramdisk" in found else None,
                    found.get("args", ""))


def run_xapi(lab: Lab, program: Path, argv: Sequence[str]) -> XapiBoot:
    """Runs it as XAPI does, with pipes and no environment, and reads the result;
    for a failure, what stands behind the first "RuntimeError: "."""
    done = subprocess.run(lab.dom0.command("env", "-i", program, *argv),
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    errors = done.stderr.decode("ascii")
    if done.returncode:
        _, found, sentence = errors.partition("RuntimeError: ")
        raise XapiError(sentence if found else f"bad error: {errors}")
    return read_xapi(done.stdout.decode(errors="surrogateescape"))


def pygrub_args(bootloader_args: str, disk: str, runas: int | None) -> list[str]:
    """PV-bootloader=pygrub; PV-bootloader-args are cut at each blank."""
    return ["--output-format=simple", "-q", *([f"--runas={runas}"] if runas else []),
            *bootloader_args.split(" "), disk]


def eliloader_args(bootloader_args: str, disk: str, uuid: str) -> list[str]:
    return ["-q", "--vm", uuid, *bootloader_args.split(" "), disk]
