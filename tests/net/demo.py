# SPDX-License-Identifier: BSD-3-Clause
"""./build.sh demo: boots Debian's installer over the network, without Xen.

Makes a Dom0 with a bridge and a boot server as network namespaces, lets
dnsmasq serve the netboot tree of Debian's package, and runs lwpxeboot as libxl
would.  Shows what the guest's console shows, and what came back.
"""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

from lab import MAC, NETBOOT, lab
from libxl import Bootloader

FILES = NETBOOT / "debian-installer/amd64"


class Shown(Bootloader):
    """A run whose console is copied to ours as it comes."""

    def read_console(self, seconds: float) -> bool:
        before = len(self.console)
        more = super().read_console(seconds)
        sys.stdout.buffer.write(self.console[before:])
        sys.stdout.flush()
        return more


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def compare(name: str, got: bytes | None, served: Path) -> bool:
    """Prints whether a file arrived as it was served."""
    same = got == served.read_bytes()
    print(f"  {name:8} {len(got or b''):>10} bytes, sha256 {digest(got or b'')[:16]}…: "
          f"{'identical to' if same else 'DIFFERS FROM'} {served}")
    return same


def main() -> int:
    if os.geteuid():
        print("the demo makes network namespaces: run it as root")
        return 1
    sys.stdout.reconfigure(line_buffering=True)
    with tempfile.TemporaryDirectory() as directory, lab(Path(directory)) as made:
        made.dnsmasq(NETBOOT)
        run = Shown(made, f"--vif=mac={MAC},bridge=xenbr0", args="console=hvc0",
                    disk="/dev/vg/guest")
        print("What libxl runs in the Dom0, on a pty; nobody is at it:\n")
        print("  " + " \\\n    ".join(run.argv) + "\n")
        print("What the guest's console shows:\n")
        outcome = run.finish()
    print(f"\nExit status {outcome.status}; what libxl read from the result:\n")
    for name, value in outcome.items.items():
        print(f"  {name:8} {value}")
    print("\nWhat libxl would build the guest from:\n")
    good = [compare("kernel", outcome.kernel, FILES / "linux"),
            compare("ramdisk", outcome.ramdisk, FILES / "initrd.gz")]
    return 0 if outcome.status == 0 and all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
