# SPDX-License-Identifier: BSD-3-Clause
"""dnsmasq in proxy mode, on a host of its own beside another DHCP server: the
usual way to plug network boot into a network that is there already."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Iterator

from lab import Lab, Namespace, wait_for

PROXY = "10.9.0.2"


@contextlib.contextmanager
def host_at(lab: Lab, address: str) -> Iterator[Namespace]:
    """One more host on the bridge."""
    host = Namespace()
    try:
        lab.attach(host, f"{address}/24", "xenbr0")
        yield host
    finally:
        host.close()


@contextlib.contextmanager
def dnsmasq_proxy(lab: Lab, tree: Path, *options: str,
                  address: str = PROXY) -> Iterator[Path]:
    """Runs it, with TFTP of the tree; yields its log."""
    log = lab.directory / f"proxy-{address}.log"
    with host_at(lab, address) as host:
        lab.spawn(host, "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
                  "--port=0", "--interface=eth0", "--bind-interfaces",
                  "--log-dhcp", f"--log-facility={log}", "--pid-file=",
                  f"--dhcp-leasefile={lab.directory}/proxy-leases",
                  "--user=root", "--dhcp-range=10.9.0.0,proxy",
                  "--enable-tftp", f"--tftp-root={tree}", *options)
        wait_for(lambda: log.exists() and "started" in log.read_text(),
                 "dnsmasq")
        yield log
