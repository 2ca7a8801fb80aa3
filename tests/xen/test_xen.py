# SPDX-License-Identifier: BSD-3-Clause
"""lwpxeboot under a real xl, with real guests, on a real Xen in QEMU.

Dom0 boots once and starts three guests, one after the other: a PV and a PVH
guest on a bridge with a boot server, and one on a bridge without.  The tests
ask what became of them.  Run them with

    LWPXEBOOT=build/lwpxeboot /usr/bin/python3 -m pytest tests/xen

The logs of the last run are in build/cache/xen/last.
"""

import fcntl
import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

import debs
import dom0

TOP = Path(__file__).resolve().parents[2]
CACHE = TOP / "build/cache/xen"


@dataclass
class Boot:
    """How a guest is to boot; the files that say so are below rootfs/."""

    mac: str
    config: str     # what the boot server has for it
    append: str     # the entry's APPEND, less its initrd=
    extra: str      # its xl.cfg's extra=


BOOTS = {
    "pv": Boot("00:16:3e:1f:2e:3d", "pxelinux.cfg/01-00-16-3e-1f-2e-3d",
               "console=hvc0 entry=by-mac", "from-xl-cfg=pv"),
    "pvh": Boot("00:16:3e:4c:5b:6a", "pxelinux.cfg/default",
                "console=hvc0 entry=default", "from-xl-cfg=pvh"),
}


def skip_where_impossible() -> None:
    """Skip on machines where neither Xen nor QEMU is to be had."""
    if platform.machine() != "x86_64":
        pytest.skip(f"the Xen host is an x86_64 machine, not {platform.machine()}")
    for tool in "apt-get", "dpkg-deb":
        if shutil.which(tool) is None:
            pytest.skip(f"Xen comes as Debian packages, and there is no {tool} here")
    if shutil.which("qemu-system-x86_64") is None:
        simulation = subprocess.run(["apt-get", "install", "--simulate", "qemu-system-x86"],
                                    capture_output=True, check=False)
        if os.geteuid() != 0 or simulation.returncode != 0:
            pytest.skip("there is no qemu-system-x86_64, and no way to install it")
        pytest.fail("qemu-system-x86_64 is missing: install what tests/xen/packages.txt lists",
                    pytrace=False)


