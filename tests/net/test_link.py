# SPDX-License-Identifier: BSD-3-Clause
"""Links to the bridge: what a TAP and a packet socket are to the Dom0 while
the boot loader runs, what is left of them after, and which one is taken."""

import json
import signal
import socket
import struct
import threading
import time

import pytest

from bootserver import KERNEL, TREE, Stall, assert_booted, served, write_tree
from dhcpd import CLIENT, DISCOVER, Dhcpd, answer, datagram, message
from lab import MAC, lab as make_lab, wait_for
from libxl import boot
from processes import is_alive, jailed_child, running, status_of
from tftpd import BLKSIZE_ASKED, BLKSIZE_BIG
from wire import (Datagram, Listener, PACKET_VNET_HDR, SOL_PACKET, checksum,
                  mac_bytes, mac_text, packet_socket)

VIF = f"--vif=mac={MAC},bridge=xenbr0"
OTHER_MAC = "00:16:3e:01:02:04"
BROADCAST_MAC = "ff:ff:ff:ff:ff:ff"
PORT = "lwpxe0"
BOTH_LINKS = pytest.mark.parametrize("link", ["tap", "packet"])


def interface(lab, name):
    """Returns what `ip` says about an interface of the Dom0."""
    text = lab.dom0.run("ip", "-json", "-detail", "link", "show", name)
    return json.loads(text)[0]


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


def test_dom0_has_no_address_on_the_port(lab):
    """By default it would get an IPv6 one, and listen there."""
    with running(lab, VIF) as bootloader:
        bootloader.wait_for_text("by tap")
        text = lab.dom0.run("ip", "-json", "address", "show", "dev", PORT)
    assert json.loads(text)[0]["addr_info"] == []


@BOTH_LINKS
def test_only_the_guests_own_address_is_on_the_wire(lab, link):
    """Dom0's own frames, which are none of ours, come from the bridge's."""
    bridge = interface(lab, "xenbr0")["address"]
    sources = set()
    with served(lab), Listener(
            lab.server, lambda f: sources.add(mac_text(f[6:12]))):
        assert_booted(boot(lab, VIF, f"--link={link}"))
    assert sources - {bridge} == {MAC}


def assert_gone(lab, bootloader, child, before):
    wait_for(lambda: lab.links() == before, "the port to vanish")
    wait_for(lambda: not is_alive(child), "the child to end")
    assert not is_alive(bootloader.process.pid)


def test_port_vanishes_when_the_boot_has_ended(lab):
    before = lab.links()
    with served(lab):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    wait_for(lambda: lab.links() == before, "the port to vanish")


def test_next_boot_waits_for_the_port_of_the_last_to_vanish(lab):
    """Which the kernel takes for longer than the boot loader itself; two ports
    would fight over the guest's address."""
    with served(lab):
        for _ in range(5):
            assert_booted(boot(lab, VIF))
            with running(lab, VIF, domid=8) as bootloader:
                bootloader.wait_for_text("by tap")
                ports = {n for n in lab.links() if n.startswith("lwpxe")}
            assert ports == {PORT}


def test_port_and_files_vanish_when_terminated(lab):
    before = lab.links()
    stall = Stall()
    with served(lab, files={**TREE, "vmlinuz": stall}), \
            running(lab, VIF) as bootloader:
        stall.wait()
        child = jailed_child(bootloader)
        assert PORT in lab.links()
        bootloader.process.send_signal(signal.SIGTERM)
        outcome = bootloader.finish()
        assert_gone(lab, bootloader, child, before)
    assert outcome.status == 51
    assert outcome.left == []
    assert outcome.result == b""


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_port_and_files_vanish_with_the_terminal(lab, number):
    before = lab.links()
    with running(lab, VIF) as bootloader:
        child = jailed_child(bootloader)
        bootloader.process.send_signal(number)
        outcome = bootloader.finish()
        assert_gone(lab, bootloader, child, before)
    assert (outcome.status, outcome.left) == (51, [])


def test_port_and_child_vanish_when_killed(lab):
    """The files are libxl's to remove then: nobody else is left to do it."""
    before = lab.links()
    with running(lab, VIF) as bootloader:
        child = jailed_child(bootloader)
        assert PORT in lab.links()
        bootloader.process.kill()
        bootloader.finish()
        assert_gone(lab, bootloader, child, before)


# ---- packet

