# SPDX-License-Identifier: BSD-3-Clause
"""A boot that fails ends with its cause, found from what was seen and heard,
and with what to do about it: one test for each cause."""

import contextlib
import struct
import threading

import pytest

from bootserver import served
from dhcpd import ROUTER, Dhcpd, answer, lease, proxy_offer
from lab import MAC, SERVER, lab_of_module
from libxl import Bootloader, boot
from wire import Datagram, Listener, ip_bytes, mac_bytes, packet_socket

VIF = f"--vif=mac={MAC},bridge=xenbr0"
SHORT = "--dhcp-timeout=1"
BOTH_LINKS = pytest.mark.parametrize("link", ["tap", "packet"])


def assert_ends(outcome, status, cause, remedy):
    assert outcome.status == status, outcome.lines
    assert outcome.last_line.startswith("lwpxeboot: ")
    assert cause in outcome.last_line
    assert remedy in outcome.last_line
    assert outcome.left == []


# ---- no lease

def test_silence(lab):
    """The bridge has a port, and nothing is heard on it."""
    assert_ends(boot(lab, VIF, SHORT), 20,
                "no DHCP server answered in 1 s on xenbr0: nothing at all was "
                "heard there", "check the bridge's ports, the cable")


def test_silence_on_a_packet_link(lab):
    assert_ends(boot(lab, VIF, SHORT, "--link=packet"), 20,
                "nothing at all was heard there",
                "a server in this Dom0 cannot be reached by a packet link")


def test_bridge_without_a_link(lab):
    """As where the cable is not plugged in."""
    lab.server.run("ip", "link", "set", "eth0", "down")
    assert_ends(boot(lab, VIF, SHORT), 20, "no port of that bridge has a link",
                "check the cable, the switch, and that the network card is up")


def arp_question(source="02:00:00:00:00:09"):
    return (b"\xff" * 6 + mac_bytes(source) + b"\x08\x06\0\x01\x08\0\x06\x04\0\x01" +
            mac_bytes(source) + ip_bytes(SERVER) + bytes(6) + ip_bytes("10.9.0.9"))


def test_network_without_a_server(lab):
    with talk(lab):
        outcome = boot(lab, VIF, SHORT)
    assert_ends(outcome, 20, "no DHCP server answered in 1 s on xenbr0: others "
                "were heard there", f"check that a server for {MAC} serves")


def test_only_proxies(lab):
    with Dhcpd(lab.server, lambda query: [proxy_offer(query)]):
        outcome = boot(lab, VIF, SHORT)
    assert_ends(outcome, 20, "no DHCP server answered with an address, only with "
                "proxy offers", f"check that a server for {MAC} serves")


def spoil(frame):
    """The checksum of UDP, as a guest's network interface may leave it."""
    return frame[:40] + bytes((frame[40] ^ 0x55, frame[41])) + frame[42:]


@BOTH_LINKS
def test_wrong_checksums_of_dhcp(lab, link):
    with Dhcpd(lab.server, lambda query: [spoil(answer(query))]):
        outcome = boot(lab, VIF, SHORT, f"--link={link}")
    assert_ends(outcome, 20, "packets came with a wrong checksum",
                "ethtool -K eth0 tx off")


def test_port_that_waits(lab):
    """The spanning tree protocol keeps it listening, then learning."""
    lab.dom0.run("ip", "link", "set", "xenbr0", "type", "bridge", "stp_state", 1)
    with served(lab):
        outcome = boot(lab, VIF, SHORT, "--link=tap")
    assert_ends(outcome, 20, "spanning tree protocol keeps a new port waiting "
                "for 30 s", "--link=packet")


@contextlib.contextmanager
def talk(lab, vlan=None):
    """Somebody asks by ARP all the time, in a VLAN maybe."""
    frame = arp_question()
    if vlan:
        frame = frame[:12] + struct.pack("!HH", 0x8100, vlan) + frame[12:]
    end = threading.Event()

    def run():
        while not end.wait(0.1):
            wire.send(frame)

    with packet_socket(lab.server) as wire:
        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join()


@BOTH_LINKS
@pytest.mark.parametrize("heard, said, cause, remedy", [
    (10, [], "frames there have a tag, such as that of VLAN 10",
     "say --vlan=10"),
    (10, ["--vlan=11"], "frames there are of other VLANs, such as 10, and the "
     "guest's is 11", "correct --vlan="),
    (None, ["--vlan=10"], "frames there came without a tag, and the guest's VLAN "
     "is 10", "leave --vlan= out"),
], ids=["tags", "another tag", "no tag"])
def test_vlans(lab, link, heard, said, cause, remedy):
    with talk(lab, heard):
        outcome = boot(lab, VIF, SHORT, f"--link={link}", *said)
    assert_ends(outcome, 20, cause, remedy)


