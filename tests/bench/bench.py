# SPDX-License-Identifier: BSD-3-Clause
"""./build.sh bench: what lwpxeboot costs, beside its peers in the same run.

Real servers and peers in network namespaces; the clients of a row run in turn,
and the figures are medians.  They are of one machine at one time: only the
ratios mean something elsewhere.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/net"))

# pylint: disable=wrong-import-position
import contests  # noqa: E402
import instructions  # noqa: E402
import lease  # noqa: E402
import loss  # noqa: E402
import memory  # noqa: E402
import plot  # noqa: E402
import storm  # noqa: E402
import table  # noqa: E402
from contest import Contest, Options, say  # noqa: E402
from measure import adopt_orphans, busy  # noqa: E402
from servers import Site, site  # noqa: E402
from table import Row  # noqa: E402

OUT = TOP / "build/bench"
TMPFS = "/dev/shm"
OTHERS_MOST = 15  # percent
PACKAGES = ["dnsmasq-base", "curl", "atftp", "busybox-static", "valgrind"]
SERVERS = ["tftpd-hpa", "atftpd", "nginx"]
LEGEND = """\
Times are of a whole process, from before exec to its exit: for lwpxeboot a DHCP
lease and the transfer, for its peers the transfer alone, unless the row says more.
"Ours says" is the program's own rate, of the transfer alone, in its last run.
Median (least-most); ratio: theirs / ours; CPU: user and system time of the client,
and of the server meanwhile, as the kernel accounts it (tftpd-hpa's children only
every 20 ms).  Files and output are on tmpfs; sizes are compared each time, all bytes
once per row.  The relay loses no ARP and no DHCP, and needs a processor too.  Where
frames are lost, a run that fails or takes a minute counts as a minute (with --quick:
20 s).  A row that has no figure has not reached its aim."""


def parse() -> Options:
    parser = argparse.ArgumentParser(prog="./build.sh bench")
    parser.add_argument("--rows", default="", metavar="REGEX", dest="rows",
                        help='only rows like this: "SECTION: WHAT | AGAINST"')
    parser.add_argument("--rounds", type=int, help="7, or 3 with --quick, at most")
    parser.add_argument("--quick", action="store_true",
                        help="small files and few rounds: 3 minutes")
    parser.add_argument("--whole", action="store_true",
                        help="72 MiB also for whole boots at 1 ms")
    parser.add_argument("--pin", action="store_true",
                        help="client and server on one processor")
    given = parser.parse_args()
    return Options(re.compile(given.rows, re.IGNORECASE),
                   given.rounds or (3 if given.quick else 7), given.quick,
                   given.whole, given.pin)


def environment(options: Options) -> dict[str, str]:
    """What the figures depend on."""
    cpu = re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(),
                    re.MULTILINE)
    return {
        "machine": f"{os.cpu_count()} x {cpu[1] if cpu else os.uname().machine}, "
                   f"Linux {os.uname().release}, load {os.getloadavg()[0]:.1f} "
                   "when it began",
        "processors": "client and server on processor 0, the relay on any"
                      if options.pin else "client, server and relay on any",
        "versions": versions(),
    }


def versions() -> str:
    """Of the peers, by dpkg, and of the unpacked servers, by their changelogs."""
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}, ",
                           *PACKAGES], capture_output=True, text=True)
    shown = [done.stdout.strip(", ")]
    for path in sorted((TOP / "build/cache").glob(
            "*/usr/share/doc/*/changelog.Debian.gz")):
        if path.parent.name in SERVERS:
            with gzip.open(path, "rt", errors="replace") as changelog:
                version = changelog.readline().split("(")[1].split(")")[0]
            shown.append(f"{path.parent.name} {version}")
    return ", ".join(shown)


def progress(row: Row) -> None:
    cells = [cell for cell in row.cells() if cell]
    say(f"  {row.section}: " + "; ".join(cells))


class Bench:
    """One bench: its sites are opened when a row first needs them."""

    def __init__(self, options: Options, directory: Path) -> None:
        self.options = options
        self.directory = directory
        self.tree = directory / "tree"
        self.tree.mkdir()
        self.rows: list[Row] = []
        self.environment = environment(options)

    def add(self, rows: list[Row]) -> None:
        for row in rows:
            progress(row)
        self.rows += rows

    def run(self) -> None:
        wanted = [c for make in (
            contests.boots, contests.tftp, contests.http, contests.sweep_rtt,
            contests.sweep_size) for c in make(self.options)
            if any(self.options.wants(c.section, c.what, p.name)
                   for p in c.clients[1:])]
        with site(self.tree, self.directory / "direct", relayed=False) as opened:
            self.environment["congestion control of the server"] = \
                opened.choose_congestion_control()
            self.environment["RTT without the relay"] = f"{opened.rtt_ms():.3f} ms"
            self.contests(opened, [c for c in wanted if not c.is_relayed])
            for part in lease, memory, instructions, storm:
                self.add(part.bench(opened, self.options))
        wanted = [c for c in wanted if c.is_relayed]
        if wanted:
            with site(self.tree, self.directory / "relayed", relayed=True) as opened:
                opened.choose_congestion_control()
                self.environment["RTT with the relay"] = relay_rtts(opened)
                self.contests(opened, wanted)
        self.add(loss.bench(self.tree, self.options))

    def contests(self, opened: Site, wanted: list[Contest]) -> None:
        for contest in wanted:
            self.add(contest.run(opened, self.options))


def relay_rtts(opened: Site) -> str:
    """What the relay really gives for each RTT that rows ask for."""
    opened.enter()
    shown = []
    for asked in contests.RTTS:
        opened.lab.set_wire(asked)
        shown.append(f"{opened.rtt_ms():.3f} ms for {asked:g}")
    return ", ".join(shown)


def report(bench: Bench, seconds: float) -> None:
    order = list(dict.fromkeys(
        row.section for row in sorted(bench.rows, key=place)))
    rows = sorted(bench.rows, key=lambda row: order.index(row.section))
    bench.environment["duration"] = f"{seconds:.0f} s"
    text = "\n".join(f"{name}: {value}" for name, value in
                     bench.environment.items())
    text += f"\n\n{LEGEND}\n\n{table.render(rows)}\n{table.summary(rows)}\n"
    print(text, end="")
    (OUT / "bench.txt").write_text(text)
    table.write_json(OUT / "bench.json", bench.environment, rows)
    for path in plot.draw(rows, OUT):
        print(path.relative_to(TOP))


def place(row: Row) -> int:
    """Sections come in the order of what matters; sweeps come last."""
    heads = ["Whole", "TFTP, one", "HTTP", "DHCP", "TFTP with", "Bytes",
             "Instructions", "A storm", "Time against RTT", "Time against size"]
    return next(i for i, head in enumerate(heads) if row.section.startswith(head))


def main() -> int:
    if os.geteuid():
        print("the bench makes network namespaces: run it as root")
        return 1
    options = parse()
    needed = 1 if options.quick else 4
    if shutil.disk_usage(TMPFS).free < needed << 30:
        print(f"the bench needs {needed} GiB in {TMPFS}, which is a tmpfs")
        return 1
    if options.pin:
        os.sched_setaffinity(0, {0})
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    OUT.mkdir(parents=True, exist_ok=True)
    adopt_orphans()
    start, busy_before = time.monotonic(), busy()
    with tempfile.TemporaryDirectory(dir=TMPFS, prefix="lwpxe-bench-") as directory:
        bench = Bench(options, Path(directory))
        try:
            bench.run()
        except (KeyboardInterrupt, SystemExit):
            bench.environment["interrupted"] = "rows are missing"
    seconds = time.monotonic() - start
    machine, own = (after - before for after, before in zip(busy(), busy_before))
    others = 100 * max(0, machine - own) / seconds / os.cpu_count()
    bench.environment["others"] = (
        f"{others:.0f} % of the processors' time went to what is not this bench" +
        (": TOO MUCH, the times mean little" if others > OTHERS_MOST else ""))
    report(bench, seconds)
    return int("interrupted" in bench.environment)


if __name__ == "__main__":
    sys.exit(main())
