# SPDX-License-Identifier: BSD-3-Clause
"""Boots a guest from a tree as xl would, without Xen.

Plays libxl's side for any boot loader: argv, a raw terminal, the result file
and the output directory; reads the result, and judges the run rule by rule.
The boot loader runs in a namespace with the bridge xenbr0, whose boot server
serves the tree by DHCP, TFTP and HTTP.  README.md beside this file has examples.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import select
import sys
import tempfile
import termios
import time
import tty
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "net"))

# pylint: disable=wrong-import-position
from contract import Run, judge  # noqa: E402
from lab import MAC, SERVER, TOP, Lab, lab, wait_for  # noqa: E402
from fake_libxl import NEWEST, version_of  # noqa: E402
from libxl import Bootloader, Outcome  # noqa: E402
from xenstored import answer_from, xenstored  # noqa: E402

DOMID = 7
QUIT = b"\x1d"  # Ctrl-], as xl console has it


class Watched(Bootloader):
    """A run whose console is copied to ours, and ours to it, as it comes."""

    hung_up = False

    def read_console(self, seconds: float) -> bool:
        before = len(self.console)
        inputs = [self.master, *([0] if os.isatty(0) else [])]
        ready, _, _ = select.select(inputs, [], [], seconds)
        if 0 in ready:
            typed = os.read(0, 1024)
            if QUIT in typed or not typed:
                self.process.terminate()
            else:
                os.write(self.master, typed)
        more = super().read_console(0)
        sys.stdout.buffer.write(self.console[before:])
        sys.stdout.flush()
        if not more:
            time.sleep(0.1)
            self.hung_up = self.process.poll() is None
        return more

    def parse_result(self, outcome: Outcome) -> None:
        """The judge does."""


@contextlib.contextmanager
def our_terminal_raw():
    """Ours shows what the guest's would, which lwpxeboot sends for itself."""
    if not os.isatty(0):
        yield
        return
    before = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


def boot_file(tree: Path) -> str:
    """The name that puts pxelinux.cfg/ where the tree has it."""
    found = sorted(tree.glob("**/pxelinux.cfg"), key=lambda p: len(p.parts))
    directory = found[0].parent.relative_to(tree) if found else Path()
    return str(directory / "pxelinux.0")


def serve(made: Lab, options: argparse.Namespace) -> None:
    """DHCP and TFTP by dnsmasq, HTTP by busybox."""
    name = options.boot_file or boot_file(options.tree)
    prefix = name.rpartition("/")[0]
    extra = [f"--dhcp-boot={name}"]
    if options.http:
        url = f"http://{SERVER}/{prefix + '/' if prefix else ''}"
        extra.append(f"--dhcp-option-force=210,{url}")
    made.dnsmasq(options.tree, *extra, *options.dnsmasq)
    made.spawn(made.server, "busybox", "httpd", "-f", "-p", "80", "-h", options.tree)
    wait_for(lambda: ":80 " in made.server.run("ss", "-Hltn"), "busybox httpd")


def guest_of(options: argparse.Namespace) -> dict[str, bytes]:
    """What libxl has written into xenstore by then."""
    return {f"/local/domain/{DOMID}/vm": f"/vm/{options.uuid}".encode(),
            f"/local/domain/{DOMID}/name": options.name.encode(),
            f"/libxl/{DOMID}/type": options.type.encode()}


def run(made: Lab, options: argparse.Namespace) -> bool:
    """Runs the boot loader once, and prints what became of it."""
    program, *arguments = options.command
    before = made.links()
    started = time.monotonic()
    with our_terminal_raw():
        running = Watched(
            made, *arguments, binary=Path(program), args=options.args,
            kernel=options.kernel, ramdisk=options.ramdisk, domid=DOMID,
            restrict=options.runas, disk=options.disk, menu=None, console=None,
            version=options.xen, type_=options.type, preflight=True)
        try:
            outcome = running.finish(options.seconds)
        except AssertionError:
            print(f"\r\nkilled after {options.seconds} s\r\n", end="")
            running.process.wait()
            outcome = Outcome(running.process.returncode, running.console,
                              running.output.read_bytes(), [])
    seconds = time.monotonic() - started
    items, verdicts = judge(Run(
        running.version, outcome.status, seconds, outcome.result,
        running.directory, outcome.console, bool(options.runas), options.type, running.hung_up,
        made.links() - before))
    print(f"\nExit status {outcome.status} after {seconds:.2f} s."
          + ("  libxl would read:" if items else ""))
    for name, value in items.items():
        print(f"  {name:8} {value}")
    print("libxl's rules:")
    for verdict in verdicts:
        print(verdict)
    return outcome.status == 0 and all(v.good for v in verdicts)


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="fake-libxl", description=__doc__.partition("\n")[0],
        epilog="Exit status 0 means that libxl would build the guest.")
    parser.add_argument("tree", type=Path, help="the directory to serve")
    parser.add_argument("command", nargs=argparse.REMAINDER,
                        help="the boot loader and its bootloader_args "
                        f"(build/lwpxeboot --vif=mac={MAC},bridge=xenbr0)")
    add = parser.add_argument
    add("--xen", default=NEWEST, metavar="VERSION",
        help=f"whose libxl it is, 4.1 to {NEWEST} ({NEWEST})")
    add("--type", choices=["pv", "pvh"], default="pvh", help="of the guest (pvh)")
    add("--name", default="guest", help="of the guest (guest)")
    add("--uuid", default="1b4e28ba-2fa1-11d2-883f-0016d3cca427", help="of the guest")
    add("--args", help="xl.cfg's extra= or cmdline=")
    add("--kernel", help="xl.cfg's kernel=")
    add("--ramdisk", help="xl.cfg's ramdisk=")
    add("--disk", default="/dev/null", help="the guest's first disk")
    add("--runas", type=int, metavar="UID", help="libxl's restrict mode")
    add("--http", action="store_true", help="DHCP names HTTP, by option 210")
    add("--boot-file", metavar="NAME", help="what DHCP names (pxelinux.0 beside "
        "the tree's pxelinux.cfg)")
    add("--dnsmasq", action="append", default=[], metavar="OPTION",
        help="an option of dnsmasq, such as --dnsmasq=--dhcp-option=...")
    add("--seconds", type=float, default=120, help="until it is killed (120)")
    options = parser.parse_args(argv)
    options.tree = options.tree.resolve()
    if not options.tree.is_dir():
        parser.error(f"{options.tree} is no directory")
    if not re.fullmatch(r"4\.[1-9]\d?", options.xen):
        parser.error(f"Xen {options.xen} is not known")
    xen = version_of(options.xen)
    if options.type not in xen.types:
        parser.error(f"libxl {options.xen} runs a boot loader for {xen.types} only")
    if options.runas and not xen.restricts:
        parser.error(f"libxl {options.xen} has no restrict mode")
    # What begins with a dash is for the boot loader that is tried by default.
    if not options.command or options.command[0].startswith("-"):
        options.command = [str(TOP / "build/lwpxeboot"),
                           f"--vif=mac={MAC},bridge=xenbr0", *options.command]
    return options


def main() -> int:
    options = parse(sys.argv[1:])
    if os.geteuid():
        print("fake-libxl makes network namespaces: run it as root")
        return 1
    with tempfile.TemporaryDirectory() as directory, \
            lab(Path(directory)) as made, \
            xenstored(made, answer_from(guest_of(options))):
        serve(made, options)
        return 0 if run(made, options) else 1


if __name__ == "__main__":
    sys.exit(main())
