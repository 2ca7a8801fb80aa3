# SPDX-License-Identifier: BSD-3-Clause
"""A Dom0 and a boot server, as network namespaces of this test's own.

The Dom0 has the bridge xenbr0; the server, 10.9.0.1/24, is behind a port of
it.  A namespace lives as long as one sleeping process, which dies with the
test, so nothing is left behind whatever happens.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Iterator

if TYPE_CHECKING:  # who only wants a lab needs no pytest
    import pytest


TOP = Path(__file__).resolve().parent.parent.parent
INSTALLERS = Path("/usr/lib/debian-installer/images")
NETBOOT = max(INSTALLERS.glob("*/amd64/text"), default=INSTALLERS / "12/amd64/text")
SERVER = "10.9.0.1"
MAC = "00:16:3e:01:02:03"

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


def die_with_parent() -> None:
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_for(condition: Callable[[], object], what: str, seconds: float = 10) -> object:
    """Polls until `condition()` is true, and returns what it returned."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise TimeoutError(f"waited {seconds} s for {what}")


class Namespace:
    """One host: its own network and its own mounts."""

    def __init__(self) -> None:
        self.sleeper = subprocess.Popen(
            ["unshare", "--net", "--mount", "--propagation", "private",
             "sleep", "infinity"], preexec_fn=die_with_parent)
        own = Path("/proc/self/ns/net").readlink()
        theirs = Path(f"/proc/{self.sleeper.pid}/ns/net")
        wait_for(lambda: theirs.readlink() != own, "a network namespace")
        self.run("ip", "link", "set", "lo", "up")

    @property
    def pid(self) -> int:
        return self.sleeper.pid

    def command(self, *argv: object) -> list[str]:
        """Returns the command that runs `argv` inside."""
        return ["nsenter", f"--target={self.pid}", "--net", "--mount",
                *map(str, argv)]

    def run(self, *argv: object, check: bool = True) -> str:
        done = subprocess.run(self.command(*argv), text=True,
                              capture_output=True)
        if check and done.returncode:
            raise RuntimeError(f"{argv}: {done.stdout}{done.stderr}")
        return done.stdout

    def popen(self, *argv: object, **keywords) -> subprocess.Popen:
        return subprocess.Popen(self.command(*argv),
                                preexec_fn=die_with_parent, **keywords)

    def close(self) -> None:
        self.sleeper.kill()
        self.sleeper.wait()


class Lab:
    """A Dom0 with a bridge, a server behind it, and what runs in them."""

    def __init__(self, directory: Path, mtu: int = 1500) -> None:
        self.directory = directory
        self.dom0 = Namespace()
        self.server = Namespace()
        self.processes: list[subprocess.Popen] = []
        self.dom0.run("ip", "link", "add", "xenbr0", "type", "bridge")
        self.dom0.run("ip", "link", "set", "xenbr0", "up", "mtu", mtu)
        self.attach(self.server, f"{SERVER}/24", "xenbr0", mtu)

    def attach(self, host: Namespace, address: str, bridge: str,
               mtu: int = 1500) -> None:
        """Gives `host` an interface eth0 that is a port of the bridge."""
        port = f"vif{host.pid}"
        self.dom0.run("ip", "link", "add", port, "mtu", mtu, "type", "veth",
                      "peer", "name", "eth0", "mtu", mtu, "netns", host.pid)
        self.dom0.run("ip", "link", "set", port, "master", bridge, "up")
        host.run("ip", "address", "add", address, "dev", "eth0")
        host.run("ip", "link", "set", "eth0", "up")

    def spawn(self, host: Namespace, *argv: object, **keywords) -> subprocess.Popen:
        """Starts a process in `host` that ends with the lab."""
        process = host.popen(*argv, **keywords)
        self.processes.append(process)
        return process

    def dnsmasq(self, tree: Path | None, *options: str,
                host: Namespace | None = None, interface: str = "eth0") -> Path:
        """Starts dnsmasq with DHCP and TFTP; returns its log.

        The options come last, so that they win.
        """
        host = host or self.server
        log = self.directory / "dnsmasq.log"
        argv = ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
                "--no-ping", "--port=0", f"--interface={interface}",
                "--bind-interfaces", "--log-dhcp", f"--log-facility={log}",
                f"--dhcp-leasefile={self.directory}/leases", "--pid-file=",
                "--dhcp-range=10.9.0.10,10.9.0.200,1h",
                "--dhcp-authoritative", "--user=root"]
        if tree:
            argv += ["--enable-tftp", f"--tftp-root={tree}",
                     "--dhcp-boot=pxelinux.0"]
        self.spawn(host, *argv, *options)
        wait_for(lambda: log.exists() and "started" in log.read_text(),
                 "dnsmasq")
        return log

    def links(self) -> set[str]:
        """Returns the names of the Dom0's interfaces."""
        lines = self.dom0.run("ip", "-o", "link").splitlines()
        return {line.split(": ")[1].split("@")[0] for line in lines}

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self.server.close()
        self.dom0.close()


@contextlib.contextmanager
def lab(directory: Path, **keywords) -> Iterator[Lab]:
    made = Lab(directory, **keywords)
    try:
        yield made
    finally:
        made.close()


def skip_without_root() -> None:
    if os.geteuid():
        import pytest
        pytest.skip("network namespaces need root")


@contextlib.contextmanager
def lab_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab for a module's tests to share."""
    skip_without_root()
    with lab(tmp_path_factory.mktemp("lab")) as made:
        yield made
