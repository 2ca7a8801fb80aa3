# SPDX-License-Identifier: BSD-3-Clause
"""lwpxeboot under a real xl, with real guests, on a real Xen in QEMU.

One Dom0 of each Xen version does the steps of plan.py, and the tests ask what
became of the guests.  Run them with

    LWPXEBOOT=build/lwpxeboot /usr/bin/python3 -m pytest tests/xen

or with LWPXEBOOT_XEN=all before it, as ./build.sh xen does.  The logs of the
last run are in build/cache/xen/last.
"""

import re

import pytest

import debs
import dom0
import host

LINUX = pytest.mark.parametrize(("xen", "name"), host.runs("pv", "pvh"))


def guests(*names: str) -> pytest.MarkDecorator:
    """Run a test for each of these guests."""
    return pytest.mark.parametrize(("xen", "name"), host.runs(*names))


@guests("pv", "pvh", "small-pv", "small-pvh")
def test_guest_runs_and_powers_off(xen: str, name: str) -> None:
    """xl ends well because the guest came to its end."""
    guest = host.tell(xen, name)
    assert guest.said().get("end") == "yes"
    assert guest.status == "0"


@LINUX
def test_kernel_is_the_served_one(xen: str, name: str) -> None:
    """The guest's kernel is the one that the boot server has."""
    assert host.tell(xen, name).said().get("release") == debs.kernel_release(debs.unpack(xen))


@pytest.mark.parametrize(("xen", "name", "append"), [
    (xen, name, {"pv": "console=hvc0 entry=by-mac", "pvh": "console=hvc0 entry=default"}[name])
    for xen, name in host.runs("pv", "pvh")])
def test_command_line(xen: str, name: str, append: str) -> None:
    """The entry's APPEND, then what xl.cfg says; each of it once."""
    cmdline = host.tell(xen, name).said().get("cmdline", "")
    extra = f"from-xl-cfg={name}"
    assert re.search(rf"(^| ){append}( .*)? {extra}( |$)", cmdline)
    for word in f"{append} {extra}".split():
        assert cmdline.split().count(word) == 1


@LINUX
def test_network_card_has_the_mac(xen: str, name: str) -> None:
    """The guest's own interface has the MAC address that was booted with."""
    assert host.tell(xen, name).said().get("mac") == host.planned(name).mac


@LINUX
def test_server_saw_the_guest(xen: str, name: str) -> None:
    """The boot server leased to the guest's MAC, and sent what it asked for."""
    server = host.report(xen).server
    planned = host.planned(name)
    assert re.search(rf"DHCPACK\(eth0\) \S+ {planned.mac}", server), server
    assert f"sent /srv/tftp/{planned.served_as} to" in server, server


@LINUX
def test_log_shows_the_boot(xen: str, name: str) -> None:
    """The log names the configuration and the kernel it was."""
    guest = host.tell(xen, name)
    assert host.planned(name).served_as in guest.bootloader
    assert "debian/vmlinuz" in guest.bootloader


@guests("pv")
def test_row16_initramfs_gives_all_rungs(xen: str, name: str) -> None:
    """Dom0's root is an initramfs, which nothing can be put in place of."""
    assert ("Jail: descriptors namespaces root no_new_privs Landlock user capabilities limits "
            "parent seccomp\n") in host.tell(xen, name).bootloader.replace("\r", "")


@guests("pv")
def test_every_initrd_arrives(xen: str, name: str) -> None:
    """Of two gzip'ed initrds the second survives Xen's own unpacking."""
    assert host.tell(xen, name).said().get("second") == "the second initrd"


@guests("pvh")
def test_ipappend(xen: str, name: str) -> None:
    """IPAPPEND puts the guest's MAC address and UUID on its command line.

    The UUID is xl.cfg's, and comes from xenstore: libxl passes none.
    """
    words = host.tell(xen, name).said().get("cmdline", "").split()
    assert f"BOOTIF=01-{host.planned(name).mac.replace(':', '-')}" in words
    assert "SYSUUID=6d1b5b1e-2f0c-4a55-9c3a-0f5e7d8c9b1a" in words


