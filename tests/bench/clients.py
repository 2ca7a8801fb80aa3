# SPDX-License-Identifier: BSD-3-Clause
"""What is run: lwpxeboot as libxl runs it, and its peers for the same work.

Each client writes into a directory of its own on the same tmpfs.
"""

from __future__ import annotations

import filecmp
import itertools
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from lab import TOP
from measure import LIMIT, Process, Run
from servers import CLIENT, Site

OURS = "lwpxeboot"
BINARY = Path(os.environ.get("LWPXEBOOT", TOP / "build/lwpxeboot"))
LARGE = TOP / "build/large/lwpxeboot"  # takes files of more than 1 GiB
TICK = 0.02    # seconds between two looks at a server that forgets
SMALL_KIB = 4  # of a kernel that is there only because there must be one

numbers = itertools.count(1)


def new_mac() -> str:
    """Returns a MAC address that the lab has not seen, or not for long."""
    return mac(0x100 + next(numbers) % 100)


def mac(number: int) -> str:
    return f"00:16:3e:00:{number >> 8:02x}:{number & 255:02x}"


@dataclass
class Job:
    """Files to get from one of the site's servers; one or two of them."""

    server: str
    files: list[str]
    is_large: bool = False  # more than libxenguest would take

    @property
    def scheme(self) -> str:
        return "http" if self.server == "nginx" else "tftp"

    def urls(self, site: Site) -> list[str]:
        address = site.servers[self.server].address
        return [f"{self.scheme}://{address}/{file}" for file in self.files]


class Client:
    """One contestant: a name, and the command for a job."""

    def __init__(self, name: str, command: Callable[[Site, Job, Path], list[str]],
                 program: str, prepare: Callable[[Site], None] | None = None) -> None:
        self.name = name
        self.command = command
        self.program = program
        self.prepare = prepare or (lambda site: None)

    @property
    def is_ours(self) -> bool:
        return self.name.startswith(OURS)

    def missing(self) -> str | None:
        return None if shutil.which(self.program) else \
            f"{self.program} is not installed"

    def directory(self, site: Site) -> Path:
        """Makes an empty directory for what this client writes."""
        path = site.directory / "out" / self.name.replace(" ", "-")
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def run(self, site: Site, job: Job, compare: bool, limit: float = LIMIT) -> Run:
        """Runs it once; a result of the wrong size is a failure, and if asked
        to compare, one with a wrong byte."""
        self.prepare(site)
        directory = self.directory(site)
        argv = self.command(site, job, directory)
        server = site.servers[job.server]
        seen = [server.cpu()]
        done = Process(argv).wait(limit, server.forgets and TICK or None,
                                  lambda _: seen.append(server.cpu()))
        seen.append(server.cpu())
        done.server_cpu = max(seen) - seen[0]
        if not done.failure:
            done.failure = check(site, job, directory, compare)
        shutil.rmtree(directory)
        return done


def check(site: Site, job: Job, directory: Path, compare: bool) -> str | None:
    """Says what is wrong with what a client wrote: kernel*, then ramdisk*."""
    got = sorted(p for p in directory.iterdir() if p.name != "result")
    if len(got) != len(job.files):
        return f"it wrote {len(got)} files, not {len(job.files)}"
    for path, file in zip(got, job.files):
        served = site.tree / file
        if path.stat().st_size != served.stat().st_size:
            return f"{file} has {path.stat().st_size} bytes"
        if compare and not filecmp.cmp(path, served, shallow=False):
            return f"{file} has wrong bytes"
    return None


# ---- lwpxeboot

def our_command(directory: Path, address: str, *options: str,
                binary: Path = BINARY) -> list[str]:
    result = directory / "result"
    result.touch()
    return [str(binary), f"--vif=mac={address}", f"--output={result}",
            "--output-format=simple0", f"--output-directory={directory}",
            "--menu=no", "--preflight=no", *options]


def our_transfer(site: Site, job: Job, directory: Path) -> list[str]:
    """DHCP with a lease that the server knows, and the files that xl.cfg
    names; no configuration."""
    words = zip(("kernel", "ramdisk"), job.urls(site))
    return our_command(directory, mac(1), *(f"--{w}={url}" for w, url in words),
                       binary=LARGE if job.is_large else BINARY)


def our_boot(site: Site, job: Job, directory: Path) -> list[str]:
    """All that a new guest does; job.files must be what the tree boots."""
    return our_command(directory, new_mac())


def boot_config(kernel: str, initrd: str | None = None) -> str:
    """A configuration that boots these names or URLs."""
    return ("DEFAULT linux\nLABEL linux\n"
            f"  KERNEL {kernel}\n" + (f"  INITRD {initrd}\n" if initrd else ""))


def ours(whole_boot: bool = False) -> Client:
    return Client(OURS, our_boot if whole_boot else our_transfer, str(BINARY))


# ---- its peers

def curl(blksize: int = 1468) -> Client:
    def command(site: Site, job: Job, directory: Path) -> list[str]:
        url, = job.urls(site)
        return ["curl", "-s", "-S", "-f", "--tftp-blksize", str(blksize), "-o",
                str(directory / "kernel"), url]
    return Client("curl", command, "curl")


def atftp(blksize: int = 1468, windowsize: int | None = None) -> Client:
    options = ["--option", f"blksize {blksize}"]
    if windowsize:
        options += ["--option", f"windowsize {windowsize}"]

    def command(site: Site, job: Job, directory: Path) -> list[str]:
        return ["atftp", *options, "--get", "--remote-file", job.files[0],
                "--local-file", str(directory / "kernel"),
                site.servers[job.server].address]
    return Client("atftp" + (f" window {windowsize}" if windowsize else ""),
                  command, "atftp")


def busybox_tftp(blksize: int = 1468) -> Client:
    def command(site: Site, job: Job, directory: Path) -> list[str]:
        return ["busybox", "tftp", "-g", "-b", str(blksize), "-l",
                str(directory / "kernel"), "-r", job.files[0],
                site.servers[job.server].address]
    return Client("busybox tftp" + (f" -b {blksize}" if blksize != 1468 else ""),
                  command, "busybox")


def busybox_wget() -> Client:
    def command(site: Site, job: Job, directory: Path) -> list[str]:
        url, = job.urls(site)
        return ["busybox", "wget", "-q", "-O", str(directory / "kernel"), url]
    return Client("busybox wget", command, "busybox")


UDHCPC = ["busybox", "udhcpc", "-i", CLIENT, "-n", "-q", "-f", "-s", "/bin/true"]


def renew_client(site: Site) -> None:
    """Gives udhcpc's interface a new MAC address."""
    site.lab.dom0.run("ip", "link", "set", CLIENT, "address", new_mac(), "up")


def chain(transfer: str = "tftp") -> Client:
    """What a script does: a lease, then one file after the other, by tftp or
    wget."""
    def command(site: Site, job: Job, directory: Path) -> list[str]:
        words = [" ".join(UDHCPC)]
        for local, file, url in zip(("kernel", "ramdisk"), job.files,
                                    job.urls(site)):
            to = directory / local
            words.append(
                f"busybox wget -q -O {to} {url}" if transfer == "wget" else
                f"busybox tftp -g -b 1468 -l {to} -r {file} "
                f"{site.servers[job.server].address}")
        return ["busybox", "sh", "-e", "-c", "\n".join(words)]
    return Client(f"udhcpc + busybox {transfer}", command, "busybox", renew_client)
