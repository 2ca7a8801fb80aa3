# SPDX-License-Identifier: BSD-3-Clause
"""A bridge whose frames have VLAN tags, and a switch that takes them off.

No kernel support for VLANs is needed: a thread carries frames between the
trunk and the lab's own bridge.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from typing import Iterator

from lab import MAC, Lab, Namespace
from wire import (ETH_P_8021Q, PACKET_VNET_HDR, SOL_PACKET, mac_bytes,
                  packet_socket)

TRUNK = "trunkbr0"
PACKET_AUXDATA = 8
TP_STATUS_VLAN_VALID = 1 << 4
VNET_HDR = struct.Struct("<BBHHHH")
NEEDS_CSUM = 1


def port_socket(host: Namespace, interface: str) -> socket.socket:
    """A packet socket that tells tags and unfinished checksums."""
    host.run("ip", "link", "set", interface, "promisc", "on")
    s = packet_socket(host, interface)
    s.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    s.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    return s


class Switch:
    """Joins VLAN `vlan` of the trunk with the lab's untagged bridge."""

    def __init__(self, lab: Lab, vlan: int) -> None:
        self.vlan = vlan
        self.strays = 0  # the guest's frames that have another tag, or none
        self.host = Namespace()
        lab.dom0.run("ip", "link", "add", TRUNK, "type", "bridge")
        lab.dom0.run("ip", "link", "set", TRUNK, "up")
        self.trunk = self.plug(lab, TRUNK, "eth0")
        self.access = self.plug(lab, "xenbr0", "eth1")
        self.stop, self.stopped = socket.socketpair()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def plug(self, lab: Lab, bridge: str, name: str) -> socket.socket:
        port = f"{name}p{self.host.pid}"[:15]
        lab.dom0.run("ip", "link", "add", port, "type", "veth", "peer",
                     "name", name, "netns", self.host.pid)
        lab.dom0.run("ip", "link", "set", port, "master", bridge, "up")
        self.host.run("ip", "link", "set", name, "up")
        return port_socket(self.host, name)

    def run(self) -> None:
        while True:
            ready, _, _ = select.select(
                [self.trunk, self.access, self.stopped], [], [])
            if self.stopped in ready:
                return
            for s in ready:
                self.carry(s)

    def carry(self, s: socket.socket) -> None:
        data, control, _, address = s.recvmsg(65600, 256)
        if address[2] == socket.PACKET_OUTGOING:
            return
        status, _, _, _, _, tci, _ = struct.unpack("IIIHHHH", control[0][2])
        tag = tci & 0xfff if status & TP_STATUS_VLAN_VALID else 0
        header, frame = data[:VNET_HDR.size], data[VNET_HDR.size:]
        with contextlib.suppress(OSError):  # a port that has just gone
            if s is self.access:
                self.trunk.send(self.tagged(header, frame))
            elif tag == self.vlan:
                self.access.send(header + frame)
            elif frame[6:12] == mac_bytes(MAC):
                self.strays += 1

    def tagged(self, header: bytes, frame: bytes) -> bytes:
        flags, gso, header_size, gso_size, start, at = VNET_HDR.unpack(header)
        if flags & NEEDS_CSUM:
            start += 4
        return (VNET_HDR.pack(flags, gso, header_size, gso_size, start, at) +
                frame[:12] + struct.pack("!HH", ETH_P_8021Q, self.vlan) +
                frame[12:])

    def close(self) -> None:
        self.stop.close()
        self.thread.join()
        for s in (self.stopped, self.trunk, self.access):
            s.close()
        self.host.close()


@contextlib.contextmanager
def switch(lab: Lab, vlan: int) -> Iterator[Switch]:
    made = Switch(lab, vlan)
    try:
        yield made
    finally:
        made.close()
