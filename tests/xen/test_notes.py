# SPDX-License-Identifier: BSD-3-Clause
"""What libxl makes of bootloaders that do odd things, and of what is odd in a guest.

These are facts of doc/xen-notes.md, not claims of ours; the bootloader is
rootfs/usr/bin/fake.
"""

import pytest

import host

ABORTED = "134"


def guests(*names: str) -> pytest.MarkDecorator:
    """Run a test for each of these guests."""
    return pytest.mark.parametrize(("xen", "name"), host.runs(*names))


@guests("fake-pvh-nothing")
def test_pvh_without_a_kernel_aborts_xl(xen: str, name: str) -> None:
    """Success without a kernel is an assertion that fails; the domain stays."""
    guest = host.tell(xen, name)
    assert guest.status == ABORTED
    assert "libxl__domain_firmware: Assertion" in guest.xl
    assert name in guest.domains


@guests("fake-pv-nothing")
def test_pv_without_a_kernel_fails(xen: str, name: str) -> None:
    """The same for a PV guest is an error."""
    guest = host.tell(xen, name)
    assert guest.status not in ("0", ABORTED)
    assert "xc_dom_kernel_file" in guest.xl


@guests("fake-pvh-long-1024")
def test_long_command_line_with_the_shim_aborts_xl(xen: str, name: str) -> None:
    """The buffer for it has 1024 bytes, with the NUL."""
    guest = host.tell(xen, name)
    assert guest.status == ABORTED
    assert "add_module_to_list: Assertion" in guest.xl


@guests("fake-pvh-long-1023")
def test_command_line_that_fits_with_the_shim(xen: str, name: str) -> None:
    """One byte less does not."""
    assert "Assertion" not in host.tell(xen, name).xl


@guests("fake-pv-long-8187")
def test_item_that_is_too_long_is_dropped(xen: str, name: str) -> None:
    """The guest boots with no command line at all."""
    guest = host.tell(xen, name)
    assert guest.said().get("cmdline") == ""
    assert guest.status == "0"


@guests("fake-pv-long-5000")
def test_command_line_longer_than_xenstore_takes(xen: str, name: str) -> None:
    """The guest boots all the same."""
    guest = host.tell(xen, name)
    assert len(guest.said().get("cmdline", "")) == 1023


@guests("fake-pv-orders")
def test_last_item_wins(xen: str, name: str) -> None:
    """Items may come in any order, behind any blanks, and be unknown."""
    guest = host.tell(xen, name)
    assert guest.said().get("cmdline") == "console=hvc0 last=wins"
    assert guest.said().get("end") == "yes"


@guests("fake-pv-initrds-first-larger")
def test_archives_behind_the_first_are_lost(xen: str, name: str) -> None:
    """Xen before 4.20 unpacks the first, into as much memory as the last takes."""
    archives = host.tell(xen, name).said().get("archives", "").split()
    assert archives == (["first", "TRAILER!!!"] if xen == "4.17" else ["gzip"])


@guests("fake-pv-initrds-larger-first")
def test_first_archive_is_the_largest(xen: str, name: str) -> None:
    """Where the first does not fit, all arrives as it was."""
    assert host.tell(xen, name).said().get("archives", "").split() == ["gzip"]


@guests("fake-pv-hangup")
def test_terminal_that_is_closed_does_no_harm(xen: str, name: str) -> None:
    """libxl keeps one end of it open itself."""
    guest = host.tell(xen, name)
    assert guest.said().get("end") == "yes"
    assert "SIGTERM" not in guest.xl


@guests("fake-pv-empty")
def test_empty_kernel_fails(xen: str, name: str) -> None:
    """It cannot be mapped, and is gone when it is looked for."""
    assert host.tell(xen, name).status not in ("0", ABORTED)


@guests("fake-pv-abroad")
def test_kernel_of_another_folder_is_removed(xen: str, name: str) -> None:
    """It boots, and is unlinked wherever it was."""
    assert host.tell(xen, name).said().get("end") == "yes"
    assert "kernel abroad: gone" in host.report(xen).job


@guests("fake-pv-fail")
def test_reason_of_a_failure_is_in_the_log_only(xen: str, name: str) -> None:
    """What a bootloader says does not come to xl's own output."""
    guest = host.tell(xen, name)
    assert "exited with error status 3" in guest.xl
    assert "the reason is this" in guest.bootloader


@pytest.mark.parametrize("xen", host.hosts("foreign_frontend"))
def test_front_end_elsewhere_is_met(xen: str) -> None:
    """netback takes a front end that is not below /local/domain/N/device."""
    assert "foreign front end: back end in state 2" in host.report(xen).job
