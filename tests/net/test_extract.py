# SPDX-License-Identifier: BSD-3-Clause
"""What this Xen cannot unpack is unpacked for it: the result names the kernel
inside, byte for byte."""

import mmap
import random
from contextlib import contextmanager

import pytest

from bootserver import TREE, served, tree_with
from kernels import (PACKERS, PV, PVH, arm64_image, bzimage, elf, number, pack,
                     payload, uki, zboot)
from lab import MAC
from libxl import boot
from xenstored import answer_from, xenstored

VIF = f"--vif=mac={MAC},bridge=xenbr0"
BODY = bytes(range(256)) * 5000
KERNEL = elf(PVH, body=BODY)
NOISE = random.Random(1).randbytes(50_000)


def run(lab, kernel, *options, **files):
    with served(lab, files={**TREE, "vmlinuz": kernel, **files}):
        return boot(lab, VIF, *options, preflight=True)


@contextmanager
def xen(lab, minor):
    """A Dom0 of Xen 4.minor."""
    lab.dom0.run("mount", "-t", "tmpfs", "none", "/sys")
    try:
        lab.dom0.run("sh", "-c", "mkdir -p /sys/hypervisor/version && "
                     f"cd /sys/hypervisor/version && echo 4 >major && "
                     f"echo {minor} >minor")
        yield
    finally:
        lab.dom0.run("umount", "/sys")


# ---- looking inside

@pytest.mark.parametrize("tool", PACKERS)
def test_bzimage_without_a_pvh_entry_is_refused(lab, tool):
    kernel = bzimage(payload(tool, elf(*PV, body=BODY)))
    with xenstored(lab, answer_from({"/libxl/7/type": b"pvh"})):
        outcome = run(lab, kernel)
    assert outcome.status == 38
    assert outcome.last_line == (
        'lwpxeboot: the kernel vmlinuz, unpacked, has no PVH entry (ELF note 18); '
        'use type="pv" or a kernel with CONFIG_PVH')
    assert outcome.result == b"" and outcome.left == []


@pytest.mark.parametrize("tool", PACKERS)
def test_what_xen_can_unpack_is_left_alone(lab, tool):
    kernel = bzimage(payload(tool, KERNEL))
    outcome = run(lab, kernel)
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == kernel


@pytest.mark.parametrize("content, words", [
    (bzimage(payload("xz", b"x" * 5000)), ", unpacked, is no kernel that Xen knows"),
    (bzimage(payload("gzip", arm64_image(BODY))), ", unpacked, is for another kind"),
    (pack("gzip", b"<!DOCTYPE html><title>404</title>"), ", unpacked, is a web page"),
    (bzimage(payload("zstd", elf(PVH, body=BODY + NOISE)).replace(NOISE[:1000], b"")),
     " is compressed with zstd and damaged; copy it"),
    (uki(linux=bzimage(payload("gzip", elf()))), ", unpacked, has no Xen ELF notes"),
    (pack("gzip", pack("gzip", KERNEL)), " is compressed twice"),
], ids=["text", "arm", "page", "damaged", "uki", "twice"])
def test_what_is_wrong_inside_is_told(lab, content, words):
    outcome = run(lab, content, "--extract=no") if "twice" in words else \
        run(lab, content)
    assert outcome.status == 38
    assert f"lwpxeboot: the kernel vmlinuz{words}" in outcome.last_line
    assert outcome.result == b"" and outcome.left == []


def test_bombs_end_with_a_sentence(lab):
    """Ten GiB in some MiB, that seem to be a kernel, and do not."""
    for content, words in (
            (elf(PVH, body=bytes(200 << 20)), "not looked at: there is not enough "
                                              "memory"),
            (bytes(200 << 20), "is no kernel that Xen knows")):
        outcome = run(lab, bzimage(payload("zstd", content)))
        assert any(words in line for line in outcome.lines), outcome.lines


def test_packing_that_is_not_built_in_is_said(lab):
    kernel = bzimage(b"BZh9" + bytes(5000))
    outcome = run(lab, kernel)
    assert outcome.status == 0
    assert outcome.kernel == kernel
    assert any(line.endswith("what is inside is not looked at: what would unpack "
                             "it is not built in") for line in outcome.lines)


# ---- what this Dom0's Xen lacks

@pytest.mark.parametrize("tool, minor", [("zstd", 14), ("lz4", 3)])
def test_old_xen_gets_the_elf_file(lab, tool, minor):
    kernel = bzimage(payload(tool, KERNEL))
    with xen(lab, minor):
        outcome = run(lab, kernel)
        assert outcome.status == 0, outcome.lines
        assert outcome.kernel == KERNEL
        outcome = run(lab, kernel, "--extract=no")
        assert outcome.status == 38
        assert f"which Xen 4.{minor} cannot unpack" in outcome.last_line
    with xen(lab, minor + 1):
        outcome = run(lab, kernel)
        assert outcome.kernel == kernel


@contextmanager
def mapped(directory, *names):
    """Makes us, the toolstack, have files of these names mapped."""
    maps = []
    for name in names:
        path = directory / name
        path.write_bytes(bytes(4096))
        with path.open("rb") as file:
            maps.append(mmap.mmap(file.fileno(), 4096, prot=mmap.PROT_READ))
    try:
        yield
    finally:
        for m in maps:
            m.close()


