# SPDX-License-Identifier: BSD-3-Clause
"""What kernels are packed in, unpacked as far as somebody looks: each format by
its own tool, cut, damaged, and too large to be true."""

import functools
import random
import re
import subprocess
from pathlib import Path

import pytest

from kernels import (PACKERS, PV, PVH, arm64_image, bzimage, elf, number, pack,
                     payload, uki, zboot)

TOP = Path(__file__).resolve().parent.parent.parent
PROBE = TOP / "build/tests/unpack/probe"
DEBIAN = Path("/usr/lib/debian-installer/images/12/amd64/text/"
              "debian-installer/amd64/linux")
ENVIRONMENT = {"ASAN_OPTIONS": "detect_leaks=0"}
MIB = 1 << 20


def probe(what, packing, path, *numbers, ok=True):
    ran = subprocess.run([PROBE, what, str(packing), path, *map(str, numbers)],
                         capture_output=True, env=ENVIRONMENT, timeout=300)
    assert (ran.returncode == 0) == ok, ran.stderr.decode(errors="replace")
    return ran


def layers(tmp_path, content, scratch=64 * MIB):
    """What is found in a file: the kinds and packings, and how it ends."""
    (tmp_path / "file").write_bytes(content)
    said = probe("layers", 0, tmp_path / "file", scratch).stdout.decode()
    *rows, last = said.splitlines()
    return [re.sub(" 0$| \\w+ 0", "", row) for row in rows], last