def test_bridge_that_filters_vlans(lab):
    try:
        lab.dom0.run("ip", "link", "set", "xenbr0", "type", "bridge",
                     "vlan_filtering", 1, "vlan_default_pvid", 0)
    except RuntimeError as error:
        pytest.skip(f"this kernel's bridges filter no VLANs: {error}")
    with served(lab):
        outcome = boot(lab, VIF, SHORT)
    assert_ends(outcome, 20, "filters VLANs and has its new ports in none",
                "say the guest's with --vlan=")


# ---- no boot server

UNNAMED = lease(file=b"", siaddr="0.0.0.0")


def test_offer_that_names_nothing_and_no_server(lab):
    with Dhcpd(lab.server, UNNAMED):
        outcome = boot(lab, VIF)
    assert_ends(outcome, 22, f"the DHCP server {SERVER} names no boot server and "
                "no boot file, and nothing listens on UDP port 69",
                "set next-server and filename there")


def test_offer_that_names_nothing_and_no_configuration(lab):
    with served(lab, UNNAMED, {}):
        outcome = boot(lab, VIF)
    assert_ends(outcome, 30, f"the DHCP server {SERVER} names no boot server and "
                "no boot file, and has no configuration",
                "set next-server and filename there")


def answer_wrongly(lab):
    """Answers each TFTP request as it should be, but for the checksum."""
    def take(frame):
        d = Datagram.parse(frame)
        if d and d.target_port == 69:
            reply = Datagram(b"\0\5\0\1no\0", d.target_mac, d.source_mac,
                             d.target, d.source, 4000, d.source_port)
            wire.socket.send(spoil(reply.frame()))
    wire = Listener(lab.server, take)
    return wire


def test_wrong_checksums_of_tftp(lab):
    with Dhcpd(lab.server, lease()), answer_wrongly(lab):
        outcome = boot(lab, VIF)
    assert_ends(outcome, 22, "packets came with a wrong checksum",
                "ethtool -K eth0 tx off")


# ---- no file

FAR, BEHIND_WALL, LOST = "10.77.0.1", "10.77.1.1", "10.77.2.1"
ADVICE = "check that the server runs and that no firewall is in the way"
ROUTERS = {None: None, "server": ip_bytes(SERVER), "nobody": ip_bytes("10.9.0.254")}

# What is to be loaded, the router in the lease, and the cause.
MISSING = {
    "server": ("10.9.0.4::x", None, "nothing on this network answers for the "
               "address 10.9.0.4 (no ARP reply)"),
    "router": (f"{FAR}::x", "nobody", f"the router 10.9.0.254, the way to {FAR}, "
               "does not answer (no ARP reply)"),
    "no router": (f"{FAR}::x", None, f"{FAR} is on another network, and the lease "
                  "names no router"),
    "closed UDP port": ("10.9.0.3::x", None, "nothing listens on UDP port 69 of "
                        "10.9.0.3"),
    "closed TCP port": (f"http://{SERVER}/x", None, "nothing listens on TCP port "
                        f"80 of {SERVER}"),
    "firewall": (f"{BEHIND_WALL}::x", "server", "a firewall does not let UDP port "
                 f"69 of {BEHIND_WALL} be reached"),
    "firewall for TCP": (f"http://{BEHIND_WALL}/x", "server", "a firewall does not "
                         f"let TCP port 80 of {BEHIND_WALL} be reached"),
    "no way": (f"{LOST}::x", "server", f"{LOST} cannot be reached, says a router"),
    "no way for TCP": (f"http://{LOST}/x", "server", f"{LOST} cannot be reached, "
                       "says a router"),
}


def lease_by_mac(query):
    """The last byte of the address is the number of the guest."""
    number = query.chaddr[5]
    router = ROUTERS[list(MISSING.values())[number][1]]
    return [answer(query, yiaddr=f"10.9.0.{100 + number}",
                   options={ROUTER: router})]


@pytest.fixture(scope="module")
def missing(tmp_path_factory):
    """A guest for each of them, all started together: patience takes time."""
    with lab_of_module(tmp_path_factory) as lab:
        server = lab.server
        server.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
        server.run("ip", "address", "add", "10.9.0.3/24", "dev", "eth0")
        server.run("ip", "route", "add", "prohibit", f"{BEHIND_WALL}/32")
        server.run("ip", "route", "add", "unreachable", f"{LOST}/32")
        with Dhcpd(server, lease_by_mac, mac=None):
            yield {name: Bootloader(
                lab, f"--vif=mac=00:16:3e:00:00:{number:02x},bridge=xenbr0",
                kernel=kernel, domid=100 + number)
                for number, (name, (kernel, _, _)) in enumerate(MISSING.items())}


@pytest.mark.parametrize("name", MISSING)
def test_file_s_server_cannot_be_reached(missing, name):
    assert_ends(missing[name].finish(), 22, MISSING[name][2], ADVICE)