@guests("unserved")
def test_unserved_guest_is_refused(xen: str, name: str) -> None:
    """Without a boot server xl fails, and the log's last line says why."""
    guest = host.tell(xen, name)
    # A signal would be a crash, and 124 xl's time limit.
    assert "exited with error status" in guest.xl
    assert guest.status not in ("", "0", "124", "137", "143")
    last_line = dom0.tail(guest.bootloader, 1).lower()
    assert "dhcp" in last_line
    assert "answer" in last_line


@pytest.mark.parametrize(("xen", "name"), [
    (xen, name) for xen, name in host.runs("*") if not name.startswith("fake")])
def test_nothing_is_left(xen: str, name: str) -> None:
    """No domain, file, process or network interface stays behind in Dom0."""
    guest = host.tell(xen, name)
    assert guest.domains == ["Domain-0"]
    assert not guest.files
    assert not guest.processes
    assert "lo" in guest.links_before
    added = guest.links_after ^ guest.links_before
    assert not [link for link in added if not link.startswith("vif")]


@guests("doomed")
def test_guest_is_destroyed_during_its_boot(xen: str, name: str) -> None:
    """libxl ends the boot, without a word in the log; that nothing is left is above."""
    guest = host.tell(xen, name)
    assert [link for link in guest.links_during if link.startswith("lwpxe")]
    assert guest.status not in ("", "0", "124", "134", "137", "143")
    assert "on xenbr1, by tap" in dom0.tail(guest.bootloader, 1)


@guests("menu")
def test_somebody_chooses_in_the_menu(xen: str, name: str) -> None:
    """What was typed at xl create -c chose another entry than the default."""
    guest = host.tell(xen, name)
    assert guest.status == "0"
    assert "entry=second" in guest.said().get("cmdline", "").split()
    assert "@end=yes" in guest.xl, "xl create -c did not show the guest's console"


@guests("restricted")
def test_restrict_mode(xen: str, name: str) -> None:
    """The guest boots, and nothing is printed."""
    guest = host.tell(xen, name)
    assert "bootloader arg: --runas=" in guest.xl
    assert "bootloader arg: --quiet" in guest.xl
    assert guest.said().get("end") == "yes"
    assert not guest.bootloader


@guests("watched")
def test_restrict_mode_chooses_the_user(xen: str, name: str) -> None:
    """The user that libxl passes is the domain's own, and the child is it."""
    guest = host.tell(xen, name)
    user = re.search(r"bootloader arg: --runas=(\d+)", guest.xl)
    assert user and 131072 < int(user[1]) < 131072 + 1000
    assert {words.split()[1] for words in guest.users} == {"0", user[1]}
    assert [words for words in guest.users if words.split()[1:] == [user[1]] * 4]


@guests("no-pvh")
def test_kernel_for_pv_only(xen: str, name: str) -> None:
    """An ELF file that is not packed, and has no entry for PVH, boots PV."""
    assert host.tell(xen, name).said().get("release") == "no-pvh"


@guests("no-pvh-refused")
def test_kernel_for_pv_only_is_refused(xen: str, name: str) -> None:
    """The same kernel does not come to libxl for a PVH guest."""
    guest = host.tell(xen, name)
    assert "exited with error status 38" in guest.xl
    assert "PVH" in dom0.tail(guest.bootloader, 1)
    assert "domainbuilder" not in guest.xl


@pytest.mark.parametrize("link", ["tap", "packet"])
@pytest.mark.parametrize("xen", host.hosts("vlan"))
def test_vlan_of_a_filtering_bridge(xen: str, link: str) -> None:
    """The port joins the VLAN, and the boot server in it is reached."""
    job = host.report(xen).job
    assert f"on vlanbr0, by {link}, VLAN 10" in job, job
    assert f"vlan by {link}: lwpxeboot ended with 0" in job, job


@pytest.mark.parametrize(("xen", "name"), host.runs("early"))
def test_reason_of_an_early_failure_is_seen_with_create_c(xen, name):
    """The boot loader waits for xl's console client, which comes a second late."""
    guest = host.tell(xen, name)
    assert "there is no interface xenbr9" in guest.bootloader
    assert "there is no interface xenbr9" in guest.xl
    assert guest.domains == ["Domain-0"]