@functools.cache
def mixed(n):
    """Bytes of which a part repeats, near and far, and a part does not; a jump
    is the first."""
    r = random.Random(n)
    words = [r.randbytes(r.randrange(3, 40)) for _ in range(1000)]
    parts = r.choices(words, k=n // 20)
    return (b"\xe8\0\0\1\0" + b"".join(parts)).ljust(n, b"\0")[:n]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """For each tool, an original and what the tool makes of it; in three
    sizes."""
    directory = tmp_path_factory.mktemp("packed")
    made = {}
    for size in (3000, 30_000, 3 * MIB):
        original = directory / f"{size}"
        original.write_bytes(mixed(size))
        for tool in PACKERS:
            path = directory / f"{size}.{tool}"
            path.write_bytes(pack(tool, original.read_bytes()))
            made[tool, size] = path, original
    return made


@pytest.mark.parametrize("tool", PACKERS)
def test_each_part_is_the_original_s(tool, files):
    probe("wants", PACKERS[tool][0], *files[tool, 3 * MIB])


@pytest.mark.parametrize("tool", PACKERS)
def test_no_cut_stream_seems_whole(tool, files):
    probe("cuts", PACKERS[tool][0], *files[tool, 3000])


@pytest.mark.parametrize("tool", PACKERS)
def test_damage_harms_nobody(tool, files):
    ran = probe("flips", PACKERS[tool][0], files[tool, 30_000][0], 10_000, 5)
    counts = dict(line.split() for line in ran.stderr.decode().splitlines())
    # LZ4 has no checksum.
    assert int(counts["damaged"]) > (300 if tool == "lz4" else 5000), counts


@pytest.mark.parametrize("command, packing", [
    ("gzip -1c", 1), ("gzip -c /dev/stdin", 1), ("xz -0 --check=none -c", 4),
    ("xz --check=crc64 -c", 4), ("xz --check=sha256 --block-size=70000 -c", 4),
    ("xz -T2 --check=crc32 --block-size=100000 -c", 4),
    ("zstd -q -1 --no-check -c", 7), ("zstd -q --ultra -22 -c", 7),
    ("zstd -q --long=27 -c", 7), ("zstd -q --fast=9 -c", 7), ("lz4 -q -l -9 -c", 6),
])
def test_variants_of_tools(tmp_path, command, packing):
    for content in (b"", b"x", mixed(300_000), bytes(5 * MIB),
                    random.Random(2).randbytes(300_000)):
        (tmp_path / "original").write_bytes(content)
        packed = subprocess.run(command.split(), input=content, check=True,
                                capture_output=True).stdout
        (tmp_path / "packed").write_bytes(packed)
        if not content:
            continue
        probe("wants", packing, tmp_path / "packed", tmp_path / "original")


@pytest.mark.parametrize("command, packing", [
    ("xz --check=crc32 --arm64 --lzma2 -c", 4), ("xz --delta --lzma2 -c", 4),
    ("lz4 -q -c", 6),
])
def test_what_no_kernel_is_packed_with_is_strange(tmp_path, command, packing):
    packed = subprocess.run(command.split(), input=mixed(5000), check=False,
                            capture_output=True)
    if packed.returncode:
        pytest.skip(f"{command} is not known here")
    (tmp_path / "packed").write_bytes(packed.stdout)
    ran = probe("part", packing, tmp_path / "packed", 100, MIB)
    assert ran.stderr.startswith(b"strange")


# ---- layers

BZIMAGE, ELF, PACKED, ARM64, ZBOOT, UKI = 1, 2, 3, 5, 7, 8


@pytest.mark.parametrize("tool", PACKERS)
def test_notes_in_a_bzimage_are_found(tmp_path, tool):
    kernel = elf(PVH, body=mixed(2 * MIB))
    rows, last = layers(tmp_path, bzimage(payload(tool, kernel)))
    assert rows == [f"kind {BZIMAGE} packing {PACKERS[tool][0]}",
                    f"kind {ELF} pvh 1"]
    assert last.startswith("none ")
    rows, _ = layers(tmp_path, bzimage(payload(tool, elf(*PV))))
    assert rows[1] == f"kind {ELF} pv 1"
    rows, _ = layers(tmp_path, bzimage(elf(*PV, PVH)))
    assert rows == [f"kind {BZIMAGE}", f"kind {ELF} pv 1 pvh 1"]


@pytest.mark.parametrize("tool", PACKERS)
def test_no_more_is_unpacked_than_is_looked_at(tmp_path, tool):
    notes = elf(PVH)[120:]
    kernel = elf(PVH, body=notes + mixed(2 * MIB) + bytes(30 * MIB), at=120)
    _, last = layers(tmp_path, bzimage(payload(tool, kernel)))
    unpacked = int(re.search(r"unpacked (\d+) of", last)[1])
    assert unpacked < (9 if tool == "lz4" else 1) * MIB, last


def test_layers_may_be_in_layers(tmp_path):
    bz = bzimage(payload("zstd", elf(PVH, body=mixed(MIB))))
    image = uki(osrel=b"x", linux=bz, initrd=b"initrd")
    rows, last = layers(tmp_path, pack("gzip", image))
    assert rows == [f"kind {PACKED} packing 1", f"kind {UKI}",
                    f"kind {BZIMAGE} packing 7", f"kind {ELF} pvh 1"]
    assert last.startswith("none ")
    for tool in PACKERS:
        rows, _ = layers(tmp_path, zboot(tool, arm64_image(mixed(MIB))))
        assert rows == [f"kind {ZBOOT} packing {PACKERS[tool][0]}", f"kind {ARM64}"]


def test_one_layer_too_many_is_not_looked_at(tmp_path):
    kernel = elf(PVH)
    for _ in range(9):
        kernel = pack("gzip", kernel)
    rows, _ = layers(tmp_path, kernel)
    assert rows == [f"kind {PACKED} packing 1"] * 5


def test_real_kernel(tmp_path):
    if not DEBIAN.exists():
        pytest.skip(f"{DEBIAN} is not there")
    rows, last = layers(tmp_path, DEBIAN.read_bytes(), 128 * MIB)
    assert rows == [f"kind {BZIMAGE} packing 4", f"kind {ELF} pv 1 pvh 1"]
    unpacked, whole = re.search(r"unpacked (\d+) of (\d+)", last).groups()
    assert int(unpacked) < int(whole) / 2


def test_overlapping_notes(tmp_path):
    """Two segments of notes over the same bytes, and one that begins in the
    middle of another's note."""
    one = bytearray(elf(PVH, *PV, body=bytes(168)))
    row = one[64:120]
    one[56:58] = number(3, 2)
    one[120:176] = row
    one[176:232] = row
    one[184:192] = number(int.from_bytes(row[8:16], "little") + 4, 8)
    rows, _ = layers(tmp_path, bzimage(payload("zstd", bytes(one))))
    assert rows[1] == f"kind {ELF} pv 1 pvh 1"


# ---- too large to be true

@pytest.mark.parametrize("tool", PACKERS)
def test_bomb_is_only_begun(tmp_path, tool):
    """Many zeros are no kernel after the first of them, whatever is announced."""
    bomb = pack(tool, bytes(150 * MIB))
    rows, last = layers(tmp_path, bzimage(bomb + number(1000 * MIB, 4)))
    assert rows == [f"kind {BZIMAGE} packing {PACKERS[tool][0]}", "kind 0"]
    assert int(re.search(r"unpacked (\d+) of", last)[1]) < 9 * MIB


@pytest.mark.parametrize("tool", PACKERS)
def test_bomb_with_notes_at_its_end(tmp_path, tool):
    kernel = elf(PVH, body=bytes(100 * MIB))
    rows, last = layers(tmp_path, bzimage(payload(tool, kernel)), 32 * MIB)
    assert rows == [f"kind {BZIMAGE} packing {PACKERS[tool][0]}"]
    assert last.startswith("skipped there is not enough memory")


def test_notes_that_lead_further_and_further(tmp_path):
    """Each row of the table wants a little more: it is not unpacked each time."""
    kernel = bytearray(elf(PVH))
    kernel[56:58] = number(1000, 2)
    row = bytes(kernel[64:120])
    for i in range(1000):
        at = 64 + 56 * i
        kernel[at:at + 56] = row[:8] + number(70_000 * (i + 1), 8) + row[16:]
    kernel += mixed(2 * MIB) + bytes(70 * MIB)
    _, last = layers(tmp_path, bzimage(payload("zstd", bytes(kernel))), 128 * MIB)
    assert int(re.search(r"in (\d+) times", last)[1]) <= 6


@pytest.mark.parametrize("size", [0, 1, 100, 2 * MIB - 1, 0x7fffffff, 0xffffffff])
def test_announced_size_may_lie(tmp_path, size):
    kernel = elf(PVH, body=mixed(MIB))
    for tool in PACKERS:
        layers(tmp_path, bzimage(payload(tool, kernel, size)))


# ---- cut and damaged files

@pytest.mark.parametrize("tool", PACKERS)
@pytest.mark.parametrize("make", ["bzimage", "zboot", "uki", "whole"])
def test_cut_and_damaged_files(tmp_path, tool, make):
    kernel = elf(PVH, body=mixed(3000))
    bz = bzimage(payload(tool, kernel), sectors=1)
    content = {"bzimage": bz, "zboot": zboot(tool, kernel)[:4] +
               zboot(tool, kernel)[4:], "uki": uki(initrd=b"i", linux=bz),
               "whole": pack(tool, kernel)}[make]
    (tmp_path / "file").write_bytes(content)
    probe("layercuts", 0, tmp_path / "file", MIB)
    probe("layerflips", 0, tmp_path / "file", 2500, 3)


def test_every_cut_elf(tmp_path):
    (tmp_path / "file").write_bytes(elf(PVH, *PV, body=b"x" * 100))
    probe("layercuts", 0, tmp_path / "file", MIB)
