# SPDX-License-Identifier: BSD-3-Clause
"""./build.sh bench: what lwpxeboot costs, beside busybox in the same run.

Figures of one machine at one time: only the ratios mean something elsewhere.
"""

import ctypes
import os
import re
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/net"))

from lab import MAC, NETBOOT, SERVER, Lab, lab, wait_for  # noqa: E402
from libxl import BINARY, Bootloader  # noqa: E402

ROUNDS = 21
ETH_P_IP = 0x0800
PACKET_OUTGOING = 4
SO_TIMESTAMPNS = 35
CLONE_NEWNET = 0x40000000
TREE = {"pxelinux.cfg/default": b"DEFAULT k\nLABEL k\nKERNEL kernel\n",
        "kernel": b"k"}


def enter(pid: int) -> None:
    """Moves this process into the network namespace of another."""
    with open(f"/proc/{pid}/ns/net", encoding="ascii") as namespace:
        if ctypes.CDLL(None).setns(namespace.fileno(), CLONE_NEWNET):
            raise OSError("setns failed")


class AckClock:
    """Sees the server's DHCP ACKs leave, with the kernel's time stamps."""

    def __init__(self, made: Lab) -> None:
        enter(made.server.pid)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.bind(("eth0", 3))
        self.socket.setblocking(False)
        enter(made.dom0.pid)

    def read(self) -> float | None:
        """Returns when the last ACK was sent, as a time of the real clock."""
        seen = None
        while True:
            try:
                frame, extra, _, address = self.socket.recvmsg(2048, 256)
            except BlockingIOError:
                return seen
            if address[2] == PACKET_OUTGOING and b"\x35\x01\x05" in frame:
                seconds, nanoseconds = struct.unpack("qq", extra[0][2][:16])
                seen = seconds + nanoseconds / 1e9


def mac(number: int) -> str:
    return f"00:16:3e:00:{number // 256:02x}:{number % 256:02x}"


def milliseconds(values: list[float]) -> str:
    values = [value * 1000 for value in values]
    return (f"{statistics.median(values):7.2f} ms  "
            f"({min(values):.2f} to {max(values):.2f})")


def time_run(clock: AckClock, argv: list[str]) -> tuple[float, float]:
    """Runs a program; returns the time from exec to ACK, and to its end."""
    start = time.clock_gettime(time.CLOCK_REALTIME)
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    end = time.clock_gettime(time.CLOCK_REALTIME)
    return clock.read() - start, end - start


def bench_dhcp(made: Lab) -> None:
    tree = made.directory / "tree"
    for name, data in TREE.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(data)
    made.dnsmasq(tree)
    clock = AckClock(made)
    result = made.directory / "result"
    result.touch()
    print(f"exec to DHCP ACK, and to the end of it all; {ROUNDS} new MACs each,"
          " dnsmasq --no-ping")
    for link in "tap", "packet":
        times = [time_run(clock, [
            str(BINARY), f"--vif=mac={mac(i + 1000 * (link == 'tap'))}",
            f"--link={link}", f"--output={result}",
            f"--output-directory={made.directory}"]) for i in range(ROUNDS)]
        print(f"  lwpxeboot {link:8} {milliseconds([t[0] for t in times])}"
              f"   end {milliseconds([t[1] for t in times])}")
    made.dom0.run("ip", "link", "add", "client", "type", "veth", "peer",
                  "name", "port")
    made.dom0.run("ip", "link", "set", "port", "master", "xenbr0", "up")
    times = []
    for i in range(ROUNDS):
        made.dom0.run("ip", "link", "set", "client", "address", mac(i + 2000), "up")
        times.append(time_run(clock, ["busybox", "udhcpc", "-i", "client", "-n",
                                      "-q", "-f", "-s", "/bin/true"]))
    print(f"  busybox udhcpc     {milliseconds([t[0] for t in times])}"
          f"   end {milliseconds([t[1] for t in times])}")


def child_memory(pid: int) -> int:
    """Returns the resident kilobytes of the jailed child, by its page tables."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    rollup = Path(f"/proc/{children[0]}/smaps_rollup").read_text()
    return int(re.search(r"^Rss:\s+(\d+)", rollup, re.MULTILINE)[1])


def bench_download(made: Lab) -> None:
    made.dnsmasq(NETBOOT)
    size = (NETBOOT / "debian-installer/amd64/initrd.gz").stat().st_size
    print("Debian's initrd by TFTP, blocks of 1468 bytes, from dnsmasq")
    ours, theirs, peak = [], [], 0
    for _ in range(5):
        run = Bootloader(made, f"--vif=mac={MAC}")
        wait_for(lambda r=run: r.read_console(0.05) and b"initrd " in r.console,
                 "the initrd")
        peak = max(peak, child_memory(run.process.pid))
        outcome = run.finish()
        line = next(l for l in outcome.lines if l.startswith("initrd "))
        rate, unit = re.search(r", ([\d.]+) ([kM])B/s", line).groups()
        ours.append(float(rate) * {"k": 1e-3, "M": 1}[unit])
    made.dom0.run("ip", "address", "add", "10.9.0.2/24", "dev", "xenbr0")
    for _ in range(5):
        start = time.monotonic()
        subprocess.run(made.dom0.command(
            "busybox", "tftp", "-g", "-b", "1468", "-l", made.directory / "x",
            "-r", "debian-installer/amd64/initrd.gz", SERVER), check=True,
            capture_output=True)
        theirs.append(size / 1e6 / (time.monotonic() - start))
    mine, peer = statistics.median(ours), statistics.median(theirs)
    print(f"  lwpxeboot    {mine:6.1f} MB/s")
    print(f"  busybox tftp {peer:6.1f} MB/s; ratio {mine / peer:.2f}")
    print(f"memory of the jailed process while it downloads: {peak} KiB resident")


def main() -> int:
    if os.geteuid():
        print("the bench makes network namespaces: run it as root")
        return 1
    for part in bench_dhcp, bench_download:
        with tempfile.TemporaryDirectory() as directory, lab(Path(directory)) as made:
            part(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