def test_libxenguest_may_lack_a_library(lab, tmp_path):
    """As Debian's lacks LZO; what cannot be unpacked here either is refused."""
    zstd, lzo = bzimage(payload("zstd", KERNEL)), bzimage(b"\x89LZO" + bytes(5000))
    with mapped(tmp_path, "libxenguest.so.4.17.0", "libz.so.1.2.13"):
        outcome = run(lab, zstd)
        assert outcome.status == 0, outcome.lines
        assert outcome.kernel == KERNEL
        outcome = run(lab, lzo)
        assert outcome.status == 38
        assert outcome.last_line.endswith(
            "is compressed with LZO, which this Dom0's libxenguest was built "
            "without; build it with CONFIG_KERNEL_GZIP")
    with mapped(tmp_path, "libz.so.1.2.13"):  # of another toolstack
        assert run(lab, lzo).status == 0


# ---- what no Xen can boot

@pytest.mark.parametrize("tool", PACKERS)
def test_zboot_is_taken_apart(lab, tool):
    outcome = run(lab, zboot(tool, KERNEL))
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == KERNEL
    outcome = run(lab, zboot(tool, KERNEL), "--extract=no")
    assert "unpacks itself as an EFI program" in outcome.last_line


@pytest.mark.parametrize("tool", ["xz", "zstd", "lz4"])
def test_whole_files_are_unpacked(lab, tool):
    outcome = run(lab, pack(tool, KERNEL))
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == KERNEL


def test_unified_image_is_taken_apart(lab):
    bz = bzimage(payload("zstd", KERNEL))
    image = uki(osrel=b"ID=x\n", linux=bz, initrd=b"inner!", cmdline=b"x")
    outcome = run(lab, image)
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == bz
    # The entry's own archive comes behind, and the empty one in front.
    own = TREE["initrd.gz"]
    assert outcome.ramdisk[512:] == b"inner!\0\0" + own
    assert outcome.ramdisk[:6] == b"070701"
    assert " x" not in outcome.args  # it has an APPEND
    with xen(lab, 14):
        outcome = run(lab, image)
    assert outcome.kernel == KERNEL


@pytest.mark.parametrize("config, cmdline, args", [
    (b"default a\nlabel a\nkernel vmlinuz\n", b"quiet\nroot=/dev/x\0\0",
     "BOOT_IMAGE=vmlinuz quiet root=/dev/x console=hvc0"),
    (b"default a\nlabel a\nkernel vmlinuz\nappend mine\n", b"quiet",
     "BOOT_IMAGE=vmlinuz mine console=hvc0"),
    (b"default a\nlabel a\nkernel vmlinuz\n", b"", "BOOT_IMAGE=vmlinuz console=hvc0"),
])
def test_command_line_of_a_unified_image(lab, config, cmdline, args):
    image = uki(linux=bzimage(payload("gzip", KERNEL)), initrd=b"alone",
                cmdline=cmdline)
    with served(lab, files=tree_with(config, vmlinuz=image)):
        outcome = boot(lab, VIF, "--console=hvc0", preflight=True)
    assert outcome.status == 0, outcome.lines
    assert outcome.args == args
    assert outcome.ramdisk == b"alone"


def test_command_line_may_be_too_long_or_odd(lab):
    for cmdline in (b"x" * 9000, b"a\x1bb"):
        image = uki(linux=bzimage(payload("gzip", KERNEL)), cmdline=cmdline)
        files = tree_with(b"default a\nlabel a\nkernel vmlinuz\n", vmlinuz=image)
        with served(lab, files=files):
            outcome = boot(lab, VIF, preflight=True)
        assert outcome.status == 37, outcome.lines
        assert outcome.left == []


def test_large_ramdisk_moves_back(lab):
    own = b"".join(number(i, 4) for i in range(300_000))
    image = uki(linux=bzimage(payload("gzip", KERNEL)), initrd=BODY[:99_999])
    files = tree_with(b"default a\nlabel a\nkernel vmlinuz\ninitrd own\n", vmlinuz=image,
                      own=own)
    with served(lab, files=files):
        outcome = boot(lab, VIF, preflight=True)
    assert outcome.ramdisk[512:] == BODY[:99_999] + b"\0" + own


def test_always_means_the_innermost(lab):
    outcome = run(lab, uki(linux=pack("gzip", bzimage(payload("gzip", KERNEL)))),
                  "--extract=always")
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == KERNEL


def test_damage_behind_the_notes_is_found_when_it_is_taken_out(lab):
    content = elf(PVH, body=BODY, at=120)
    content = content[:120] + content[-20:] + content[140:] + bytes(2 << 20)
    packed = bytearray(payload("zstd", content))
    packed[len(packed) // 2] ^= 1
    with xen(lab, 14):
        outcome = run(lab, bzimage(bytes(packed)))
    assert outcome.status == 38
    assert "damaged" in outcome.last_line
    assert outcome.left == []


def test_no_room_for_what_is_taken_out(lab, tmp_path):
    kernel = bzimage(payload("zstd", elf(PVH, body=bytes(30 << 20))))
    with xen(lab, 14):
        outcome = run(lab, kernel, "--extract=auto")
        assert outcome.status == 0, outcome.lines
        assert len(outcome.kernel) > 30 << 20
