# SPDX-License-Identifier: BSD-3-Clause
"""What there is no room for is not even downloaded, as far as servers say how
large it is."""

from pathlib import Path

import pytest

from bootserver import TREE, assert_booted, served
from lab import MAC
from libxl import boot

VIF = f"--vif=mac={MAC},bridge=xenbr0"
KERNEL, RAMDISK = bytes([7]) * 300_000, bytes([8]) * 500_000
FILES = {**TREE, "vmlinuz": KERNEL, "initrd.gz": RAMDISK}


@pytest.fixture
def small(lab):
    """Mounts a tmpfs of so many KiB, and returns it."""
    def mount(kib):
        at = lab.directory / "small"
        at.mkdir()
        lab.dom0.run("mount", "-t", "tmpfs", "-o", f"size={kib}k", "none", at)
        return Path(f"/proc/{lab.dom0.pid}/root{at}")
    return mount


def fill_meminfo(lab, text):
    path = lab.directory / "meminfo"
    path.write_bytes(text)
    lab.dom0.run("mount", "--bind", path, "/proc/meminfo")


@pytest.mark.parametrize("link", ["tap", "packet"])
def test_too_small_a_disk_is_told_before(lab, small, link):
    with served(lab, files=FILES):
        outcome = boot(lab, VIF, f"--link={link}", directory=small(600))
    assert outcome.status == 14
    assert outcome.last_line == (
        "lwpxeboot: kernel and ramdisk take 800.0 kB, and there is 614.4 kB of "
        "room for them; free some in the output directory, or memory if it is a "
        "tmpfs")
    assert outcome.result == b"" and outcome.left == []


def test_disk_may_be_filled(lab, small):
    """74 pages, 123, and one for the result."""
    with served(lab, files=FILES):
        outcome = boot(lab, VIF, directory=small(792))
    assert outcome.status == 0, outcome.lines
    assert (outcome.kernel, outcome.ramdisk) == (KERNEL, RAMDISK)


def test_small_files_fit_a_small_disk(lab, small):
    with served(lab):
        assert_booted(boot(lab, VIF, directory=small(64)))


def test_memory_counts_where_the_files_are_in_it(lab, small):
    fill_meminfo(lab, b"MemTotal: 9999 kB\nMemAvailable:     500 kB\n")
    with served(lab, files=FILES):
        outcome = boot(lab, VIF, directory=small(10_000))
    assert outcome.status == 14
    assert "take 800.0 kB, and there is 512.0 kB of room" in outcome.last_line


def test_memory_is_a_warning_where_they_are_not(lab):
    fill_meminfo(lab, b"MemAvailable:     500 kB\n")
    with served(lab, files=FILES):
        outcome = boot(lab, VIF)
    assert outcome.status == 0
    assert ("warning: kernel and ramdisk take 800.0 kB, and the Dom0 has "
            "512.0 kB of memory left; xl may fail") in outcome.lines


@pytest.mark.parametrize("text", [
    b"", b"MemAvailable:", b"MemAvailable: x kB", b"MemAvailable: -1 kB\n",
    b"MemAvailable: 99999999999999999999 kB\n", b"MemFree: 1 kB\n", b"\0" * 9000,
])
def test_memory_that_nobody_knows_is_enough(lab, text):
    fill_meminfo(lab, text)
    with served(lab, files=FILES):
        outcome = boot(lab, VIF)
    assert outcome.status == 0
    assert b"warning" not in outcome.console
