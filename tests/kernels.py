# SPDX-License-Identifier: BSD-3-Clause
"""Makes the files that kernels come as: small ones, and what distributions wrap
them in, packed by the tools that they use."""

from __future__ import annotations

import subprocess

# enum kernel_packing, the tools, and what kernels are packed with.
PACKERS = {
    "gzip": (1, "gzip -n -9c"),
    "xz": (4, "xz --format=xz --check=crc32 --x86 --lzma2=preset=1,dict=1MiB -c"),
    "zstd": (7, "zstd -q -c"),
    "lz4": (6, "lz4 -q -l -c"),
}


def number(n: int, size: int) -> bytes:
    return n.to_bytes(size, "little")


def elf(*notes: tuple[int, bytes], body: bytes = b"", at: int = 0) -> bytes:
    """The smallest ELF for x86_64 with these of Xen's notes, behind a body."""
    text = b"".join(
        number(4, 4) + number(len(text), 4) + number(kind, 4) +
        b"Xen\0" + text + bytes(-len(text) % 4) for kind, text in notes)
    head = b"\x7fELF\2\1\1".ljust(16, b"\0") + bytes.fromhex("02003e0001000000")
    table = b"".join(number(n, size) for n, size in (
        (0, 8), (64, 8), (0, 8), (0, 4), (64, 2), (56, 2), (1, 2), (0, 6)))
    row = b"".join(number(n, size) for n, size in (
        (4, 4), (4, 4), (at or 120 + len(body), 8), (0, 16), (len(text), 8),
        (len(text), 8), (4, 8)))
    return head + table + row + body + text


PVH = (18, b"\0\0\x10\0")
PV = [(6, b"linux\0"), (5, b"xen-3.0\0"), (1, b"\0" * 8)]


def pack(tool: str, content: bytes) -> bytes:
    return subprocess.run(PACKERS[tool][1].split(), input=content, check=True,
                          capture_output=True).stdout


def payload(tool: str, content: bytes, size: int | None = None) -> bytes:
    """As the kernel's build packs: the size behind it, but for gzip."""
    size = number(len(content) if size is None else size, 4)
    packed = pack(tool, content)
    return packed[:-4] + size if tool == "gzip" else packed + size


def bzimage(inside: bytes, sectors: int = 4, offset: int = 100) -> bytes:
    """A bzImage with a payload."""
    setup = bytearray((sectors + 1) * 512)
    setup[0x1f1] = sectors
    setup[0x202:0x208] = b"HdrS\x0f\x02"
    setup[0x248:0x250] = number(offset, 4) + number(len(inside), 4)
    return bytes(setup) + bytes(offset) + inside


def zboot(tool: str, content: bytes) -> bytes:
    """Linux that unpacks itself as an EFI program, with its size behind."""
    packed = pack(tool, content)
    head = b"MZ\0\0zimg" + number(4096, 4) + number(len(packed), 4) + bytes(8) + \
        tool.encode()
    return head.ljust(4096, b"\0") + packed + number(len(content), 4)


def uki(**sections: bytes) -> bytes:
    """A unified kernel image with these sections."""
    head = bytearray(b"MZ".ljust(128, b"\0"))
    head[0x3c:0x40] = number(128, 4)
    head += b"PE\0\0" + number(0x8664, 2) + number(len(sections), 2) + bytes(12) + \
        number(240, 2) + bytes(2) + bytes(240)
    at = -(-(len(head) + 40 * len(sections)) // 512) * 512
    data = b""
    for name, content in sections.items():
        size = -(-len(content) // 512) * 512
        head += f".{name}".encode().ljust(8, b"\0") + number(len(content), 4) + \
            number(at, 4) + number(size, 4) + number(at + len(data), 4) + bytes(16)
        data += content.ljust(size, b"\0")
    return bytes(head).ljust(at, b"\0") + data


def arm64_image(body: bytes) -> bytes:
    return bytes(0x38) + b"ARM\x64" + bytes(4) + body