def promiscuity(lab, name="xenbr0"):
    return interface(lab, name)["promiscuity"]


def test_packet_link_boots_from_a_server_on_the_same_host(lab):
    """Whose kernel leaves the checksums of its datagrams unfinished."""
    lab.dnsmasq(write_tree(lab.directory / "tree"))
    assert_booted(boot(lab, VIF, "--link=packet"))


def test_packet_link_leaves_the_bridge_as_it_was(lab):
    with running(lab, VIF, "--link=packet") as bootloader:
        bootloader.wait_for_text("by packet")
        assert promiscuity(lab) == 1
        assert PORT not in lab.links()
        bootloader.process.kill()
        bootloader.finish()
        wait_for(lambda: promiscuity(lab) == 0, "the bridge to be left alone")


def test_packet_link_boots_on_what_is_no_bridge(lab):
    name = f"vif{lab.server.pid}"
    lab.dom0.run("ip", "link", "set", name, "nomaster")
    with served(lab):
        outcome = boot(lab, f"--vif=mac={MAC},bridge={name}")
    assert_booted(outcome)
    assert_said(outcome, f"no tap on {name}: it is not a Linux bridge; "
                "trying packet")
    wait_for(lambda: promiscuity(lab, name) == 0, "the end of the link")


# ---- which one is taken

def test_spanning_tree_leads_to_the_packet_link(lab):
    lab.dom0.run("ip", "link", "set", "xenbr0", "type", "bridge",
                 "stp_state", "1")
    with served(lab):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert_said(outcome, "no tap on xenbr0: it runs the spanning tree "
                "protocol, which would keep a new port waiting; trying packet")


def test_missing_tun_device_leads_to_the_packet_link(lab):
    lab.dom0.run("mount", "-t", "tmpfs", "empty", "/dev/net")
    with served(lab):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert_said(outcome, "there is no /dev/net/tun; load the module: modprobe "
                "tun; trying packet")


def test_missing_tun_device_ends_a_boot_by_tap(lab):
    lab.dom0.run("mount", "-t", "tmpfs", "empty", "/dev/net")
    outcome = boot(lab, VIF, "--link=tap")
    assert outcome.status == 11
    assert outcome.last_line == ("lwpxeboot: there is no /dev/net/tun; load "
                                 "the module: modprobe tun")
    assert outcome.left == []


def serve_from_dom0(lab):
    """Moves the boot server into the Dom0, onto its own bridge."""
    lab.dom0.run("ip", "address", "add", "10.9.0.2/24", "dev", "xenbr0")
    lab.dnsmasq(write_tree(lab.directory / "tree"), host=lab.dom0,
                interface="xenbr0")


def test_tap_boots_from_a_server_in_this_dom0(lab):
    serve_from_dom0(lab)
    assert_booted(boot(lab, VIF, "--link=tap"))


def test_packet_link_says_that_it_cannot_reach_this_dom0(lab):
    serve_from_dom0(lab)
    outcome = boot(lab, VIF, "--link=packet", "--dhcp-timeout=1")
    assert outcome.status == 20
    assert "a server in this Dom0 cannot be reached by a packet link" in (
        outcome.last_line)


def test_missing_bridge_is_named(lab):
    outcome = boot(lab, f"--vif=mac={MAC},bridge=nobr7")
    assert outcome.status == 10
    assert outcome.last_line.startswith(
        "lwpxeboot: there is no interface nobr7 in this Dom0; create")
    assert outcome.left == []


@pytest.mark.parametrize("link", ["auto", "tap", "packet"])
def test_bridge_that_is_down_is_named(lab, link):
    lab.dom0.run("ip", "link", "set", "xenbr0", "down")
    outcome = boot(lab, VIF, f"--link={link}")
    assert outcome.status == 10
    assert outcome.last_line == ("lwpxeboot: the interface xenbr0 is down; set "
                                 "it up: ip link set xenbr0 up")
    assert outcome.left == []


def test_tap_refuses_what_is_no_bridge(lab):
    name = f"vif{lab.server.pid}"
    outcome = boot(lab, f"--vif=mac={MAC},bridge={name}", "--link=tap")
    assert outcome.status == 10
    assert outcome.last_line == (
        f"lwpxeboot: {name} is not a Linux bridge and can have no port; use "
        "--link=packet")
    assert outcome.left == []


