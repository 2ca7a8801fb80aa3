# SPDX-License-Identifier: BSD-3-Clause
"""A Dom0 whose disk is small, full or read-only, and servers that fill it; row 8
of tests/bugclasses.md.

After each failure the disk has as much room as before.
"""

import contextlib
import itertools
import os

import pytest

from bootserver import TREE, assert_booted, served, tree_with, unannounced
from hostile import VIF, assert_safe, small_disk, used
from lab import lab_of_module
from libxl import boot
from tftpd import BLKSIZE_ASKED, Refused, ack, data, oack

PAGE = 4096
ADVICE = "free some space in --output-directory"
FOUR = b"default x\nlabel x\nkernel vmlinuz\ninitrd " + b"initrd.gz," * 40 + b"end\n"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with lab_of_module(tmp_path_factory) as made:
        made.disks = itertools.count()
        yield made


@contextlib.contextmanager
def disk(lab, options):
    """A small disk; whatever happens on it, it must be empty afterwards."""
    mounted = small_disk(lab, options, f"disk{next(lab.disks)}")
    yield mounted
    lab.dom0.run("umount", "-l", lab.directory / mounted.name)


def endless(announced=None):
    """A file of which there always is more."""
    def script(transfer):
        with contextlib.suppress(Refused):
            if announced:
                transfer.offer(blksize=BLKSIZE_ASKED, tsize=announced)
            size = BLKSIZE_ASKED if announced else 512
            for number in range(1, 1 << 20):
                transfer.put(data(number, bytes(size)), ack(number))
    return script


def of_tree(**files):
    return {**{name: unannounced(f) for name, f in TREE.items()}, **files}


FULL = {
    # name: (room, what the server has, what is in the last line)
    "no room at all": ("size=4k", of_tree(), ""),  # the first to end is told
    "no room for the ramdisk": ("size=12k", of_tree(), "initrd initrd.gz"),
    "one byte too many": ("size=8k", of_tree(
        vmlinuz=unannounced(bytes(2 * PAGE + 1)),
        **{"pxelinux.cfg/default": b"default vmlinuz\n"}), "kernel vmlinuz"),
    "endless kernel": ("size=1m", of_tree(vmlinuz=endless()), "kernel vmlinuz"),
    "endless ramdisk": ("size=1m", of_tree(**{"initrd.gz": endless()}),
                        "initrd initrd.gz"),
    "announced and too large": ("size=1m", of_tree(vmlinuz=endless(900 << 20)),
                                "kernel and ramdisk take at least 943.7 MB"),
    "both endless": ("size=1m", of_tree(vmlinuz=endless(1 << 30),
                                        **{"initrd.gz": endless(1 << 30)}),
                     "kernel and ramdisk take"),
    "forty ramdisks": ("size=300k", of_tree(**{
        "pxelinux.cfg/default": FOUR, "end": unannounced(b"end")}), "initrd initrd.gz"),
}


@pytest.mark.parametrize("case", FULL)
@pytest.mark.parametrize("link", ["tap", "packet"])
def test_row08_disk_gets_full(lab, case, link):
    room, files, name = FULL[case]
    with disk(lab, room) as small, served(lab, files=files):
        if case == "no room at all":
            (small / "ballast").write_bytes(bytes(PAGE))
        before = used(small)
        outcome = assert_safe(boot(lab, VIF, f"--link={link}", directory=small), 14)
        assert used(small) <= before + PAGE  # what libxl's own part takes
    assert outcome.last_line.startswith(f"lwpxeboot: {name}"), outcome.last_line
    assert outcome.last_line.endswith(
        "or memory if it is a tmpfs" if "take" in name else ADVICE)


@pytest.mark.parametrize("size, status", [(2 * PAGE, 0), (2 * PAGE - 1, 0),
                                          (2 * PAGE + 1, 14)])
def test_row08_disk_holds_exactly_what_it_can(lab, size, status):
    """And a result of one page beside it."""
    kernel = os.urandom(size)
    files = of_tree(vmlinuz=unannounced(kernel),
                    **{"pxelinux.cfg/default": b"default vmlinuz\n"})
    with disk(lab, f"size={3 * PAGE}") as small, served(lab, files=files):
        outcome = assert_safe(boot(lab, VIF, directory=small), status)
    assert status or outcome.kernel == kernel


@pytest.mark.parametrize("inodes", [4, 3])
def test_row08_disk_has_no_file_to_give(lab, inodes):
    """The root, the result, the directory; then for the kernel, and none for the
    ramdisk.  When libxl has removed its own, the root is left."""
    with disk(lab, f"nr_inodes={inodes}") as small:
        outcome = assert_safe(boot(lab, VIF, directory=small), 14)
        assert os.statvfs(small).f_ffree == inodes - 1
    assert outcome.last_line.startswith(
        "lwpxeboot: no file can be created in the output directory: ")


def test_row08_disk_is_read_only(lab):
    at = lab.directory / "read-only"
    at.mkdir()
    lab.dom0.run("mount", "-t", "tmpfs", "-o", "ro", "none", at)
    outcome = assert_safe(boot(lab, VIF, f"--output-directory={at}"), 13)
    assert "read-only file system" in outcome.last_line
    outcome = assert_safe(boot(lab, VIF, f"--output={at}/result"), 13)
    assert "the result file" in outcome.last_line
    lab.dom0.run("umount", at)


@pytest.mark.parametrize("form", ["simple0", "simple", "sxp"])
def test_row08_disk_of_the_result_is_full(lab, form):
    """All is there, and cannot be told: nothing may stay."""
    with served(lab, files=TREE), disk(lab, "size=1m") as small:
        outcome = assert_safe(boot(
            lab, VIF, "--output=/dev/full", f"--output-format={form}",
            directory=small), 14)
    assert outcome.last_line.startswith("lwpxeboot: the result cannot be written: ")


def test_row08_disk_is_filled_by_somebody_else(lab):
    """In the middle of the download."""
    with disk(lab, "size=1m") as small:
        def fill(transfer):
            with contextlib.suppress(Refused):
                transfer.offer(blksize=512)
                for number in range(1, 2000):
                    transfer.put(data(number, bytes(512)), ack(number))
                    if number == 300:
                        with contextlib.suppress(OSError), \
                                open(small / "ballast", "wb", 0) as ballast:
                            while ballast.write(bytes(PAGE)):
                                pass
        with served(lab, files=of_tree(vmlinuz=fill)):
            outcome = assert_safe(boot(lab, VIF, directory=small), 14)
        os.unlink(small / "ballast")
        assert used(small) <= PAGE
    assert outcome.last_line.endswith(ADVICE)


def test_row08_disk_is_large_enough(lab):
    """The same with room: all of it boots."""
    with disk(lab, "size=1m") as small, served(lab, files=tree_with(TREE[
            "pxelinux.cfg/default"])):
        assert_booted(assert_safe(boot(lab, VIF, directory=small), 0))


def test_row08_disk_announced_by_many_at_the_same_time(lab):
    """Each within the limit, and all together not: the ramdisk is one file.  A
    disk that is large enough takes no memory as long as it is empty."""
    def large(transfer):
        transfer.send(oack(blksize=BLKSIZE_ASKED, tsize=700 << 20))
        transfer.collect(1)
    files = of_tree(**{"initrd.gz": large, "pxelinux.cfg/default": FOUR,
                       "end": unannounced(b"end")})
    with disk(lab, "size=8g") as small, served(lab, files=files):
        outcome = assert_safe(boot(lab, VIF, "--timeout=5", directory=small), 36)
        assert used(small) <= PAGE
    assert "too large" in outcome.last_line
