# SPDX-License-Identifier: BSD-3-Clause
"""What only ./build.sh xen does: see test_xen.py for the rest."""

import re

import pytest

import dom0
import host
import plan

# The longest that Xen has room for, of a PV guest's command line.
PV_LIMIT = 1023


def guests(*names: str) -> pytest.MarkDecorator:
    """Run a test for each of these guests."""
    return pytest.mark.parametrize(("xen", "name"), host.runs(*names))


@guests("again")
def test_reboot_boots_what_is_served_then(xen: str, name: str) -> None:
    """A guest that reboots gets another kernel and another command line."""
    guest = host.tell(xen, name)
    first, second = guest.rounds()
    assert "then=reboot" in first.split()
    assert "then=off" in second.split()
    assert re.findall(r"^@release=(\w+)", guest.console, re.MULTILINE) == ["small", "another"]


@guests("again")
def test_reboot_is_in_the_root_directory(xen: str, name: str) -> None:
    """The second boot is started by xl as a daemon, whose directory is /."""
    assert host.tell(xen, name).directory.split() == ["/", "/"]


@guests("named")
def test_named_user(xen: str, name: str) -> None:
    """bootloader_user is passed, and nobody is asked in a menu."""
    guest = host.tell(xen, name)
    assert "bootloader arg: --runas=777" in guest.xl
    assert "entry=first" in guest.said().get("cmdline", "").split()


@guests("local")
def test_local_boot(xen: str, name: str) -> None:
    """LOCALBOOT runs pygrub, which boots what is on the guest's disk."""
    guest = host.tell(xen, name)
    assert guest.said().get("end") == "yes"
    words = guest.said().get("cmdline", "").split()
    assert "from-disk=yes" in words
    assert "from-xl-cfg=local" in words


@guests("own")
def test_server_in_dom0_itself(xen: str, name: str) -> None:
    """A port of the bridge reaches the DHCP and TFTP server of Dom0."""
    guest = host.tell(xen, name)
    assert guest.said().get("end") == "yes"
    assert "xenbr2, by tap" in guest.bootloader


@pytest.mark.parametrize("xen", host.hosts("own_server"))
def test_server_in_dom0_itself_by_packet(xen: str) -> None:
    """A packet socket does not, as the manual says."""
    assert "own server by packet: lwpxeboot ended with 20" in host.report(xen).job


@pytest.mark.parametrize(("link", "used"), [("auto", "packet"), ("tap", "tap")])
@pytest.mark.parametrize("xen", host.hosts("spanning_tree"))
def test_bridge_with_spanning_tree(xen: str, link: str, used: str) -> None:
    """A packet socket avoids the wait for the port; a port waits, and boots too."""
    job = host.report(xen).job
    assert f"on stpbr0, by {used}" in job, job
    assert f"stp by {link}: lwpxeboot ended with 0" in job, job


@guests("swarm*")
def test_guest_of_eight_at_once(xen: str, name: str) -> None:
    """Each of eight guests that are created at once boots."""
    guest = host.tell(xen, name)
    assert guest.said().get("end") == "yes"
    assert guest.status == "0"
    assert "swarm: 8 bootloaders at once" in host.report(xen).job


@guests(*plan.PACKINGS)
def test_packed_kernel(xen: str, name: str) -> None:
    """lwpxeboot refuses what Debian's libxenguest is built without, and no other."""
    guest = host.tell(xen, name)
    if name in plan.UNKNOWN_PACKINGS:
        assert "exited with error status 38" in guest.xl
        assert "which this Dom0's libxenguest was built without" in dom0.tail(guest.bootloader, 1)
    else:
        assert guest.said().get("end") == "yes"


@guests(*(f"{packing}-kept" for packing in plan.UNKNOWN_PACKINGS))
def test_refusal_is_right(xen: str, name: str) -> None:
    """Xen does not boot what is refused above."""
    guest = host.tell(xen, name)
    assert re.search("(?i)decompress support unavailable", guest.xl)
    assert guest.said() == {}


@guests("whole")
def test_kernel_is_taken_out_for_this_xen(xen: str, name: str) -> None:
    """An ELF file that is packed as a whole with xz boots without an option."""
    guest = host.tell(xen, name)
    assert guest.said().get("end") == "yes"
    assert "taken out" in guest.bootloader


@guests("whole-kept")
def test_taking_out_was_needed(xen: str, name: str) -> None:
    """Xen does not boot it as it is."""
    guest = host.tell(xen, name)
    assert "no loader found" in guest.xl
    assert guest.said() == {}


@guests(*(f"{packing}-taken-out" for packing in plan.EXTRACTED))
def test_kernel_is_taken_out(xen: str, name: str) -> None:
    """--extract= hands over the ELF file that is inside."""
    guest = host.tell(xen, name)
    assert guest.said().get("end") == "yes"
    assert "kernel is not a bzImage" in guest.xl


@guests("pv1023", "pv1024", "pv2047", "pv2048", "pv8186")
def test_command_line_of_a_pv_guest(xen: str, name: str) -> None:
    """Xen cuts it at 1023 bytes, of which lwpxeboot warns."""
    guest = host.tell(xen, name)
    length = int(name.removeprefix("pv"))
    cmdline = guest.said()["cmdline"]
    assert len(cmdline) == min(length, PV_LIMIT)
    assert host.planned(name).extra.startswith(cmdline[cmdline.index("pad="):])
    warned = f"has {length} bytes, of which Xen gives a PV guest the first 1023" in guest.bootloader
    assert warned == (length > PV_LIMIT)


@guests("pvh1023", "pvh1024", "pvh2047", "pvh2048", "pvh8186")
def test_command_line_of_a_pvh_guest(xen: str, name: str) -> None:
    """It arrives whole; lwpxeboot warns of what Linux would cut."""
    guest = host.tell(xen, name)
    length = int(name.removeprefix("pvh"))
    assert len(guest.said()["cmdline"]) == length
    assert guest.said()["cmdline"].endswith(host.planned(name).extra)
    assert (f"has {length} bytes, of which Linux on x86 keeps the first 2047"
            in guest.bootloader) == (length > 2047)


@guests("pv8187", "pvh8187")
def test_command_line_that_libxl_would_drop(xen: str, name: str) -> None:
    """One byte more than libxl takes is an error."""
    guest = host.tell(xen, name)
    assert "exited with error status 37" in guest.xl
    assert "command line" in dom0.tail(guest.bootloader, 1)