def test_bridge_is_xenbr0_where_the_vif_names_none(lab):
    with served(lab):
        outcome = boot(lab, f"--vif=mac={MAC}")
    assert_booted(outcome)
    assert_said(outcome, f"{MAC} on xenbr0, by tap")


# ---- capabilities

def without(*capabilities):
    """A wrapper that runs the boot loader as root with less than all."""
    less = ",".join("-" + capability for capability in capabilities)
    return ("setpriv", f"--bounding-set={less}")


def test_missing_capabilities_are_named(lab):
    outcome = boot(lab, VIF, wrapper=without("net_admin", "net_raw"))
    assert outcome.status == 11
    assert_said(outcome, "creating a TAP needs the capability CAP_NET_ADMIN; "
                "run lwpxeboot as root; trying packet")
    assert outcome.last_line == (
        "lwpxeboot: opening a packet socket needs the capability CAP_NET_RAW; "
        "run lwpxeboot as root")
    assert outcome.left == []


def test_missing_capability_ends_a_boot_by_tap(lab):
    outcome = boot(lab, VIF, "--link=tap", wrapper=without("net_admin"))
    assert outcome.status == 11
    assert "CAP_NET_ADMIN" in outcome.last_line


def test_cap_net_raw_alone_suffices_for_the_packet_link(lab):
    with served(lab):
        outcome = boot(lab, VIF, wrapper=without("net_admin"))
    assert_booted(outcome)
    assert_said(outcome, "trying packet")


def test_cap_net_admin_alone_suffices_for_the_tap(lab):
    with served(lab):
        outcome = boot(lab, VIF, wrapper=without("net_raw"))
    assert_booted(outcome)
    assert_said(outcome, "by tap")


# ---- one boot per MAC address

def test_second_boot_of_a_mac_names_the_first(lab):
    with running(lab, VIF) as first:
        first.wait_for_text("by tap")
        outcome = boot(lab, VIF, domid=8)
    assert outcome.status == 12
    assert outcome.last_line == (
        f"lwpxeboot: another lwpxeboot is booting the MAC address {MAC} "
        f"(process {first.process.pid}); give each guest its own address, or "
        "wait")
    assert outcome.left == []


def test_lock_is_free_once_its_process_is_killed(lab):
    with running(lab, VIF) as first:
        first.wait_for_text("by tap")
        first.process.kill()
        first.finish()
    with served(lab):
        assert_booted(boot(lab, VIF, domid=8))


def test_two_guests_boot_at_the_same_time(lab):
    """No server answers before both have asked, so both run at once."""
    meeting = threading.Barrier(2)

    def meet_and_lease(address):
        def script(query):
            if query.type == DISCOVER:
                meeting.wait(10)
            return [answer(query, yiaddr=address)]
        return script

    with served(lab, meet_and_lease("10.9.0.77")), \
            Dhcpd(lab.server, meet_and_lease("10.9.0.78"), OTHER_MAC), \
            running(lab, f"--vif=mac={OTHER_MAC}", domid=8) as other:
        assert_booted(boot(lab, VIF))
        assert_booted(other.finish())


# ---- frames that a guest's network has

def noise():
    """What the guests of a busy bridge say to all, to some and to others."""
    def udp(target, target_mac, port):
        return Datagram(b"noise", OTHER_MAC, target_mac, "10.9.0.3", target,
                        port, port).frame()
    ping = bytearray(udp("10.9.0.255", BROADCAST_MAC, 7))
    ping[23] = socket.IPPROTO_ICMP
    return [
        udp("10.9.0.255", BROADCAST_MAC, 137), udp("10.9.0.255", BROADCAST_MAC, 67),
        udp("224.0.0.251", "01:00:5e:00:00:fb", 5353),
        udp("10.9.0.4", "00:16:3e:01:02:05", 68), bytes(ping),
        mac_bytes("33:33:00:00:00:01") + mac_bytes(OTHER_MAC) + b"\x86\xdd" +
        bytes(60),
    ]


@BOTH_LINKS
def test_busy_bridge_wakes_nobody(lab, link):
    def woken(child):
        return int(status_of(child)["voluntary_ctxt_switches"])
    sender = packet_socket(lab.server)
    with running(lab, VIF, f"--link={link}") as bootloader:
        bootloader.wait_for_text(f"by {link}")
        child = jailed_child(bootloader)
        before = woken(child)
        for _ in range(200):
            for frame in noise():
                sender.send(frame)
            time.sleep(0.001)  # or it would find many when it wakes up once
        assert woken(child) - before < 50
    # What is for all DHCP clients, or for the guest, passes as ever.
    with served(lab):
        assert_booted(boot(lab, VIF, f"--link={link}", domid=8))