@pytest.fixture(name="report", scope="module")
def run_dom0() -> dom0.Report:
    """Boot Dom0 and let it start the three guests."""
    skip_where_impossible()
    bootloader = Path(os.environ.get("LWPXEBOOT", TOP / "build/lwpxeboot")).resolve()
    if not os.access(bootloader, os.X_OK):
        pytest.fail(f"{bootloader} is no program: build it, or set LWPXEBOOT", pytrace=False)
    CACHE.mkdir(parents=True, exist_ok=True)
    last = CACHE / "last"
    with open(CACHE / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(last, ignore_errors=True)
        try:
            packages = debs.unpack(CACHE)
            return dom0.boot(packages, bootloader, last, [*BOOTS, "unserved"])
        except RuntimeError as error:
            # Each test will end with this line, the first also shows the logs.
            print(dom0.last_words(last))
            failure = f"{error}; the first failure shows the logs, {last} has them all"
    pytest.fail(failure, pytrace=False)


def tell(report: dom0.Report, name: str) -> dom0.Guest:
    """Return a guest, its story printed: pytest shows it if the test fails."""
    print(report.guests[name].story())
    print("== Dom0's job", report.job, "== boot server", report.server, sep="\n")
    return report.guests[name]


@pytest.fixture(name="guest", params=[*BOOTS])
def tell_booted(request: pytest.FixtureRequest, report: dom0.Report) -> dom0.Guest:
    """Return each guest that is to boot."""
    return tell(report, request.param)


@pytest.fixture(name="any_guest", params=[*BOOTS, "unserved"])
def tell_any(request: pytest.FixtureRequest, report: dom0.Report) -> dom0.Guest:
    """Return each guest, whatever is to become of it."""
    return tell(report, request.param)


def test_guest_runs_and_powers_off(guest: dom0.Guest) -> None:
    """xl ends well because the guest came to the last line of its init."""
    assert guest.said().get("end") == "yes"
    assert guest.status == "0"
    assert "@end=yes" in guest.xl, "xl create -c did not show the console"


def test_kernel_is_the_served_one(guest: dom0.Guest) -> None:
    """The guest's kernel is the one that the boot server has."""
    assert guest.said().get("release") == debs.kernel_release(CACHE / "root")


def test_command_line(guest: dom0.Guest) -> None:
    """The entry's APPEND, then what xl.cfg says; each of it once."""
    boot = BOOTS[guest.name]
    cmdline = guest.said().get("cmdline", "")
    assert re.search(rf"(^| ){boot.append}( .*)? {boot.extra}( |$)", cmdline)
    for word in f"{boot.append} {boot.extra}".split():
        assert cmdline.split().count(word) == 1


def test_network_card_has_the_mac(guest: dom0.Guest) -> None:
    """The guest's own interface has the MAC address that was booted with."""
    assert guest.said().get("mac") == BOOTS[guest.name].mac


def test_server_saw_the_guest(guest: dom0.Guest, report: dom0.Report) -> None:
    """The boot server leased to the guest's MAC, and sent what it asked for."""
    boot = BOOTS[guest.name]
    assert re.search(rf"DHCPACK\(eth0\) \S+ {boot.mac}", report.server)
    assert f"sent /srv/tftp/{boot.config} to" in report.server


def test_log_shows_the_boot(guest: dom0.Guest) -> None:
    """The log names the configuration and the kernel it was."""
    assert BOOTS[guest.name].config in guest.bootloader
    assert "debian/vmlinuz" in guest.bootloader


def test_row16_initramfs_gives_all_rungs(report: dom0.Report) -> None:
    """Dom0's root is an initramfs, which nothing can be put in place of."""
    assert ("Jail: descriptors namespaces root no_new_privs Landlock user capabilities limits "
            "parent seccomp\n") in tell(report, "pv").bootloader.replace("\r", "")


def test_pv_every_initrd_arrives(report: dom0.Report) -> None:
    """Of two gzip'ed initrds the second survives Xen's own unpacking."""
    assert tell(report, "pv").said().get("second") == "the second initrd"


def test_pvh_ipappend(report: dom0.Report) -> None:
    """IPAPPEND puts the guest's MAC address and UUID on its command line.

    The UUID is xl.cfg's, and comes from xenstore: libxl passes none.
    """
    words = tell(report, "pvh").said().get("cmdline", "").split()
    assert "BOOTIF=01-00-16-3e-4c-5b-6a" in words
    assert "SYSUUID=6d1b5b1e-2f0c-4a55-9c3a-0f5e7d8c9b1a" in words


def test_unserved_guest_is_refused(report: dom0.Report) -> None:
    """Without a boot server xl fails, and the log's last line says why."""
    guest = tell(report, "unserved")
    # A signal would be a crash, and 124 xl's time limit.
    assert "exited with error status" in guest.xl
    assert guest.status not in ("", "0", "124", "137", "143")
    last_line = dom0.tail(guest.bootloader, 1).lower()
    assert "dhcp" in last_line
    assert "answer" in last_line


def test_nothing_is_left(any_guest: dom0.Guest) -> None:
    """No domain, file, process or network interface stays behind in Dom0."""
    assert any_guest.domains == ["Domain-0"]
    assert not any_guest.files
    assert not any_guest.processes
    assert "lo" in any_guest.links_before
    added = any_guest.links_after ^ any_guest.links_before
    assert not [link for link in added if not link.startswith("vif")]


@pytest.mark.parametrize("link", ["tap", "packet"])
def test_vlan_of_a_filtering_bridge(report: dom0.Report, link: str) -> None:
    """The port joins the VLAN, and the boot server in it is reached."""
    assert f"on vlanbr0, by {link}, VLAN 10" in report.job, report.job
    assert f"vlan by {link}: lwpxeboot ended with 0" in report.job, report.job
