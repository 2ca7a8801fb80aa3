# SPDX-License-Identifier: BSD-3-Clause
"""Ramdisks: packed by the system's cpio, and unpacked as Linux and Xen do."""

from __future__ import annotations

import gzip
import lzma
import subprocess
import zlib
from pathlib import Path
from typing import Mapping

TRAILER = b"TRAILER!!!\0"
GZIP = b"\x1f\x8b"


def pack(directory: Path, files: Mapping[str, bytes]) -> bytes:
    """Returns an archive of the files, which ends with its last name: its size is
    odd, and nothing pads it."""
    names = []
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        names += [str(p.relative_to(directory)) for p in reversed(path.parents)
                  if directory in p.parents] + [name]
    done = subprocess.run(["cpio", "-o", "-H", "newc", "-R", "0:0", "--quiet"],
                          input="\n".join(dict.fromkeys(names)) + "\n", cwd=directory,
                          stdout=subprocess.PIPE, check=True, encoding="latin-1")
    packed = done.stdout.encode("latin-1")
    return packed[:packed.rindex(TRAILER) + len(TRAILER)]


def take_archive(data: bytes) -> int:
    """Returns how many bytes the archive at the start of `data` has."""
    at = 0
    while True:
        assert data[at:at + 6] == b"070701", data[at:at + 16]
        size, length = (int(data[at + n:at + n + 8], 16) for n in (54, 94))
        name = data[at + 110:at + 110 + length]
        at += 110 + length + -(110 + length) % 4
        at += size + -size % 4
        if name == TRAILER:
            return min(at, len(data))


def unpack(data: bytes, directory: Path) -> list[str]:
    """Unpacks a ramdisk as Linux does: unpack_to_rootfs() in init/initramfs.c.

    Zeros between archives are skipped, an archive that is not compressed begins at
    a multiple of four, and of two files of a name the later one stays.  Returns
    what the archives were.
    """
    at, kinds = 0, []
    directory.mkdir(exist_ok=True)
    while at < len(data):
        if data[at] == 0:
            at += 1
        elif data[at:at + 1] == b"0":
            assert at % 4 == 0, f"an archive begins at {at}"
            size = take_archive(data[at:])
            subprocess.run(["cpio", "-idu", "--quiet", "--no-absolute-filenames"],
                           input=data[at:at + size] + bytes(512), cwd=directory, check=True)
            kinds.append("cpio")
            at += size
        else:
            packer = zlib.decompressobj(31) if data[at:at + 2] == GZIP else \
                lzma.LZMADecompressor()
            inside = packer.decompress(data[at:])
            assert packer.eof
            kinds.append("compressed")
            unpack(inside, directory)
            at = len(data) - len(packer.unused_data)
    return kinds


def through_old_xen(data: bytes) -> bytes:
    """What Xen 4.11 to 4.19 gives the guest: xc_dom_build_module() unpacks what
    begins like gzip, up to where the first stream ends."""
    return zlib.decompressobj(31).decompress(data) if data[:2] == GZIP else data


def compress(data: bytes, kind: str) -> bytes:
    """Compresses as initrds are; the kernel knows xz without CRC64 only."""
    return {"cpio": data, "gzip": gzip.compress(data, mtime=0),
            "xz": lzma.compress(data, check=lzma.CHECK_CRC32)}[kind]


def files_of(directory: Path) -> dict[str, bytes]:
    return {str(p.relative_to(directory)): p.read_bytes()
            for p in sorted(directory.rglob("*")) if p.is_file()}
