# SPDX-License-Identifier: BSD-3-Clause
"""The programs as they are shipped on whole machines of other architectures:
emulated ones with Debian's kernels, of which arm64's also runs armv7's program."""

import json
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

import pytest

import machine
from bootserver import ARGS, RAMDISK, TREE
from processes import RUNGS
from targets import TOP

KERNEL_SIZE = 1 << 20


@dataclass(frozen=True)
class Machine:
    name: str
    qemu: tuple[str, ...]
    console: str
    magic: bytes     # of a kernel, arm64/booting.rst and riscv/boot-image-header.rst

    @property
    def kernel(self) -> bytes:
        """The smallest one that passes for one: two instructions, an offset, its
        size, flags, and the magic."""
        return struct.pack("<8xQQQQQQ4s4x", 0, KERNEL_SIZE, 0, 0, 0, 0,
                           self.magic).ljust(KERNEL_SIZE, b"k")


ARM64 = Machine("aarch64", ("qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57"),
                "ttyAMA0", b"ARMd")
RISCV64 = Machine("riscv64", ("qemu-system-riscv64", "-M", "virt"), "ttyS0", b"RSC\5")
PROGRAMS = {"aarch64": ARM64, "armv7": ARM64, "riscv64": RISCV64}


def run_machine(which: Machine, folder: Path) -> dict[str, bytes]:
    tree = folder / "tree"
    for name, content in {**TREE, "vmlinuz": which.kernel}.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(content)
    packages = TOP / f"build/cache/machine-{which.name}"
    programs = {f"lwpxeboot-{target}": TOP / f"build/{target}/lwpxeboot"
                for target, runs_it in PROGRAMS.items() if runs_it is which}
    initramfs = machine.build_initramfs(packages, programs, tree, folder)
    kernel, = packages.glob("boot/vmlinu[xz]-*")
    return machine.run([*which.qemu, "-m", "512"], kernel, initramfs, tree,
                       which.console, folder)


@pytest.fixture(name="run", scope="module")
def runs(tmp_path_factory):
    """Runs each machine once, when it is wanted."""
    reports = {}

    def report_on(which: Machine) -> dict[str, bytes]:
        if not shutil.which(which.qemu[0]):
            pytest.skip(f"there is no {which.qemu[0]} here")
        if which not in reports:
            reports[which] = run_machine(which, tmp_path_factory.mktemp(which.name))
        return reports[which]
    return report_on


each_program = pytest.mark.parametrize("program", PROGRAMS)
each_link = pytest.mark.parametrize("link", ["tap", "packet"])


@each_program
@each_link
def test_guest_boots(run, program, link):
    report, prefix = run(PROGRAMS[program]), f"./lwpxeboot-{program}/{link}"
    log = report[f"{prefix}/log"].decode()
    assert report[f"{prefix}/status"] == b"0\n", log
    assert f"on xenbr0, by {link}" in log
    files = [name for name in report if name.startswith(f"{prefix}/files/")]
    kernel, ramdisk = sorted(files)
    assert report[kernel] == PROGRAMS[program].kernel
    assert report[ramdisk] == RAMDISK
    items = report[f"{prefix}/result"].decode().split("\0")
    assert items[0].startswith("kernel ") and items[0].endswith(kernel.split("/")[-1])
    assert items[1].startswith("ramdisk ") and items[1].endswith(ramdisk.split("/")[-1])
    assert items[2] == f"args {ARGS} console=hvc0"


@each_program
@each_link
def test_jail_has_all_its_rungs(run, program, link):
    log = run(PROGRAMS[program])[f"./lwpxeboot-{program}/{link}/log"].decode()
    assert f"Jail: {' '.join(RUNGS)}\n" in log.replace("\r", "")
    assert "seccomp" in RUNGS


@each_program
@pytest.mark.parametrize("answer", ["tap/explained", "packet/explained", "tree"])
def test_boot_is_explained(run, program, answer):
    reply = json.loads(run(PROGRAMS[program])[f"./lwpxeboot-{program}/{answer}.json"])
    assert reply["error"] is None
    assert reply["jail"] == {"held": RUNGS, "missing": []}
    assert reply["kernel"]["size"] == KERNEL_SIZE
    assert reply["cmdline"]["text"] == f"{ARGS} console=hvc0"
