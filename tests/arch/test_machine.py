# SPDX-License-Identifier: BSD-3-Clause
"""The programs as they are shipped on a whole machine of another architecture: an
emulated one with Debian's kernel for arm64, which also runs armv7's."""

import hashlib
import json
import shutil
import struct

import pytest

import machine
from bootserver import ARGS, RAMDISK, TREE
from processes import RUNGS
from targets import TOP

PACKAGES = TOP / "build/cache/machine-aarch64"
QEMU = ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57", "-m", "512"]
PROGRAMS = {"lwpxeboot-aarch64": "aarch64", "lwpxeboot-armv7": "armv7"}
KERNEL_SIZE = 1 << 20
# arm64/booting.rst: two instructions, an offset, the size, flags, and a magic.
KERNEL = struct.pack("<IIQQQQQQ4sI", 0xfa405a4d, 0x14000000, 0, KERNEL_SIZE, 10, 0, 0,
                     0, b"ARMd", 0x40).ljust(KERNEL_SIZE, b"k")


@pytest.fixture(name="report", scope="module")
def run_machine(tmp_path_factory):
    if not shutil.which("qemu-system-aarch64"):
        pytest.skip("there is no qemu-system-aarch64 here")
    folder = tmp_path_factory.mktemp("machine")
    tree = folder / "tree"
    for name, content in {**TREE, "vmlinuz": KERNEL}.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(content)
    programs = {name: TOP / f"build/{target}/lwpxeboot"
                for name, target in PROGRAMS.items()}
    initramfs = machine.build_initramfs(PACKAGES, programs, tree, folder)
    kernel, = PACKAGES.glob("boot/vmlinuz-*")
    return machine.run(QEMU, kernel, initramfs, tree, "ttyAMA0", folder)


each_program = pytest.mark.parametrize("program", PROGRAMS)
each_link = pytest.mark.parametrize("link", ["tap", "packet"])


@each_program
@each_link
def test_guest_boots(report, program, link):
    prefix = f"./{program}/{link}"
    log = report[f"{prefix}/log"].decode()
    assert report[f"{prefix}/status"] == b"0\n", log
    assert f"on xenbr0, by {link}" in log
    files = [name for name in report if name.startswith(f"{prefix}/files/")]
    kernel, ramdisk = sorted(files)
    assert hashlib.sha256(report[kernel]).digest() == hashlib.sha256(KERNEL).digest()
    assert report[ramdisk] == RAMDISK
    items = report[f"{prefix}/result"].decode().split("\0")
    assert items[0].startswith("kernel ") and items[0].endswith(kernel.split("/")[-1])
    assert items[1].startswith("ramdisk ") and items[1].endswith(ramdisk.split("/")[-1])
    assert items[2] == f"args {ARGS} console=hvc0"


@each_program
@each_link
def test_jail_has_all_its_rungs(report, program, link):
    log = report[f"./{program}/{link}/log"].decode()
    assert f"Jail: {' '.join(RUNGS)}\n" in log.replace("\r", "")
    assert "seccomp" in RUNGS


@each_program
@pytest.mark.parametrize("answer", ["tap/explained", "packet/explained", "tree"])
def test_boot_is_explained(report, program, answer):
    reply = json.loads(report[f"./{program}/{answer}.json"])
    assert reply["error"] is None
    assert reply["jail"] == {"held": RUNGS, "missing": []}
    assert reply["kernel"]["size"] == KERNEL_SIZE
    assert reply["cmdline"]["text"] == f"{ARGS} console=hvc0"
