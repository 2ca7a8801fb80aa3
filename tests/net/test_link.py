# SPDX-License-Identifier: BSD-3-Clause
"""Links to the bridge: what a TAP and a packet socket are to the Dom0 while
the boot loader runs, what is left of them after, and which one is taken."""

import json
import signal
import socket
import struct
import time

import pytest

from bootserver import ARGS, KERNEL, RAMDISK, Stall, TREE, served, write_tree
from dhcpd import DISCOVER, Dhcpd, answer, datagram, lease, message
from lab import MAC, lab as make_lab, wait_for
from libxl import boot
from processes import children_of, is_alive, jailed_child, run_plain, running
from wire import Listener, mac_bytes, mac_text, packet_socket

VIF = f"--vif=mac={MAC},bridge=xenbr0"
OTHER_MAC = "00:16:3e:01:02:04"
PORT = "lwpxe0"
BOTH_LINKS = pytest.mark.parametrize("link", ["tap", "packet"])
WITHOUT = "--bounding-set=-"  # of setpriv(1): capabilities to take away


def interface(lab, name):
    """What `ip` says about one of the Dom0's interfaces; None if there is none."""
    text = lab.dom0.run("ip", "-json", "-detail", "link", "show", name,
                        check=False)
    return json.loads(text)[0] if text else None


def port_of(lab):
    return wait_for(lambda: interface(lab, PORT), "a port of ours")


def assert_booted(outcome):
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == KERNEL
    assert outcome.ramdisk == RAMDISK
    assert outcome.args == ARGS
    assert outcome.left == []


def assert_said(outcome, text):
    assert any(text in line for line in outcome.lines), outcome.lines


# ---- TAP

def test_tap_is_a_forwarding_port_of_the_bridge_while_it_runs(lab):
    with running(lab, VIF) as bootloader:
        bootloader.wait_for_text("by tap")
        port = interface(lab, PORT)
    assert port["master"] == "xenbr0"
    assert "UP" in port["flags"]
    assert port["linkinfo"]["info_slave_data"]["state"] == "forwarding"


def test_tap_leaves_the_bridge_its_own_mac(lab):
    """A bridge without an explicit address takes the lowest of its ports'."""
    before = interface(lab, "xenbr0")["address"]
    with running(lab, VIF) as bootloader:
        bootloader.wait_for_text("by tap")
        assert interface(lab, PORT)["address"] == "fe:ff:ff:ff:ff:ff"
        assert interface(lab, "xenbr0")["address"] == before
    assert interface(lab, "xenbr0")["address"] == before


@pytest.mark.parametrize("mtu", [1400, 1500, 9000])
def test_tap_has_the_mtu_of_the_bridge_even_if_the_vif_has_less(tmp_path, mtu):
    with make_lab(tmp_path, mtu=mtu) as lab:
        with running(lab, f"{VIF},mtu=1300") as bootloader:
            bootloader.wait_for_text("by tap")
            assert interface(lab, PORT)["mtu"] == mtu
            assert interface(lab, "xenbr0")["mtu"] == mtu
        assert interface(lab, "xenbr0")["mtu"] == mtu


def test_bridge_learns_the_guests_address_on_the_port(lab):
    def learned():
        entries = json.loads(lab.dom0.run("bridge", "-json", "fdb", "show",
                                          "br", "xenbr0"))
        return [e["ifname"] for e in entries if e["mac"] == MAC]
    with running(lab, VIF):
        assert wait_for(learned, "the guest's address") == [PORT]


def test_nothing_but_the_guest_speaks_on_the_port(lab):
    """A port with an IPv6 address of its own would chatter from it."""
    for name in lab.links() - {"lo"}:
        lab.dom0.run("sysctl", "-qw", f"net.ipv6.conf.{name}.disable_ipv6=1")
    lab.dom0.run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
    sources = set()
    with Listener(lab.server, lambda f: sources.add(mac_text(f[6:12]))):
        outcome = boot(lab, VIF, "--dhcp-timeout=3")
    assert outcome.status == 20
    assert sources == {MAC}
