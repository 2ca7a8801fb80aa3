# SPDX-License-Identifier: BSD-3-Clause
"""A boot server made for one test: scripted DHCP, and TFTP of a small tree."""

from __future__ import annotations

import collections
import contextlib
import threading
import time
from pathlib import Path
from typing import Iterator, Mapping

from dhcpd import Dhcpd, Script, lease
from lab import SERVER, Lab
from libxl import Outcome
from tftpd import BLKSIZE_ASKED, File, Refused, Tftpd, Transfer, Tree

KERNEL = b"kernel" * 1000
RAMDISK = b"ramdisk" * 2000
CONFIG = b"""\
default linux
label linux
  kernel vmlinuz
  append initrd=initrd.gz quiet
"""
ARGS = "BOOT_IMAGE=vmlinuz initrd=initrd.gz quiet"
ARGS_AND_CONSOLE = f"{ARGS} console=hvc0"

# The smallest tree that boots, with a kernel and a ramdisk.
TREE: Mapping[str, File] = {
    "pxelinux.cfg/default": CONFIG,
    "vmlinuz": KERNEL,
    "initrd.gz": RAMDISK,
}


def assert_booted(outcome: Outcome) -> None:
    """The boot was of the tree's own entry, and libxl has all of it."""
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == KERNEL
    assert outcome.ramdisk == RAMDISK
    assert outcome.args == ARGS
    assert outcome.left == []


def tree_with(config: bytes, **files: File) -> dict[str, File]:
    """Returns the tree with another configuration, and with more files."""
    return {**TREE, "pxelinux.cfg/default": config, **files}


def write_tree(directory: Path) -> Path:
    """Puts the tree below `directory`, for a server that reads files."""
    for name, content in TREE.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return directory


def slow(content: bytes, delay: float) -> File:
    """A file that comes with a pause before each block."""
    def script(transfer: Transfer) -> None:
        transfer.offer(blksize=BLKSIZE_ASKED, tsize=len(content))
        for block in range(1, len(content) // BLKSIZE_ASKED + 2):
            time.sleep(delay)
            transfer.put_blocks(content, BLKSIZE_ASKED, block, block)
    return script


def unannounced(content: bytes) -> File:
    """A file whose size the server does not tell, for who takes it or not."""
    def script(transfer: Transfer) -> None:
        transfer.offer(blksize=BLKSIZE_ASKED)
        with contextlib.suppress(Refused):
            transfer.put_blocks(content, BLKSIZE_ASKED)
    return script


class Stall:
    """A file that is announced and begun, and then nothing more comes."""

    def __init__(self) -> None:
        self.reached = threading.Event()

    def __call__(self, transfer: Transfer) -> None:
        transfer.offer(blksize=BLKSIZE_ASKED, tsize=10 * BLKSIZE_ASKED)
        transfer.put_blocks(bytes(2 * BLKSIZE_ASKED), BLKSIZE_ASKED, last=1)
        self.reached.set()

    def wait(self) -> None:
        assert self.reached.wait(10), "nobody asked for the file"


class TreeAt(Tree):
    """A tree whose files come from the address that was asked."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def run(self, transfer: Transfer) -> None:
        transfer.socket = transfer.open(self.address)
        super().run(transfer)


@contextlib.contextmanager
def tftp(lab: Lab, files: Mapping[str, File] = TREE,
         address: str = SERVER) -> Iterator[Tree]:
    """Serves the files to everybody at one address of the lab's server."""
    tree = TreeAt(address)
    tree.files.update(files)
    server = Tftpd(lab.server, address,
                   trees=collections.defaultdict(lambda: tree))
    try:
        yield tree
    finally:
        server.close()
    tree.check()


@contextlib.contextmanager
def served(lab: Lab, script: Script | None = None,
           files: Mapping[str, File] = TREE) -> Iterator[tuple[Dhcpd, Tree]]:
    """Serves DHCP and TFTP; the usual lease if there is no script."""
    with Dhcpd(lab.server, script or lease()) as dhcp, \
            tftp(lab, files) as tree:
        yield dhcp, tree
