# SPDX-License-Identifier: BSD-3-Clause
"""Kernels beside Debian's: the small guest, in every packing that Linux comes in.

libxl takes of a bzImage what the header's payload_offset and payload_length
name, an ELF file in one of several packings, and nothing else.  So the header
of Debian's kernel with another payload behind it is a kernel for libxl, though
no machine could boot it.  See Documentation/arch/x86/boot.rst of Linux.
"""

import struct
import subprocess
from pathlib import Path

from debs import run

HERE = Path(__file__).resolve().parent

# The program of each, and whether Linux' build puts the size of what is packed
# behind it; gzip has it itself.
PACKERS = {
    "gzip": (["gzip", "-n"], False),
    "bzip2": (["bzip2"], True),
    "lzma": (["xz", "--format=lzma"], True),
    "xz": (["xz", "--check=crc32"], True),
    "lzo": (["lzop"], True),
    "lz4": (["lz4", "-l"], True),
    "zstd": (["zstd"], True),
}
SETUP_SECTS = 0x1f1
PAYLOAD = 0x248


def make(image: Path, folder: Path) -> None:
    """Put the small guest into FOLDER, as three ELF files and in every packing.

    IMAGE is a bzImage, whose header the packed ones get.
    """
    build(folder / "small", "-DRELEASE=\"small\"")
    build(folder / "another", "-DRELEASE=\"another\"")
    build(folder / "no-pvh", "-DRELEASE=\"no-pvh\"", "-DNO_PVH")
    # Xen unpacks only gzip where not a bzImage, but all of it is packed.
    (folder / "whole").write_bytes(squeeze((folder / "small").read_bytes(), "xz"))
    for packing in PACKERS:
        (folder / packing).write_bytes(pack(image.read_bytes(),
                                            (folder / "small").read_bytes(), packing))


def build(program: Path, *defines: str) -> None:
    """Compile the small guest."""
    run("gcc", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-nostdlib",
        "-static", "-no-pie", "-fno-pic", "-fno-stack-protector", "-fcf-protection=none",
        "-mno-red-zone", "-mgeneral-regs-only", "-fno-asynchronous-unwind-tables",
        "-Wl,-Ttext-segment=0x100000,--build-id=none,-z,max-page-size=4096,-e,enter_pv", "-s",
        *defines, str(HERE / "small/entry.S"), str(HERE / "small/main.c"), "-o", str(program))


def squeeze(data: bytes, packing: str) -> bytes:
    """Return DATA packed by a program of PACKERS."""
    return subprocess.run([*PACKERS[packing][0], "-c"], input=data, stdout=subprocess.PIPE,
                          check=True).stdout


def pack(image: bytes, elf: bytes, packing: str) -> bytes:
    """Return the bzImage with ELF as its payload, packed by a program of PACKERS."""
    payload = squeeze(elf, packing)
    if PACKERS[packing][1]:
        payload += struct.pack("<I", len(elf))
    head = bytearray(image[:(image[SETUP_SECTS] + 1) * 512])
    struct.pack_into("<II", head, PAYLOAD, 0, len(payload))
    return bytes(head) + payload
