# SPDX-License-Identifier: BSD-3-Clause
"""Real DHCP servers: the boot from each, what ISC's does to long options, and
that the guest gets the same lease next."""

import json

import packages
import pytest

from bootserver import TREE, assert_booted, tftp, write_tree
from dhcpd import ACK, OFFER, OVERLOAD, TYPE
from lab import MAC, SERVER, Namespace, wait_for
from libxl import boot
from wire import Datagram, Listener

VIF = f"--vif=mac={MAC},bridge=xenbr0"
POOL = "10.9.0.10", "10.9.0.200"

ISC = f"""\
authoritative;
ping-check false;
option config code 209 = text;
option prefix code 210 = text;
subnet 10.9.0.0 netmask 255.255.255.0 {{
  range {POOL[0]} {POOL[1]};
  option routers {SERVER};
  next-server {SERVER};
  %s
}}
"""

KEA = {"Dhcp4": {
    "interfaces-config": {"interfaces": ["eth0"]},
    "lease-database": {"type": "memfile", "persist": False},
    "subnet4": [{"id": 1, "subnet": "10.9.0.0/24",
                 "pools": [{"pool": " - ".join(POOL)}],
                 "next-server": SERVER, "boot-file-name": "pxelinux.0",
                 "option-data": [{"name": "routers", "data": SERVER}]}]}}


@pytest.fixture(scope="module")
def root():
    return packages.unpacked("dhcp-servers", "isc-dhcp-server",
                             "kea-dhcp4-server")


def wait_for_port(lab):
    wait_for(lambda: ":67 " in lab.server.run("ss", "-Hlun"), "the DHCP server")


def start_dnsmasq(lab, _):
    lab.dnsmasq(None, "--dhcp-boot=pxelinux.0")


def start_isc(lab, root, more='filename "pxelinux.0";'):
    config, leases = lab.directory / "dhcpd.conf", lab.directory / "isc-leases"
    config.write_text(ISC % more)
    leases.touch()
    with open(lab.directory / "isc.log", "w") as log:
        lab.spawn(lab.server, root / "usr/sbin/dhcpd", "-f", "-4", "-cf", config,
                  "-lf", leases, "-pf", lab.directory / "isc.pid", "eth0",
                  stdout=log, stderr=log, env=packages.environment(root))
    wait_for_port(lab)


def start_kea(lab, root):
    config = lab.directory / "kea.conf"
    config.write_text(json.dumps(KEA))
    env = packages.environment(root)
    env |= {"KEA_PIDFILE_DIR": str(lab.directory),
            "KEA_LOCKFILE_DIR": str(lab.directory),
            "KEA_LOGGER_DESTINATION": str(lab.directory / "kea.log")}
    with open(lab.directory / "kea.out", "w") as log:
        lab.spawn(lab.server, root / "usr/sbin/kea-dhcp4", "-c", config,
                  stdout=log, stderr=log, env=env)
    wait_for_port(lab)


STARTERS = {"dnsmasq": start_dnsmasq, "isc": start_isc, "kea": start_kea}


@pytest.fixture(params=STARTERS)
def server(request, lab, root):
    """A DHCP server that runs; its name."""
    STARTERS[request.param](lab, root)
    return request.param


def leased(outcome):
    return next(line.split()[3].split("/")[0] for line in outcome.lines
                if line.startswith("DHCP: lease of "))


# ---- the guest

def guest_lease(lab, *identity):
    """Asks as the guest itself does once it runs; returns udhcpc's words."""
    host = Namespace()
    try:
        lab.dom0.run("ip", "link", "add", "vif7", "type", "veth", "peer", "name",
                     "eth0", "address", MAC, "netns", host.pid)
        lab.dom0.run("ip", "link", "set", "vif7", "master", "xenbr0", "up")
        host.run("ip", "link", "set", "eth0", "up")
        return host.run("sh", "-c", 'exec "$@" 2>&1', "sh", "busybox", "udhcpc",
                        "-i", "eth0", "-n", "-q", "-f", "-T", "1", "-s",
                        "/bin/true", *identity)
    finally:
        # The namespace's end takes it, too, but some time later.
        lab.dom0.run("ip", "link", "del", "vif7", check=False)
        host.close()


