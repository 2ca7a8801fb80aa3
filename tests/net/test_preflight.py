# SPDX-License-Identifier: BSD-3-Clause
"""A kernel that Xen would refuse, or boot into nothing, is refused before, with
what is wrong with it and what to do."""

import pytest

from bootserver import TREE, served, tree_with
from kernels import PV, PVH, bzimage, elf, payload
from lab import MAC, NETBOOT
from libxl import boot
from xenstored import answer_from, xenstored

VIF = f"--vif=mac={MAC},bridge=xenbr0"
LINUX = (NETBOOT / "debian-installer/amd64/linux").read_bytes()

WRONG = {
    "web page": (b"<!DOCTYPE html><title>404</title>", "is a web page"),
    "script": (b"#!ipxe\nboot\n", "is a script, not a kernel"),
    "text": (b"default linux\n", "is no kernel that Xen knows"),
    "cut": (LINUX[:len(LINUX) // 2], "is shorter than its header says"),
    "no notes": (elf(), "has no Xen ELF notes"),
    "EFI": (b"MZ" + bytes(500), "is an EFI program"),
    "bzip2": (b"BZh9" + bytes(500), "is compressed with bzip2 as a whole"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_kernel_is_told(lab, name):
    content, words = WRONG[name]
    with served(lab, files={**TREE, "vmlinuz": content}):
        outcome = boot(lab, VIF, preflight=True)
    assert outcome.status == 38
    assert outcome.last_line.startswith(
        f"lwpxeboot: the kernel vmlinuz {words}")
    assert outcome.result == b"" and outcome.left == []


@pytest.mark.parametrize("content", [LINUX, elf(PVH), elf(*PV)],
                         ids=["Debian", "PVH", "PV"])
def test_kernels_boot(lab, content):
    with served(lab, files={**TREE, "vmlinuz": content}):
        outcome = boot(lab, VIF, preflight=True)
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == content


@pytest.mark.parametrize("kind, notes, status, words", [
    (b"pvh", [PVH], 0, ""), (b"pv", PV, 0, ""), (b"pv", [*PV, PVH], 0, ""),
    (b"pvh", PV, 38, 'has no PVH entry (ELF note 18); use type="pv" or a '
                     'kernel with CONFIG_PVH'),
    (b"pv", [PVH], 38, 'is no PV kernel; use type="pvh" or a kernel with '
                       'CONFIG_XEN_PV'),
])
def test_type_of_the_guest_counts(lab, kind, notes, status, words):
    with served(lab, files={**TREE, "vmlinuz": elf(*notes)}), \
            xenstored(lab, answer_from({"/libxl/7/type": kind})):
        outcome = boot(lab, VIF, preflight=True)
    assert outcome.status == status, outcome.lines
    if status:
        assert outcome.last_line == f"lwpxeboot: the kernel vmlinuz {words}"


@pytest.mark.parametrize("version, status", [("14", 38), ("15", 0), ("x", 38)])
def test_version_of_xen_counts(lab, version, status):
    """A Xen 4.0 has no number that can be read."""
    zstd = bzimage(payload("zstd", elf(PVH)))
    lab.dom0.run("mount", "-t", "tmpfs", "none", "/sys")
    lab.dom0.run("sh", "-c", "mkdir -p /sys/hypervisor/version && "
                 f"cd /sys/hypervisor/version && echo 4 >major && "
                 f"echo {version} >minor")
    with served(lab, files={**TREE, "vmlinuz": zstd}):
        outcome = boot(lab, VIF, "--extract=no", preflight=True)
    assert outcome.status == status
    if version == "14":
        assert "compressed with zstd, which Xen 4.14 cannot" in outcome.last_line


def test_next_entry_may_fare_better(lab):
    config = (b"default a\nonerror b\nlabel a\nkernel page\n"
              b"label b\nkernel vmlinuz\n")
    files = tree_with(config, page=b"<html>", vmlinuz=elf(PVH))
    with served(lab, files=files):
        outcome = boot(lab, VIF, preflight=True)
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == elf(PVH)
