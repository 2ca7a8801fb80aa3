# SPDX-License-Identifier: BSD-3-Clause
"""A machine of another architecture in QEMU, with a bridge that leads to QEMU's own
DHCP and TFTP servers.

It runs rootfs/init, which answers with the files that it made: as an archive,
in base64, on its console.
"""

import base64
import io
import lzma
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

# What a bridge and a TAP need, in the order in which they are loaded.
MODULES = ["failover", "net_failover", "virtio_net", "llc", "stp", "bridge", "tun"]
# The emulated machine needs some 20 seconds on an idle processor.
LIMIT_SECONDS = 300


def build_initramfs(packages: Path, programs: dict[str, Path], tree: Path,
                    folder: Path) -> Path:
    """Makes it in `folder` of the unpacked `packages`; `programs` go to /bin."""
    root = folder / "root"
    for name in ("bin", "dev", "proc", "sys", "tmp", "modules", "var/run"):
        (root / name).mkdir(parents=True)
    shutil.copy(packages / "usr/bin/busybox", root / "bin/busybox")
    for name, program in programs.items():
        shutil.copy(program, root / "bin" / name)
    for name in MODULES:
        module, = packages.rglob(f"{name}.ko*")
        data = module.read_bytes()
        (root / f"modules/{name}.ko").write_bytes(
            lzma.decompress(data) if module.suffix == ".xz" else data)
    (root / "modules/order").write_text("\n".join(MODULES) + "\n")
    shutil.copytree(tree, root / "tree")
    shutil.copy(HERE / "init", root / "init")
    (root / "init").chmod(0o755)
    archive = folder / "initramfs.cpio"
    names = subprocess.run(["find", ".", "-print0"], cwd=root, check=True,
                           stdout=subprocess.PIPE).stdout
    with archive.open("wb") as out:
        subprocess.run(["cpio", "--null", "--create", "--quiet", "--format=newc"],
                       cwd=root, input=names, stdout=out, check=True)
    return archive


def run(emulator: list[str], kernel: Path, initramfs: Path, tree: Path,
        console: str, folder: Path) -> dict[str, bytes]:
    """Returns the files that the machine made; of a network, it sees QEMU's."""
    log = folder / "console.log"
    command = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", *emulator,
               "-display", "none", "-monitor", "none", "-no-reboot",
               "-serial", f"file:{log}", "-kernel", kernel, "-initrd", initramfs,
               "-append", f"console={console} quiet panic=-1",
               "-netdev", f"user,id=net,restrict=on,tftp={tree},bootfile=pxelinux.0",
               "-device", "virtio-net-pci,netdev=net,romfile="]
    subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                   timeout=LIMIT_SECONDS, check=True)
    text = log.read_text(errors="replace").replace("\r", "")
    found = re.search(r"^@report\n(.*?)^@end$", text, re.M | re.S)
    assert found, text[-4000:]
    with tarfile.open(fileobj=io.BytesIO(base64.b64decode(found[1]))) as archive:
        return {member.name: archive.extractfile(member).read()
                for member in archive if member.isfile()}
