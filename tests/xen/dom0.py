# SPDX-License-Identifier: BSD-3-Clause
"""A Xen host in QEMU: its run, and its report on the guests it booted."""

import gzip
import re
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import initramfs
import plan
from debs import one

# Everything takes about six minutes on two processors; this is for slow ones.
LIMIT_SECONDS = 1800

XEN_ARGUMENTS = ("console=com1 com1=115200,8n1 dom0_mem=1536M,max:1536M smap=off "
                 "spec-ctrl=no loglvl=warning guest_loglvl=warning")
QEMU = [
    "qemu-system-x86_64", "-machine", "q35,accel=tcg", "-smp", "2", "-m", "4096",
    # QEMU's emulation faults on an IRET of a PV kernel with SMAP.  A PVH guest
    # runs in emulated SVM, and dies there of RDTSCP and of protection keys; of
    # XSAVE it complains for seconds.
    "-cpu", "max,-smap,-rdtscp,-pku,-xsave",
    "-net", "none", "-display", "none", "-monitor", "none", "-no-reboot",
    # Dom0's console is the first port; its report comes out of the second.
    "-serial", "file:console.log", "-serial", "file:report.tar.gz",
    "-kernel", "xen.elf", "-append", XEN_ARGUMENTS,
    "-initrd", "vmlinuz console=hvc0 quiet mitigations=off,dom0.cpio",
]


@dataclass(repr=False)
class Guest:
    """What Dom0 reported of one guest; empty where it could not."""

    name: str
    status: str             # exit status of xl
    xl: str                 # what xl -vvv create printed
    bootloader: str         # /var/log/xen/bootloader.N.log
    console: str            # what the guest printed
    links_before: set[str]  # Dom0's network interfaces
    links_after: set[str]   # this and the following: when xl had ended
    links_during: set[str]
    domains: list[str]
    files: list[str]        # of libxl and the bootloader
    processes: list[str]    # of the bootloader
    users: list[str]        # that the bootloader had, where that was watched
    directory: str          # in which it ran, where it was looked at

    def said(self) -> dict[str, str]:
        """Return the "@name=value" lines of the guest's init."""
        return dict(re.findall(r"^@(\w+)=(.*?)\r*$", self.console, re.MULTILINE))

    def rounds(self) -> list[str]:
        """Return the command line of each boot."""
        return re.findall(r"^@cmdline=(.*?)\r*$", self.console, re.MULTILINE)

    def story(self) -> str:
        """Return what one wants to read when a test fails."""
        return "\n".join([
            f"== {self.name}: the end of xl's output, exit status {self.status}",
            tail(self.xl, 20),
            f"== {self.name}: the bootloader's log", tail(self.bootloader, 60),
            f"== {self.name}: its console", tail(self.console, 30)])


@dataclass(repr=False)
class Report:
    """What Dom0 reported."""

    guests: dict[str, Guest]
    server: str             # log of the boot server
    job: str                # output of Dom0's job script


def boot(packages: Path, bootloader: Path, folder: Path, steps: list[plan.Step]) -> Report:
    """Run Dom0 with BOOTLOADER; return its report on the guests of STEPS.

    FOLDER is made, and keeps the logs.
    """
    folder.mkdir()
    with gzip.open(one(packages, "boot/xen-*-amd64.gz")) as xen:
        (folder / "xen.elf").write_bytes(xen.read())
    shutil.copyfile(one(packages, "boot/vmlinuz-*"), folder / "vmlinuz")
    initramfs.build(packages, bootloader, steps, folder / "dom0.cpio")
    try:
        emulate(folder)
    finally:
        for image in "xen.elf", "vmlinuz", "dom0.cpio":
            (folder / image).unlink()
    return read_report(folder, [guest.name for step in steps for guest in step.guests])


def emulate(folder: Path) -> None:
    """Run QEMU in FOLDER until Dom0 is off."""
    # However this process ends, the kernel then ends QEMU: see setpriv(1).
    command = ["setpriv", "--pdeathsig", "KILL", *QEMU]
    with open(folder / "qemu.log", "wb") as log:
        try:
            subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                           timeout=LIMIT_SECONDS, check=True)
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f"Dom0 was not off after {LIMIT_SECONDS} seconds") from error
        except subprocess.CalledProcessError as error:
            raise RuntimeError(f"QEMU ended with {error.returncode}") from error


def read_report(folder: Path, names: list[str]) -> Report:
    """Read what came out of Dom0's second serial port."""
    report = folder / "report"
    try:
        with tarfile.open(folder / "report.tar.gz", "r:gz", ignore_zeros=True) as archive:
            archive.extractall(report)
    except (OSError, EOFError, tarfile.TarError) as error:
        raise RuntimeError(f"Dom0 sent no report: {error}") from error
    return Report({name: read_guest(report / name) for name in names},
                  read(report / "dnsmasq.log"), read(report / "job.log"))


def read_guest(folder: Path) -> Guest:
    """Read the report on one guest."""
    return Guest(
        name=folder.name, status=read(folder / "status").strip(), xl=read(folder / "xl.log"),
        bootloader=read(folder / "bootloader.log"), console=read(folder / "console.log"),
        links_before=set(read(folder / "links-before").split()),
        links_after=set(read(folder / "links-after").split()),
        links_during=set(read(folder / "links-during").split()),
        domains=read(folder / "domains").split(), files=read(folder / "files").split(),
        processes=read(folder / "processes").split(),
        users=read(folder / "uids").splitlines(), directory=read(folder / "directory").strip())


def read(file: Path) -> str:
    """Return the text of FILE, nothing where Dom0 had none."""
    return file.read_bytes().decode(errors="replace") if file.exists() else ""


def last_words(folder: Path) -> str:
    """Return the end of what QEMU and Dom0 printed."""
    return "\n".join(f"== {name}\n{tail(read(folder / name), 60)}"
                     for name in ("qemu.log", "console.log"))


def tail(text: str, lines: int) -> str:
    """Return the last LINES of TEXT as a terminal shows them.

    A carriage return inside a line, from a progress display, overwrites it.
    """
    shown = [line.rstrip("\r").rpartition("\r")[2] for line in text.rstrip().split("\n")]
    return "\n".join(shown[-lines:])
