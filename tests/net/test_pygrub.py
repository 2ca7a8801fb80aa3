# SPDX-License-Identifier: BSD-3-Clause
"""LOCALBOOT with the pygrub of Debian's Xen, on a disk with a file system."""

import fcntl
import os
import platform
import shutil
import subprocess
import sys

import pytest

from bootserver import served, tree_with
from lab import MAC, TOP
from libxl import boot
from processes import run_plain, running

sys.path.append(str(TOP / "tests/xen"))

import debs  # noqa: E402

VIF = f"--vif=mac={MAC},bridge=xenbr0"
TREE = tree_with(b"default disk\nlabel disk\n localboot 0\n")
MENU_LST = """\
default 0
timeout 60
title The first
root (hd0)
kernel /boot/vmlinuz ro root=/dev/xvda
initrd /boot/initrd
title The second
root (hd0)
kernel /boot/other single
"""


@pytest.fixture(scope="module", name="root")
def xen_root():
    """Where tests/xen unpacks Xen's packages, too."""
    for tool in "apt-get", "dpkg-deb", "mke2fs":
        if platform.machine() != "x86_64" or not shutil.which(tool):
            pytest.skip(f"pygrub comes as a Debian package for x86_64, and {tool} "
                        "is needed")
    debs.CACHE.mkdir(parents=True, exist_ok=True)
    with open(debs.CACHE / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return debs.unpack("4.17")
        except debs.NoPackages as error:
            pytest.skip(str(error))


@pytest.fixture(scope="module", name="pygrub")
def pygrub_of(root):
    """Options that name it, and what its libraries need to be found."""
    [program] = root.glob("usr/lib/xen-[0-9]*/bin/pygrub")
    [own] = program.parent.parent.glob("lib/*-linux-gnu")
    path = f"{root}/usr/lib/{own.name}:{own}"
    return (f"--local-bootloader={program}",
            ("env", f"LD_LIBRARY_PATH={path}",
             f"XEN_FSIMAGE_FSDIR={own}/xenfsimage"))


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A guest's disk, without partitions."""
    directory = tmp_path_factory.mktemp("disk")
    files = {"grub/menu.lst": MENU_LST, "vmlinuz": "a kernel\n",
             "initrd": "a ramdisk\n", "other": "another kernel\n"}
    for name, content in files.items():
        path = directory / "tree/boot" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    subprocess.run(["mke2fs", "-q", "-t", "ext2", "-d", directory / "tree",
                    directory / "disk.img", "2M"], check=True)
    return str(directory / "disk.img")


@pytest.mark.parametrize("restrict", [None, 4711], ids=["plain", "restricted"])
def test_guest_boots_from_its_disk(lab, pygrub, disk, restrict):
    """And pygrub takes --runas= and --quiet, without which it refuses that."""
    option, words = pygrub
    with served(lab, files=TREE):
        outcome = boot(lab, VIF, option, *([] if restrict else ["-q"]),
                       args="from=xl.cfg", disk=disk, restrict=restrict,
                       wrapper=words)
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == b"a kernel\n"
    assert outcome.ramdisk == b"a ramdisk\n"
    assert outcome.args == "ro root=/dev/xvda from=xl.cfg"
    assert outcome.left == []


def test_somebody_chooses_in_pygrub_s_menu(lab, pygrub, disk):
    """It has the terminal as libxl gave it, behind a menu of ours."""
    option, words = pygrub
    tree = tree_with(b"ui menu.c32\nlabel disk\n menu label From the disk\n"
                     b" localboot 0\n")
    with served(lab, files=tree), \
            running(lab, VIF, option, disk=disk, wrapper=words, menu=None,
                    size=(24, 80)) as bootloader:
        bootloader.wait_for_text("From the disk")
        os.write(bootloader.master, b"\r")
        bootloader.wait_for_text("The second")
        os.write(bootloader.master, b"\x1bOB\r")
        outcome = bootloader.finish()
    assert outcome.status == 0, outcome.lines
    assert (outcome.kernel, outcome.args) == (b"another kernel\n", "single")
    assert outcome.left == []


def test_xapi_reads_pygrub_s_lines(lab, pygrub, disk):
    option, words = pygrub
    directory = lab.directory / "out"
    directory.mkdir()
    environment = dict(word.split("=", 1) for word in words[1:])
    with served(lab, files=TREE):
        done = run_plain(lab, "-q", "--vm", "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
                         f"--output-directory={directory}", VIF, option, disk,
                         env={"PATH": "/usr/sbin:/usr/bin", **environment})
    assert done.returncode == 0, done
    words = [line.split(" ")[0] for line in done.stdout.decode().splitlines()]
    assert words == ["kernel", "ramdisk", "args", ""]


def test_disk_that_cannot_be_booted_is_pygrub_s_error(lab, pygrub):
    option, words = pygrub
    with served(lab, files=TREE):
        outcome = boot(lab, VIF, option, "-q", wrapper=words)
    assert (outcome.status, outcome.result) == (1, b"")
    assert "Unable to find partition containing kernel" in outcome.console.decode()
