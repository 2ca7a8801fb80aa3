# SPDX-License-Identifier: BSD-3-Clause
"""The machines that the program is built for, and how their programs run here."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Target:
    name: str
    elf: str          # what readelf calls it
    bits: int
    audit: int        # AUDIT_ARCH_* of linux/audit.h: e_machine, and two bits
    qemu: str

    @property
    def out(self) -> Path:
        return TOP / "build" / self.name

    def run(self, *argv: object, **keywords) -> subprocess.CompletedProcess:
        """Runs one of its programs, by emulation where this kernel cannot."""
        return subprocess.run([*self.emulator, *map(str, argv)], cwd=TOP,
                              capture_output=True, text=True, timeout=300,
                              **keywords)

    @property
    def emulator(self) -> list[str]:
        return [] if self.is_native else [self.qemu]

    @property
    def is_native(self) -> bool:
        try:
            return subprocess.run([self.out / "tiny/lwpxeboot", "--version"],
                                  capture_output=True).returncode == 0
        except OSError:
            return False


LITTLE_64, LITTLE_32 = 0xc0000000, 0x40000000
XEN = [
    Target("aarch64", "AArch64", 64, LITTLE_64 | 183, "qemu-aarch64-static"),
    Target("armv7", "ARM", 32, LITTLE_32 | 40, "qemu-arm-static"),
    Target("i386", "Intel 80386", 32, LITTLE_32 | 3, "qemu-i386-static"),
    Target("riscv64", "RISC-V", 64, LITTLE_64 | 243, "qemu-riscv64-static"),
    # Built with clang here; gcc's is what all other tests are of.
    Target("x86_64", "Advanced Micro Devices X86-64", 64, LITTLE_64 | 62,
           "qemu-x86_64-static"),
]
BIG_ENDIAN = Target("s390x", "IBM S/390", 64, 0, "qemu-s390x-static")


def by_name(targets: list[Target]):
    """A test for each of them."""
    return pytest.mark.parametrize("target", targets, ids=lambda t: t.name)


def skip_without_builds() -> None:
    if shutil.which("apt-get") is None:
        pytest.skip("the cross compilers are Debian's, and there is no apt-get here")
