# SPDX-License-Identifier: BSD-3-Clause
"""dnsmasq's PXE services: as a proxy beside another DHCP server, and from the
DHCP server itself."""

import time

import pytest

from bootserver import KERNEL, assert_booted, write_tree
from lab import MAC, SERVER
from libxl import boot
from processes import running
from proxyd import PROXY, dnsmasq_proxy

VIF = f"--vif=mac={MAC},bridge=xenbr0"
SERVICE = "--pxe-service=x86PC,Install,pxelinux"


@pytest.fixture
def tree(lab):
    return write_tree(lab.directory / "tree")


def timed_boot(lab, *args):
    """Returns the outcome, and how many seconds it took."""
    start = time.monotonic()
    outcome = boot(lab, VIF, *args)
    return outcome, time.monotonic() - start


# ---- a proxy

def test_proxy_beside_a_router_boots(lab, tree):
    """The router gives addresses and knows nothing of booting; to wait for
    more than the two is in vain."""
    lab.dnsmasq(None)
    with dnsmasq_proxy(lab, tree, SERVICE) as log:
        outcome, took = timed_boot(lab)
    assert_booted(outcome)
    assert took < 0.9
    lines = [line for line in outcome.lines if line.startswith(("DHCP", "PXE"))]
    assert [line.rpartition(": ")[2] for line in sorted(lines[:2])] == [
        "taken, a proxy knows how to boot", "taken, it says how to boot"]
    assert lines[3:] == [
        'PXE: taking "Install", the first of 1 in the menu, after 0 s',
        f"PXE: {PROXY} answers, boot file pxelinux.0"]
    assert f"Boot server {PROXY}, from next-server;".encode() in outcome.console
    assert "PXE(eth0) 10.9.0" in log.read_text()


def test_proxy_is_heard_through_a_packet_socket(lab, tree):
    lab.dnsmasq(None)
    with dnsmasq_proxy(lab, tree, SERVICE):
        assert_booted(boot(lab, VIF, "--link=packet"))


def test_proxys_prompt_is_waited_for(lab, tree):
    lab.dnsmasq(None)
    with dnsmasq_proxy(lab, tree, SERVICE, "--pxe-prompt=Press F8,1"):
        outcome, took = timed_boot(lab)
    assert_booted(outcome)
    assert 1 <= took < 2
    assert ('PXE: taking "Install", the first of 1 in the menu, after 1 s'
            in outcome.lines)


def test_menu_that_waits_for_ever_has_its_first_item_taken(lab, tree):
    """dnsmasq sends such a prompt if there are several services."""
    lab.dnsmasq(None)
    with dnsmasq_proxy(lab, tree, SERVICE, "--pxe-service=x86PC,Other,nothing"):
        outcome, took = timed_boot(lab)
    assert_booted(outcome)
    assert took < 0.9
    assert ('PXE: the menu waits for ever and nobody chooses; taking "Install", '
            "the first of 2") in outcome.lines


def test_item_of_type_0_is_the_guests_own_disk(lab, tree):
    lab.dnsmasq(None)
    with dnsmasq_proxy(lab, tree, "--pxe-service=x86PC,Local disk,0", SERVICE):
        outcome = boot(lab, VIF, "--local-bootloader=/bin/false")
        assert "Booting from the guest's own disk with /bin/false" in outcome.lines
        assert_booted(boot(lab, VIF, "--label=linux"))
        assert boot(lab, VIF, kernel="vmlinuz").kernel == KERNEL


def test_service_may_be_on_another_server(lab, tree):
    """The proxy answers for it; the files are elsewhere."""
    lab.dnsmasq(tree, "--dhcp-boot=,,")
    empty = lab.directory / "empty"
    empty.mkdir()
    with dnsmasq_proxy(lab, empty, f"{SERVICE},{SERVER}"):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert f"Boot server {SERVER}, from next-server;".encode() in outcome.console


def test_uefi_architecture_is_redirected_to_port_4011(lab, tree):
    """It is offered no menu, only a server to be asked."""
    lab.dnsmasq(None)
    with dnsmasq_proxy(lab, tree, "--pxe-service=X86-64_EFI,Install,pxelinux.0"):
        outcome = boot(lab, VIF, "--arch=7")
    assert_booted(outcome)
    assert f"PXE: {PROXY} answers, boot file pxelinux.0" in outcome.lines


def test_uefi_architecture_gets_its_menu_on_port_4011(lab, tree):
    lab.dnsmasq(None)
    with dnsmasq_proxy(lab, tree, "--pxe-service=X86-64_EFI,One,pxelinux.0",
                       "--pxe-service=X86-64_EFI,Two,nothing"):
        outcome = boot(lab, VIF, "--arch=7")
    assert_booted(outcome)
    assert 'taking "One", the first of 2' in outcome.console.decode()


def test_dhcp_server_that_names_a_file_needs_no_proxy(lab, tree):
    lab.dnsmasq(tree)
    with dnsmasq_proxy(lab, tree, "--pxe-service=x86PC,Local disk,0"):
        outcome, took = timed_boot(lab)
    assert_booted(outcome)
    assert took < 0.9
    assert f"Boot server {SERVER}" in outcome.console.decode()
    assert "PXE:" not in outcome.console.decode()


def test_of_two_proxies_one_is_taken(lab, tree):
    lab.dnsmasq(None)
    with dnsmasq_proxy(lab, tree, SERVICE), \
            dnsmasq_proxy(lab, tree, SERVICE, address="10.9.0.3"):
        outcome = boot(lab, VIF)
    assert_booted(outcome)


def test_proxy_alone_gives_no_address(lab, tree):
    with dnsmasq_proxy(lab, tree, SERVICE):
        outcome = boot(lab, VIF, "--dhcp-timeout=1")
    assert outcome.status == 20
    assert "only with proxy offers" in outcome.last_line


# ---- the DHCP server itself

def test_dhcp_server_with_a_service_boots(lab, tree):
    """dnsmasq offers the menu with the address, and is asked on port 4011."""
    lab.dnsmasq(None, "--enable-tftp", f"--tftp-root={tree}", SERVICE)
    outcome, took = timed_boot(lab)
    assert_booted(outcome)
    assert took < 0.9
    assert ('PXE: taking "Install", the first of 1 in the menu, after 0 s'
            in outcome.lines)
    assert f"PXE: {SERVER} answers, boot file pxelinux.0" in outcome.lines


def test_dhcp_servers_service_of_type_0_is_the_disk(lab):
    lab.dnsmasq(None, "--pxe-service=x86PC,Local disk,0")
    outcome = boot(lab, VIF, "--local-bootloader=/bin/false")
    assert "Booting from the guest's own disk with /bin/false" in outcome.lines
    outcome = boot(lab, VIF, "--on-localboot=fail")
    assert (outcome.status, outcome.left) == (41, [])


def test_ordinary_lease_takes_no_time(lab, tree):
    """One server that names a boot file: from the start to the ACK, no wait."""
    log = lab.dnsmasq(tree)
    with running(lab, VIF) as bootloader:
        start = time.monotonic()
        bootloader.wait_for_text("DHCP: lease of")
        took = time.monotonic() - start
        assert_booted(bootloader.finish())
    assert took < 0.5
    assert log.read_text().count("DHCPDISCOVER") == 1
