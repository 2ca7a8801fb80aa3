# SPDX-License-Identifier: BSD-3-Clause
"""Whole boots from a real server, dnsmasq."""

from lab import MAC, NETBOOT
from libxl import boot

VIF = f"--vif=mac={MAC},bridge=xenbr0"


def test_debian_installer_boots_unattended(lab):
    lab.dnsmasq(NETBOOT)
    before = lab.links()
    outcome = boot(lab, VIF, args="from-xl=1")
    files = NETBOOT / "debian-installer/amd64"
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == (files / "linux").read_bytes()
    assert outcome.ramdisk == (files / "initrd.gz").read_bytes()
    assert outcome.args == (
        "BOOT_IMAGE=debian-installer/amd64/linux vga=788 "
        "initrd=debian-installer/amd64/initrd.gz --- quiet  from-xl=1")
    assert outcome.left == []
    assert lab.links() == before