@BOTH_LINKS
def test_offer_in_a_vlan_is_not_for_the_guest(lab, link):
    def script(query):
        foreign = datagram(message(query, yiaddr="10.9.0.66"))
        return [foreign.frame(vlan=20), answer(query)]
    with served(lab, script):
        outcome = boot(lab, VIF, f"--link={link}")
    assert_booted(outcome)
    assert b"10.9.0.66" not in outcome.console


@BOTH_LINKS
def test_offer_with_a_priority_tag_is_for_the_guest(lab, link):
    """Priority 5, VLAN 0: a switch's way to mark a frame, not to move it."""
    def script(query):
        return [datagram(message(query)).frame(vlan=5 << 13)]
    with served(lab, script):
        assert_booted(boot(lab, VIF, f"--link={link}"))


def super_frame(protocol, d):
    """What a sender leaves to its hardware to cut into pieces of 1400 bytes,
    and on one host nothing ever cuts: a virtio-net header and a long frame."""
    tcp = protocol == socket.IPPROTO_TCP
    gso_type, sum_at, header_size = (1, 16, 54) if tcp else (5, 6, 42)
    header = struct.pack("<BBHHHH", 1, gso_type, header_size, 1400, 34, sum_at)
    frame = bytearray(d.frame())
    frame[23] = protocol
    frame[24:26] = b"\0\0"
    frame[24:26] = struct.pack("!H", checksum(bytes(frame[14:34])))
    if tcp:
        frame[34 + 12] = 5 << 4
    return header + bytes(frame)


def super_frame_socket(host):
    s = packet_socket(host)
    s.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    return s


@BOTH_LINKS
def test_frames_that_are_not_cut_yet_do_no_harm(lab, link):
    to_guest = datagram(bytes(30000), target=CLIENT, target_mac=MAC)
    frames = [super_frame(socket.IPPROTO_TCP, to_guest),
              super_frame(socket.IPPROTO_UDP, to_guest),
              super_frame(socket.IPPROTO_UDP, datagram(bytes(30000)))]
    sender = super_frame_socket(lab.server)
    sizes = []

    def kernel_among_them(transfer):
        transfer.offer(blksize=BLKSIZE_ASKED, tsize=len(KERNEL))
        for block in range(1, len(KERNEL) // BLKSIZE_ASKED + 2):
            for frame in frames:
                sender.send(frame)
            transfer.put_blocks(KERNEL, BLKSIZE_ASKED, block, block)

    with served(lab, files={**TREE, "vmlinuz": kernel_among_them}), \
            Listener(lab.dom0, lambda f: sizes.append(len(f)), "xenbr0"):
        assert_booted(boot(lab, VIF, f"--link={link}"))
    assert max(sizes) > 30000, "the bridge got no such frame"


def test_packet_link_does_not_take_joined_datagrams_for_one(lab):
    """For a TAP the kernel cuts them; here only the first would make sense."""
    sender = super_frame_socket(lab.server)

    def script(query):
        joined = message(query, yiaddr="10.9.0.66").ljust(3000, b"\0")
        sender.send(super_frame(socket.IPPROTO_UDP, datagram(joined)))
        return [answer(query)]
    with served(lab, script):
        outcome = boot(lab, VIF, "--link=packet")
    assert_booted(outcome)
    assert b"10.9.0.66" not in outcome.console


@BOTH_LINKS
@pytest.mark.parametrize("mtu, vif", [
    (1500, ""), (9000, ""), (1400, ""), (576, ""), (1500, ",mtu=1300"),
    (1400, ",mtu=1500"), (1500, ",mtu=576"),
])
def test_blocks_of_64_kib_pass_whatever_the_mtu(tmp_path, link, mtu, vif):
    """In 8 to 119 fragments."""
    kernel = bytes(range(256)) * 1000
    with make_lab(tmp_path, mtu=mtu) as lab, \
            served(lab, files={**TREE, "vmlinuz": kernel}) as (_, tree):
        outcome = boot(lab, VIF + vif, f"--link={link}")
    assert outcome.status == 0, outcome.lines
    assert outcome.kernel == kernel
    assert {r.options["blksize"] for r in tree.requests} == {str(BLKSIZE_BIG)}