@pytest.mark.parametrize("identity", [
    (), ("-C",), ("-x", "0x3d:ff00000001000100011b4e28ba00163e010203"),
], ids=["its MAC address", "nothing", "a DUID"])
def test_guest_gets_the_same_address(lab, server, identity):
    """However it identifies itself: the boot did so by its MAC address only,
    and released nothing."""
    with tftp(lab):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert f"lease of {leased(outcome)} obtained" in guest_lease(lab, *identity)


def test_client_identifier_makes_another_client(lab, root):
    """So the admin of a server that wants one says it for the guest, too."""
    start_isc(lab, root)
    with tftp(lab):
        outcome = boot(lab, VIF, "--client-id=ff:00:00:00:07")
    assert_booted(outcome)
    same = f"lease of {leased(outcome)} obtained"
    assert same in guest_lease(lab, "-x", "0x3d:ff00000007")
    assert same not in guest_lease(lab, "-x", "0x3d:ff00000008")


def test_second_boot_gets_the_same_address(lab, server):
    with tftp(lab):
        addresses = {leased(boot(lab, VIF)) for _ in range(2)}
    assert len(addresses) == 1


# ---- long options

class Pieces(Listener):
    """Where an option stands in the server's messages: "file", "sname"…"""

    AREAS = {"options": slice(240, None), "file": slice(108, 236),
             "sname": slice(44, 108)}

    def __init__(self, host, code):
        self.code, self.found = code, {}
        super().__init__(host, self.take_frame, "xenbr0")

    def take_frame(self, frame):
        d = Datagram.parse(frame)
        if not d or d.source_port != 67:
            return
        options = self.options(d.payload[self.AREAS["options"]])
        overload = dict(options).get(OVERLOAD, b"\0")[0]
        areas = ["options"] + ["file"] * (overload & 1) + ["sname"] * (overload >> 1)
        self.found[dict(options)[TYPE][0]] = [
            area for area in areas for code, _ in
            self.options(d.payload[self.AREAS[area]]) if code == self.code]

    @staticmethod
    def options(area):
        found = []
        while area and area[0] != 255:
            if area[0]:
                found.append((area[0], area[2:2 + area[1]]))
            area = area[2 + area[1]:] if area[0] else area[1:]
        return found


def test_option_that_isc_cuts_is_joined(lab, root):
    """With room for 576 bytes only, which an MTU of 604 leaves, it puts option
    209 into three fields; most PXE clients take its first piece."""
    name = "/".join(["d" * 60] * 4) + "/guest"
    start_isc(lab, root, f'option config "{name}"; option prefix "dir/";'
              'option domain-name "{}";'.format("x" * 170 + ".example"))
    files = {"dir/" + key: value for key, value in TREE.items()}
    files[f"dir/{name}"] = files.pop("dir/pxelinux.cfg/default")
    with tftp(lab, files), Pieces(lab.dom0, 209) as pieces:
        outcome = boot(lab, f"{VIF},mtu=604")
    assert_booted(outcome)
    assert pieces.found.keys() == {OFFER, ACK}
    for areas in pieces.found.values():
        assert set(areas) == {"options", "file", "sname"}, areas
    assert f"Trying {name}: found" in outcome.console.decode()


# ---- dnsmasq's own ways

def test_options_66_and_67_alone_name_the_server(lab):
    """As routers' web pages set them; dnsmasq says next-server is itself."""
    lab.server.run("ip", "address", "add", "10.9.0.2/24", "dev", "eth0")
    lab.dnsmasq(None, "--dhcp-option=66,10.9.0.2", "--dhcp-option=67,a/pxelinux.0")
    with tftp(lab, {"a/" + k: v for k, v in TREE.items()}, "10.9.0.2"), \
            tftp(lab, {}):
        outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert b"Boot server 10.9.0.2, from option 66;" in outcome.console


def test_options_inside_option_43(lab):
    """Written as vendor options for the class that we announce."""
    tree = write_tree(lab.directory / "tree" / "dir")
    lab.dnsmasq(tree.parent, "--dhcp-option=vendor:PXEClient,210,dir/",
                "--dhcp-option=vendor:PXEClient,209,pxelinux.cfg/default")
    outcome = boot(lab, VIF)
    assert_booted(outcome)
    assert f"tftp://{SERVER}/dir/" in outcome.console.decode()
    assert "Trying pxelinux.cfg/01-" not in outcome.console.decode()
