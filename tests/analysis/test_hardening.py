# SPDX-License-Identifier: BSD-3-Clause
"""What makes an attacker's life harder, in the binaries as they are shipped."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests/net"))

from lab import MAC, lab as make_lab  # noqa: E402
from processes import jailed_child, running  # noqa: E402

BOTH = pytest.mark.parametrize("out", ["build", "build/tiny"])

# For each compilation; lwIP's too.
FLAGS = ["-fPIE", "-fno-strict-aliasing", "-ftrivial-auto-var-init=zero",
         "-fstack-clash-protection", "-fvisibility=hidden"]


def readelf(out: str, what: str) -> str:
    return subprocess.run(["readelf", what, TOP / out / "lwpxeboot"], check=True,
                          capture_output=True, text=True).stdout


def segments(out: str) -> list[tuple[str, int, int, str]]:
    """The kind, address, size in memory and flags of each."""
    return [(kind, int(address, 16), int(size, 16), flags.replace(" ", ""))
            for kind, address, size, flags in re.findall(
                r"^  (\w+) +0x\S+ (0x\S+) 0x\S+ 0x\S+ (0x\S+) (.{3})",
                readelf(out, "-lW"), re.M)]


@BOTH
def test_program_is_static_and_can_be_anywhere(out):
    assert re.search(r"Type:\s+DYN", readelf(out, "-hW"))
    kinds = {kind for kind, *_ in segments(out)}
    assert kinds == {"LOAD", "DYNAMIC", "GNU_RELRO", "GNU_STACK"}
    dynamic = readelf(out, "-dW")
    assert "NEEDED" not in dynamic and "TEXTREL" not in dynamic
    assert re.search(r"FLAGS.*BIND_NOW", dynamic)
    assert re.search(r"FLAGS_1.*\bNOW\b.*\bPIE\b", dynamic)
    assert "RPATH" not in dynamic and "RUNPATH" not in dynamic


@BOTH
def test_nothing_is_written_and_run(out):
    """Nor is what is only read, as far as pages go: -z separate-code but for
    its gaps in the file."""
    loads = [flags for kind, _, _, flags in segments(out) if kind == "LOAD"]
    assert loads == ["R", "RE", "RW", "RW"]
    stack, = [flags for kind, *_, flags in segments(out) if kind == "GNU_STACK"]
    assert stack == "RW"


@BOTH
def test_what_relro_protects_is_a_segment_of_its_own(out):
    """So that priv/relro.c takes the right to write from nothing else; that it
    does so is seen in tests/net/test_jail.py."""
    relro, = [s for s in segments(out) if s[0] == "GNU_RELRO"]
    loads = [s for s in segments(out) if s[0] == "LOAD"]
    assert [s for s in loads if s[1] == relro[1]][0][3] == "RW"
    pages = set(range(relro[1] >> 12, (relro[1] + relro[2] + 4095) >> 12))
    for _, address, size, _ in [s for s in loads if s[1] != relro[1]]:
        assert not pages & set(range(address >> 12, (address + size >> 12) + 1))


@BOTH
def test_every_file_is_compiled_hardened(out):
    """What has arrays on the stack and no -strong is test_house.py's matter."""
    commands = (TOP / out / "commands").read_text().splitlines()
    assert len(commands) > 60
    for command in commands:
        words = command.split()
        assert [flag for flag in FLAGS if flag not in words] == [], command
        strong = "-fstack-protector-strong" in words
        assert strong or "-fstack-protector-explicit" in words, command
        file = words[words.index("-c") + 1]
        if "lwip" in file or file.startswith(("port/", "src/net/")):
            assert strong, command


def test_big_frames_touch_each_page():
    """-fstack-clash-protection also works where code is made: at link time."""
    listing = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", TOP / "build/lwpxeboot.debug"],
        check=True, capture_output=True, text=True).stdout
    frames = [size for n in
              re.findall(r"\bsub +\$0x([0-9a-f]+),%[er]sp", listing)
              if (size := int(n, 16)) < 1 << 31]
    if not frames:
        pytest.skip("this is no x86, whose code is known here")
    assert max(frames) <= 4096
    assert re.search(r"\bor[lq] +\$0x0,(0x[0-9a-f]+)?\(%[er]sp", listing)


def bases(pid: int) -> tuple[int, int]:
    """Where the program and its stack begin."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    program = next(line for line in lines if line.endswith("/lwpxeboot"))
    stack = next(line for line in lines if line.endswith("[stack]"))
    return tuple(int(line.split("-")[0], 16) for line in (program, stack))


def test_addresses_are_new_each_time(tmp_path):
    """In the parent and in the child."""
    if Path("/proc/sys/kernel/randomize_va_space").read_text() == "0\n":
        pytest.skip("this kernel is told not to randomize addresses")
    found = []
    with make_lab(tmp_path) as lab:
        for _ in range(2):
            with running(lab, f"--vif=mac={MAC},bridge=xenbr0") as bootloader:
                child = jailed_child(bootloader)
                found.append([bases(bootloader.process.pid), bases(child)])
    for one, other in zip(*found):
        assert one[0] != other[0] and one[1] != other[1]
