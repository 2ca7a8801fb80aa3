# SPDX-License-Identifier: BSD-3-Clause
"""A lab with all the servers in it, each at an address of its own.

Between the bridge and the servers is a veth, or the relay, which delays and
loses frames.  The servers are Debian's, unpacked: installed, they would start
daemons on this machine.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import statistics
import struct
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import packages
from lab import SERVER, TOP, Lab, Namespace, die_with_parent, wait_for
from measure import cpu_of
from wire import join

RELAY = TOP / "build/bench/relay"
DOM0 = "10.9.0.2"     # what the peers have, on the bridge
CLIENT = "client"     # udhcpc's interface, a port of the bridge
MIB = 1 << 20

NGINX = """\
daemon off;
master_process off;
pid {0}/nginx.pid;
error_log {0}/nginx.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    client_body_temp_path {0}/nginx.1;
    proxy_temp_path {0}/nginx.2;
    fastcgi_temp_path {0}/nginx.3;
    uwsgi_temp_path {0}/nginx.4;
    scgi_temp_path {0}/nginx.5;
    server {{ listen {1}:80; root {2}; }}
}}
"""


@dataclass
class Server:
    address: str
    pid: int

    def cpu(self) -> float:
        return cpu_of(self.pid)

    @property
    def forgets(self) -> bool:
        """Whether what its children used is lost when they end: tftpd-hpa
        ignores SIGCHLD."""
        return "in.tftpd" in Path(f"/proc/{self.pid}/cmdline").read_text()


class RelayLab(Lab):
    """A lab whose server is at the other end of the relay."""

    relay: subprocess.Popen
    own_ms = 0.0  # the relay's RTT when it is to add none

    def attach(self, host: Namespace, address: str, bridge: str,
               mtu: int = 1500) -> None:
        self.relay = subprocess.Popen(
            [RELAY, str(host.pid), "eth0", str(self.dom0.pid), "relay"],
            preexec_fn=die_with_parent, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1)
        self.processes.append(self.relay)
        os.sched_setaffinity(self.relay.pid, range(os.cpu_count()))
        if not self.relay.stdout.readline():
            raise RuntimeError("the relay does not start")
        for own, name in (host, "eth0"), (self.dom0, "relay"):
            own.run("ip", "link", "set", name, "mtu", mtu, "txqueuelen", 4096)
        self.dom0.run("ip", "link", "set", "relay", "master", bridge, "up")
        host.run("ip", "address", "add", address, "dev", "eth0")
        host.run("ip", "link", "set", "eth0", "up")

    def set_wire(self, rtt_ms: float, loss_percent: float = 0,
                 seed: int = 0) -> None:
        """Makes the wire so from now on; the relay's own time is part of the
        RTT."""
        delay = max(0, round((rtt_ms - self.own_ms) * 500))
        self.relay.stdin.write(f"{delay} {round(loss_percent * 1e4)} {seed}\n")
        self.relay.stdin.flush()
        self.relay.stdout.readline()


class Site:
    """Servers in a lab, a tree, and a place for what clients write."""

    def __init__(self, made: Lab, tree: Path) -> None:
        self.lab = made
        self.directory = made.directory
        self.tree = tree
        self.servers: dict[str, Server] = {}
        made.dnsmasq(tree, "--tftp-max=200", "--except-interface=lo")
        self.servers["dnsmasq"] = Server(SERVER, made.processes[-1].pid)
        self.start_tftpd()
        self.start_nginx()
        self.add_peers_addresses()
        self.enter()

    def enter(self) -> None:
        """Moves the bench, and what it will start, into this Dom0."""
        join(self.lab.dom0)

    def start_tftpd(self) -> None:
        root = packages.unpacked("servers", "tftpd-hpa", "atftpd")
        hpa = [root / "usr/sbin/in.tftpd", "--listen", "--foreground",
               "--user=root", "--secure", "--address={}:69"]
        atftpd = [root / "usr/sbin/atftpd", "--daemon", "--no-fork",
                  "--user=root", "--group=root", "--logfile=/dev/null",
                  "--maxthread=200", "--bind-address={}"]
        for number, (name, argv) in enumerate({
                "tftpd-hpa": hpa, "tftpd-hpa -B 1468": [*hpa, "-B", "1468"],
                "atftpd": atftpd}.items(), 3):
            self.start(name, f"10.9.0.{number}", root,
                       *(str(word).format(f"10.9.0.{number}") for word in argv),
                       self.tree)
            self.wait_for_socket(name)

    def start_nginx(self) -> None:
        root = packages.unpacked("nginx", "nginx-light")
        config = self.directory / "nginx.conf"
        config.write_text(NGINX.format(self.directory, SERVER, self.tree))
        self.start("nginx", SERVER, root, root / "usr/sbin/nginx", "-c", config,
                   "-e", self.directory / "nginx.log")
        self.wait_for_socket("nginx")

    def start(self, name: str, address: str, root: Path, *argv: object) -> None:
        if address != SERVER:  # on eth0, dnsmasq would take it
            self.lab.server.run("ip", "address", "add", address, "dev", "lo")
        process = self.lab.spawn(self.lab.server, *argv,
                                 env=packages.environment(root))
        self.servers[name] = Server(address, process.pid)

    def wait_for_socket(self, name: str) -> None:
        wait_for(lambda: f"pid={self.servers[name].pid}," in
                 self.lab.server.run("ss", "-Hlutnp"), name)

    def add_peers_addresses(self) -> None:
        dom0 = self.lab.dom0
        dom0.run("ip", "address", "add", f"{DOM0}/24", "dev", "xenbr0")
        dom0.run("ip", "link", "add", CLIENT, "type", "veth", "peer", "name",
                 "port")
        dom0.run("ip", "link", "set", "port", "master", "xenbr0", "up")

    def choose_congestion_control(self) -> str:
        """Takes a distribution's default, or what is most like it, instead of
        this machine's, whose pacing may hide everything else; returns its
        name."""
        path = "/proc/sys/net/ipv4/tcp_congestion_control"
        self.lab.server.run("sh", "-c", f"echo cubic > {path} || echo reno > {path}",
                            check=False)
        return self.lab.server.run("cat", path).strip()

    def file(self, kib: int, copy: int = 0) -> str:
        """Names a file of the tree with so many random KiB."""
        name = f"f{kib}k{copy or ''}"
        path = self.tree / name
        if not path.exists():
            with path.open("wb") as file:
                for at in range(0, kib << 10, MIB):
                    file.write(os.urandom(min(MIB, (kib << 10) - at)))
        return name

    def sparse_file(self, mib: int) -> str:
        """Names a file that has some bytes of its own in each MiB."""
        name = f"sparse{mib}m"
        if not (self.tree / name).exists():
            with (self.tree / name).open("wb") as file:
                for at in range(0, mib * MIB, MIB):
                    file.seek(at + at // MIB * 997 % MIB)
                    file.write(b"%8d" % at)
                file.truncate(mib * MIB)
        return name

    def config(self, text: str) -> None:
        """Serves this as pxelinux.cfg/default."""
        path = self.tree / "pxelinux.cfg/default"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def rtt_ms(self, count: int = 100) -> float:
        """Returns the median RTT between the bridge and the server, of pings
        without a break, as a transfer's packets are."""
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, 1) as ping:
            ping.settimeout(2)
            ping.connect((SERVER, 0))
            return statistics.median(
                one_ping(ping, n) for n in range(count))


def one_ping(ping: socket.socket, n: int) -> float:
    head = struct.pack("!BBHHH", 8, 0, 0, os.getpid() & 0xffff, n)
    total = sum(struct.unpack("!4H", head))
    total = (total & 0xffff) + (total >> 16)
    packet = head[:2] + struct.pack("!H", ~((total & 0xffff) + (total >> 16))
                                    & 0xffff) + head[4:]
    start = time.perf_counter()
    ping.send(packet)
    while True:
        answer = ping.recv(2048)[20:]
        if answer[0] == 0 and answer[4:8] == packet[4:8]:
            return (time.perf_counter() - start) * 1000


@contextlib.contextmanager
def site(tree: Path, directory: Path, relayed: bool) -> Iterator[Site]:
    """Opens a site and enters it."""
    directory.mkdir()
    made = (RelayLab if relayed else Lab)(directory)
    try:
        opened = Site(made, tree)
        if relayed:
            opened.rtt_ms(20)
            made.own_ms = opened.rtt_ms()
        yield opened
    finally:
        made.close()
        shutil.rmtree(directory, ignore_errors=True)
