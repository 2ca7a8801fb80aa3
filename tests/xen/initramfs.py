# SPDX-License-Identifier: BSD-3-Clause
"""The initramfs of the Xen host, with the guest's own inside it.

Dom0's root file system is this folder's rootfs/, programs out of the unpacked
Xen packages, and a few programs of the machine that runs the test.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from debs import kernel_release, one, run

HERE = Path(__file__).resolve().parent
LIBRARIES = "usr/lib/x86_64-linux-gnu"

# Xen's hotplug scripts are bash, and of these they use what busybox lacks.
HOST_PROGRAMS = ["bash", "dnsmasq", "flock", "ip", "losetup",
                 "bridge"]
XEN_PROGRAMS = ["xl", "xenconsole", "xenstored", "xenconsoled", "xen-init-dom0"]
XENSTORE_PROGRAMS = ["xenstore-list", "xenstore-read", "xenstore-rm", "xenstore-write"]
MODULES = ["xen-evtchn", "xen-gntdev", "xen-gntalloc", "xen-privcmd", "xenfs", "loop",
           "xen-blkback", "xen-netback", "tun", "veth", "bridge"]


def build(packages: Path, bootloader: Path, archive: Path) -> None:
    """Make ARCHIVE, with BOOTLOADER as Dom0's /usr/bin/lwpxeboot."""
    root = make_root(archive.with_suffix(".root"))
    shutil.copytree(HERE / "rootfs", root, dirs_exist_ok=True)
    add_program(root, bootloader, "usr/bin/lwpxeboot", packages)
    add_xen(root, packages)
    for name in HOST_PROGRAMS:
        add_program(root, host_program(name), f"usr/bin/{name}", packages)
    (root / "usr/bin/sh").symlink_to("bash")
    add_busybox(root, packages)
    (root / "etc/modules").write_text("".join(
        f"/{path.name}\n" for path in add_modules(root, packages, MODULES)))

    serve(root / "srv/tftp/debian", packages)
    pack(root, archive)


def serve(folder: Path, packages: Path) -> None:
    """Put what the boot server serves into FOLDER: a kernel and two initrds."""
    folder.mkdir()
    shutil.copyfile(one(packages, "boot/vmlinuz-*"), folder / "vmlinuz")

    guest = make_root(folder / "guest.root")
    shutil.copytree(HERE / "guest", guest, dirs_exist_ok=True)
    add_busybox(guest, packages)
    add_modules(guest, packages, ["xen-netfront"])
    pack(guest, folder / "initrd")

    # Xen before 4.20 unpacks a gzip'ed initrd itself: one archive, into as much
    # memory as the last archive's size.  Where the last is the largest that
    # goes well, and all but the first is lost unless the bootloader prevents it.
    second = folder / "second.root"
    second.mkdir()
    (second / "from-second-initrd").write_text("the second initrd\n")
    (second / "filler").write_bytes(bytes((folder / "initrd").stat().st_size))
    pack(second, folder / "second")

    run("gzip", str(folder / "initrd"), str(folder / "second"))


def make_root(root: Path) -> Path:
    """Make ROOT, an empty root file system with Debian's merged /usr."""
    for name in "bin", "lib", "lib64", "sbin":
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    (root / LIBRARIES).mkdir()
    return root


def add_xen(root: Path, packages: Path) -> None:
    """Add Xen's tools to ROOT, where Debian has them."""
    shutil.copytree(packages / "etc/xen/scripts", root / "etc/xen/scripts")
    shutil.copy(packages / "etc/xen/xl.conf", root / "etc/xen")
    for name in XENSTORE_PROGRAMS:
        add_program(root, packages / "usr/bin" / name, f"usr/bin/{name}", packages)
    binaries = one(packages, "usr/lib/xen-[0-9]*/bin").relative_to(packages)
    (root / binaries).mkdir(parents=True)
    (root / "usr/lib/xen").symlink_to(binaries.parent.name)
    for name in XEN_PROGRAMS:
        add_program(root, packages / binaries / name, str(binaries / name), packages)
    # glibc loads it when a thread is cancelled, which xl does.
    add_library(root, Path("/", LIBRARIES, "libgcc_s.so.1"))


def add_busybox(root: Path, packages: Path) -> None:
    """Add busybox to ROOT, and a link for each of its names that is free."""
    busybox = host_program("busybox")
    add_program(root, busybox, "usr/bin/busybox", packages)
    names = subprocess.run([busybox, "--list"], stdout=subprocess.PIPE, text=True, check=True)
    for name in names.stdout.split():
        if not (root / "usr/bin" / name).exists():
            (root / "usr/bin" / name).symlink_to("busybox")


def add_program(root: Path, program: Path, where: str, packages: Path) -> None:
    """Copy PROGRAM to WHERE in ROOT, and the libraries it needs if any."""
    shutil.copy(program, root / where)
    needs = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                           env={**os.environ, "LD_LIBRARY_PATH": str(packages / LIBRARIES)},
                           text=True, check=False).stdout
    if "not found" in needs:
        raise RuntimeError(f"{program} lacks a library:\n{needs}")
    for library in re.findall(r"(/\S.*) \(0x", needs):
        add_library(root, Path(library))


def add_library(root: Path, library: Path) -> None:
    """Copy LIBRARY to where its users look; the loader's place is fixed."""
    loader = library.name.startswith("ld-linux")
    shutil.copy(library, root / ("usr/lib64" if loader else LIBRARIES))


def add_modules(root: Path, packages: Path, names: list[str]) -> list[Path]:
    """Copy kernel modules to ROOT; return all files, in the order to load them."""
    files: dict[Path, None] = {}        # a set that keeps its order
    for name in names:
        lines = subprocess.run(
            [host_program("modprobe"), "--show-depends", "--dirname", packages,
             "--set-version", kernel_release(packages), name],
            stdout=subprocess.PIPE, text=True, check=True).stdout
        for path in re.findall(r"^insmod (\S.*\.ko\S*)", lines, re.MULTILINE):
            files[Path(path)] = None
    for path in files:
        shutil.copy(path, root)
    return list(files)


def host_program(name: str) -> Path:
    """Return the path of a program of the machine that runs the test."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if path is None:
        raise RuntimeError(f"{name} is missing: install what {HERE / 'packages.txt'} lists")
    return Path(path)


def pack(root: Path, archive: Path) -> None:
    """Turn the folder ROOT into a cpio archive."""
    names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    with open(archive, "wb") as output:
        subprocess.run([host_program("cpio"), "-o", "-H", "newc", "-R", "0:0", "--quiet"],
                       cwd=root, input=names.encode(), stdout=output, check=True)
    shutil.rmtree(root)
