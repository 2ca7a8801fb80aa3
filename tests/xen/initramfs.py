# SPDX-License-Identifier: BSD-3-Clause
"""The initramfs of the Xen host, with what its boot server serves.

Dom0's root file system is this folder's rootfs/ and programs out of one
unpacked release of Debian.
"""

import re
import shutil
import subprocess
from pathlib import Path

import smallkernels
from debs import kernel_release, one, run
from elf import LIBRARIES, add_libraries, add_program
from plan import SMALL, Guest, Step

HERE = Path(__file__).resolve().parent

# Xen's hotplug scripts are bash, and of these they use what busybox lacks.
PROGRAMS = ["bin/bash", "bin/ip", "bin/losetup", "sbin/bridge", "sbin/losetup",
            "usr/bin/flock", "usr/bin/script", "usr/sbin/dnsmasq",
            "usr/bin/xenstore-list", "usr/bin/xenstore-read", "usr/bin/xenstore-rm",
            "usr/bin/xenstore-write"]
XEN_PROGRAMS = ["xl", "xenconsole", "xenstored", "xenconsoled", "xen-init-dom0"]
MODULES = ["xen-evtchn", "xen-gntdev", "xen-gntalloc", "xen-privcmd", "xenfs", "loop",
           "xen-blkback", "xen-netback", "tun", "veth", "bridge"]


def build(packages: Path, bootloader: Path, steps: list[Step], archive: Path) -> None:
    """Make ARCHIVE, with BOOTLOADER as Dom0's /usr/bin/lwpxeboot."""
    root = make_root(archive.with_suffix(".root"))
    add_xen(root, packages)
    shutil.copytree(HERE / "rootfs", root, dirs_exist_ok=True)
    shutil.copy(bootloader, root / "usr/bin/lwpxeboot")
    for name in PROGRAMS:
        if (packages / name).exists():
            add_program(root, packages / name, f"usr/bin/{Path(name).name}", packages)
    (root / "usr/bin/sh").symlink_to("bash")
    # glibc loads it when a thread is cancelled, which xl does.
    shutil.copy(one(packages, f"{LIBRARIES}/libgcc_s.so.1"), root / LIBRARIES)
    add_busybox(root, packages)
    (root / "etc/modules").write_text("".join(
        f"/{path.name}\n" for path in add_modules(root, packages, MODULES)))

    guests = [guest for step in steps for guest in step.guests]
    (root / "steps").write_text("".join(f"{step.line()}\n" for step in steps))
    for guest in guests:
        (root / f"etc/xen/{guest.name}.cfg").write_text(guest.config())
    serve(root, packages, guests)
    if any(guest.disk == "/dev/loop1" for guest in guests):
        add_disk(root)
        add_pygrub(root, packages)
    pack(root, archive)


def make_root(root: Path) -> Path:
    """Make ROOT, an empty root file system with Debian's merged /usr."""
    for name in "bin", "lib", "lib64", "sbin":
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    (root / LIBRARIES).mkdir()
    return root


def serve(root: Path, packages: Path, guests: list[Guest]) -> None:
    """Put what the boot server serves into ROOT: configurations, kernels, initrds."""
    tftp = root / "srv/tftp"
    for folder in tftp / "pxelinux.cfg", root / "srv/then/pxelinux.cfg", tftp / "debian", \
            tftp / "small":
        folder.mkdir(parents=True)
    (tftp / "pxelinux.cfg/default").write_text(
        "DEFAULT debian\nLABEL debian\n\tKERNEL http://192.0.2.1/debian/vmlinuz\n"
        "\tINITRD http://192.0.2.1/debian/initrd.gz\n"
        "\tAPPEND console=hvc0 entry=default\n\tIPAPPEND 6\n")
    for guest in guests:
        for place, config in ("srv/tftp", guest.serves), ("srv/then", guest.then):
            if config:
                (root / place / guest.served_as).write_text(config)

    for mac in "0a", "0b", "0c":        # what is booted without xl
        (tftp / f"pxelinux.cfg/01-00-16-3e-01-00-{mac}").write_text(SMALL)
    image = one(packages, "boot/vmlinuz-*")
    shutil.copyfile(image, tftp / "debian/vmlinuz")
    smallkernels.make(image, tftp / "small")
    make_initrds(tftp / "debian", packages)
    # The small guest only looks at the size of its initrd.
    for name, size in ("first", 100), ("larger", 3000):
        make_tiny(tftp / "small" / name, name, size)


def make_tiny(archive: Path, name: str, size: int) -> None:
    """Make a gzip'ed cpio archive of one file, with SIZE bytes more."""
    root = archive.with_suffix(".root")
    root.mkdir()
    (root / name).write_bytes(bytes(size))
    pack(root, archive)
    run("gzip", "-n", str(archive))


