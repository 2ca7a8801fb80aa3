# SPDX-License-Identifier: BSD-3-Clause
"""The README's recorded sessions: real runs, each as its console shows it.

    python3 tests/net/sessions.py     # as root: records them again, into README.md

Where the README says `<!-- session: NAME -->`, the indented lines that follow
are the session NAME.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Callable

from lab import NETBOOT, TOP, Lab, lab
from libxl import boot
from person import Person

README = TOP / "README.md"
MAC = "00:16:3e:12:34:56"
CFG = f"""\
type            = "pvh"
name            = "web1"
memory          = 1024
vif             = ["mac={MAC},bridge=xenbr0"]
disk            = ["phy:/dev/vg/web1,xvda,w"]
bootloader      = "lwpxeboot"
bootloader_args = ["--cfg=/etc/xen/web1.cfg"]
"""
PXELINUX_CFG = """\
DEFAULT debian
LABEL debian
  KERNEL debian/vmlinuz
  INITRD debian/initrd.gz
  APPEND priority=critical
"""
MENU = """\
UI menu.c32
MENU TITLE The site's boot server
TIMEOUT 300
LABEL debian
  MENU LABEL Install ^Debian 12
  KERNEL debian/vmlinuz
  INITRD debian/initrd.gz
LABEL rescue
  MENU LABEL A ^rescue system
  KERNEL debian/vmlinuz
  INITRD debian/initrd.gz
  APPEND rescue/enable=true
  TEXT HELP
Debian's installer, as a shell beside the guest's disk.
  ENDTEXT
MENU SEPARATOR
LABEL disk
  MENU LABEL Boot from the guest's own ^disk
  MENU DEFAULT
  LOCALBOOT 0
"""


def tree(directory: Path, config: str) -> Path:
    """A boot server's directory with Debian's installer in it."""
    files = NETBOOT / "debian-installer/amd64"
    (directory / "pxelinux.cfg").mkdir()
    name = "01-" + MAC.replace(":", "-")
    (directory / "pxelinux.cfg" / name).write_text(config)
    (directory / "debian").mkdir()
    (directory / "debian/vmlinuz").symlink_to(files / "linux")
    (directory / "debian/initrd.gz").symlink_to(files / "initrd.gz")
    return directory


def run(made: Lab) -> str:
    """A boot as README's own xl.cfg asks for it."""
    cfg = made.directory / "web1.cfg"
    cfg.write_text(CFG)
    outcome = boot(made, f"--cfg={cfg}", menu=None, console=None, preflight=True)
    return "\n".join(line for line in outcome.lines if line)


def session_boot(made: Lab) -> str:
    """A boot of the default entry, with nobody at the console."""
    served = made.directory / "tree"
    served.mkdir()
    made.dnsmasq(tree(served, PXELINUX_CFG))
    return run(made)


def session_menu(made: Lab) -> str:
    """What somebody at the console sees, one key later."""
    served = made.directory / "tree"
    served.mkdir()
    made.dnsmasq(tree(served, MENU))
    somebody = Person(made, f"--vif=mac={MAC},bridge=xenbr0")
    somebody.see("own disk")
    somebody.type("r")
    somebody.see("beside the guest")
    screen = "\n".join(line.rstrip() for line in somebody.screen.lines)
    somebody.process.terminate()
    try:
        while somebody.read_console(0.1):
            pass
    finally:
        somebody.process.wait()
    return re.sub(r"\n{3,}", "\n\n", screen.strip("\n"))


def session_failure(made: Lab) -> str:
    """A machine that gives addresses, and whose TFTP server is not running."""
    made.dnsmasq(None, "--dhcp-boot=pxelinux.0")
    return run(made)


SESSIONS: dict[str, Callable[[Lab], str]] = {
    "boot": session_boot, "menu": session_menu, "failure": session_failure}
BLOCK = re.compile(r"(<!-- session: (\w+) -->\n\n)((?:    .*\n|\n(?=    ))+)")


def record(name: str) -> str:
    """Runs a session in a lab of its own."""
    with tempfile.TemporaryDirectory() as directory, lab(Path(directory)) as made:
        return SESSIONS[name](made)


def indented(text: str) -> str:
    return "".join(f"    {line}".rstrip() + "\n" for line in text.splitlines())


def main() -> None:
    text = README.read_text()
    README.write_text(BLOCK.sub(lambda m: m[1] + indented(record(m[2])), text))


if __name__ == "__main__":
    sys.exit(main())