def make_initrds(folder: Path, packages: Path) -> None:
    """Make Linux' initrd in FOLDER, and a second one."""
    guest = make_root(folder / "guest.root")
    shutil.copytree(HERE / "linux", guest, dirs_exist_ok=True)
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


def add_xen(root: Path, packages: Path) -> None:
    """Add Xen's tools to ROOT, where Debian has them."""
    shutil.copytree(packages / "etc/xen/scripts", root / "etc/xen/scripts")
    shutil.copy(packages / "etc/xen/xl.conf", root / "etc/xen")
    place = one(packages, "usr/lib/xen-[0-9]*").relative_to(packages)
    (root / "usr/lib/xen").symlink_to(place.name)
    for name in XEN_PROGRAMS:
        add_program(root, packages / place / "bin" / name, str(place / "bin" / name), packages)
    (root / place / "boot").mkdir()
    shutil.copy(packages / place / "boot/xen-shim", root / place / "boot")


def add_disk(root: Path) -> None:
    """Make a guest's disk in ROOT: a kernel, an initrd and GRUB's configuration."""
    files = root / "disk.root"
    (files / "boot/grub").mkdir(parents=True)
    shutil.copyfile(root / "srv/tftp/small/xz", files / "boot/vmlinuz")
    shutil.copyfile(root / "srv/tftp/small/first.gz", files / "boot/initrd.gz")
    (files / "boot/grub/grub.cfg").write_text(
        'set default="0"\nset timeout=1\nmenuentry "On disk" {\n'
        "\tlinux /boot/vmlinuz console=hvc0 from-disk=yes\n\tinitrd /boot/initrd.gz\n}\n")
    run("mke2fs", "-q", "-t", "ext2", "-d", str(files), str(root / "srv/disk"), "1M")
    shutil.rmtree(files)


def add_pygrub(root: Path, packages: Path) -> None:
    """Add pygrub to ROOT, and Python."""
    place = one(packages, "usr/lib/xen-[0-9]*").relative_to(packages)
    shutil.copy(packages / place / "bin/pygrub", root / place / "bin")
    shutil.copytree(packages / place / "lib", root / place / "lib", symlinks=True)
    python = one(packages, "usr/bin/python3.*[0-9]").relative_to(packages)
    add_program(root, packages / python, str(python), packages)
    (root / "usr/bin/python3").symlink_to(python.name)
    modules = Path("usr/lib") / python.name
    shutil.copytree(packages / modules, root / modules, ignore=shutil.ignore_patterns(
        "asyncio", "distutils", "idlelib", "lib2to3", "unittest", "pydoc*", "sitecustomize.py"))
    for folder in place / "lib", modules:
        for library in (packages / folder).rglob("*.so*"):
            add_libraries(root, library, packages)


def add_busybox(root: Path, packages: Path) -> None:
    """Add busybox to ROOT, and a link for each of its names that is free."""
    busybox = packages / "bin/busybox"
    add_program(root, busybox, "usr/bin/busybox", packages)
    for name in run(str(busybox), "--list").split():
        if not (root / "usr/bin" / name).exists():
            (root / "usr/bin" / name).symlink_to("busybox")


def add_modules(root: Path, packages: Path, names: list[str]) -> list[Path]:
    """Copy kernel modules to ROOT; return all files, in the order to load them."""
    files: dict[Path, None] = {}        # a set that keeps its order
    for name in names:
        lines = run(host_program("modprobe"), "--show-depends", "--dirname", str(packages),
                    "--set-version", kernel_release(packages), name)
        for path in re.findall(r"^insmod (\S.*\.ko\S*)", lines, re.MULTILINE):
            files[Path(path)] = None
    for path in files:
        if path.suffix == ".xz":
            run("sh", "-c", f"xz -dc '{path}' >'{root / path.stem}'")
        else:
            shutil.copy(path, root)
    return [path.with_suffix("") if path.suffix == ".xz" else path for path in files]


def host_program(name: str) -> str:
    """Return the path of a program of the machine that runs the test."""
    path = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if path is None:
        raise RuntimeError(f"{name} is missing: install what {HERE / 'packages.txt'} lists")
    return path


def pack(root: Path, archive: Path) -> None:
    """Turn the folder ROOT into a cpio archive."""
    names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    with open(archive, "wb") as output:
        subprocess.run([host_program("cpio"), "-o", "-H", "newc", "-R", "0:0", "--quiet"],
                       cwd=root, input=names.encode(), stdout=output, check=True)
    shutil.rmtree(root)
