# SPDX-License-Identifier: BSD-3-Clause
"""What Dom0 does: its steps, and the guests of each.

A step is a line of Dom0's job: a function of rootfs/job.d with its time limit
in seconds, and the names of its guests behind it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

XENS = ("4.17", "4.20")
LENGTHS = (1023, 1024, 2047, 2048, 8186, 8187)    # of command lines, bytes
SWARM = [f"swarm{number}" for number in range(8)]
PACKINGS = ("gzip", "bzip2", "lzma", "xz", "lzo", "lz4", "zstd")
EXTRACTED = ("xz", "lz4", "zstd")
# Debian's libxenguest is built without these.
UNKNOWN_PACKINGS = ("bzip2", "lzo")


def entry(append: str, kernel: str = "small/small", initrd: str = "small/first.gz") -> str:
    """Return a PXELINUX configuration with one entry."""
    return f"DEFAULT it\nLABEL it\n\tKERNEL {kernel}\n\tINITRD {initrd}\n\tAPPEND {append}\n"


SMALL = entry("entry=small")
MENU = """\
UI menu.c32
TIMEOUT 1200
MENU TITLE Which one
LABEL first
	KERNEL small/small
	APPEND entry=first
LABEL second
	KERNEL small/small
	APPEND entry=second key=wanted
"""


@dataclass
class Guest:
    """A guest's xl.cfg, and what the boot server has for it."""

    name: str
    type: str = "pv"
    serves: str | None = None       # its PXELINUX configuration, else the default
    then: str | None = None         # the same, for its second boot
    arguments: list[str] = field(default_factory=list)
    extra: str = ""                 # as in xl.cfg
    bridge: str = "xenbr0"
    bootloader: str = "lwpxeboot"   # bare: libxl looks in its own folder, then in PATH
    settings: str = ""              # more lines of xl.cfg
    memory: int = 32
    disk: str = "/dev/loop0"

    @property
    def mac(self) -> str:
        """Return the MAC address, of which each guest has its own."""
        number = [guest.name for step in PLAN for guest in step.guests].index(self.name)
        return f"00:16:3e:00:{number // 256:02x}:{number % 256:02x}"

    @property
    def served_as(self) -> str:
        """Return the name of its PXELINUX configuration."""
        return f"pxelinux.cfg/01-{self.mac.replace(':', '-')}" if self.serves else \
            "pxelinux.cfg/default"

    def is_linux(self) -> bool:
        """Return whether it runs Debian's kernel, and uses its network interface."""
        return "fake" not in self.bootloader and "debian/" in (self.serves or "debian/")

    def config(self) -> str:
        """Return its xl.cfg."""
        vif = f"mac={self.mac},bridge={self.bridge}"
        script = "" if self.is_linux() else ",script=/etc/xen/scripts/vif-none"
        arguments = self.arguments
        if self.bootloader != "/usr/bin/fake":
            arguments = [f"--vif={vif}", *arguments]
        words = ", ".join(f'"{word}"' for word in arguments)
        return (f'name = "{self.name}"\ntype = "{self.type}"\nmemory = {self.memory}\n'
                f'bootloader = "{self.bootloader}"\nbootloader_args = [{words}]\n'
                f'extra = "{self.extra}"\nvif = ["{vif}{script}"]\n'
                f'disk = ["phy:{self.disk},xvda,r"]\n'
                'on_poweroff = "destroy"\non_crash = "destroy"\n' +
                (self.settings or 'on_reboot = "destroy"') + "\n")


@dataclass
class Step:
    """A line of Dom0's job, and where it is done."""

    run: str
    guests: list[Guest] = field(default_factory=list)
    always: tuple[str, ...] = ()    # the versions where ./build.sh test does it too
    xens: tuple[str, ...] = XENS

    def line(self) -> str:
        """Return what Dom0's shell runs."""
        return " ".join([self.run, *(guest.name for guest in self.guests)])


def padded(kind: str, length: int) -> Guest:
    """Return a guest whose command line has LENGTH bytes.

    The padding says at each place where it is, so that a cut tells its place.
    """
    guest = Guest(f"{kind}{length}", kind, serves=entry("console=hvc0"))
    line = "BOOT_IMAGE=small/small console=hvc0 initrd=small/first.gz pad="
    numbers = "".join(f"{number:05}" for number in range(len(line), length, 5))
    guest.extra = "pad=" + numbers[:length - len(line)]
    return guest


def fake(*arguments: str, kind: str = "pv", settings: str = "") -> Guest:
    """Return a guest of rootfs/usr/bin/fake, a bootloader that does odd things."""
    name = "-".join(["fake", kind, *arguments])
    return Guest(name, kind, bootloader="/usr/bin/fake", extra="from-xl-cfg=fake",
                 arguments=list(arguments), settings=settings)


# What no limit of time is meant to show; a host that runs alone needs a tenth.
LONG = 500
BOTH = XENS
RESTRICT = "bootloader_restrict = 1"

PLAN = [
    Step(f"together {LONG}", [Guest(
        "pv", serves=entry("console=hvc0 entry=by-mac", "http://192.0.2.1/debian/vmlinuz",
                           "debian/initrd.gz,debian/second.gz"),
        arguments=["-v"], extra="from-xl-cfg=pv", memory=256)],
         always=("4.17",), xens=("4.17",)),
    Step(f"together {LONG}", [Guest(
        "pvh", "pvh", extra="from-xl-cfg=pvh", memory=256,
        bootloader="/usr/bin/lwpxeboot",
        settings='uuid = "6d1b5b1e-2f0c-4a55-9c3a-0f5e7d8c9b1a"')],
         always=("4.17",), xens=("4.17",)),
    Step(f"together {LONG}", [
        Guest("small-pv", serves=SMALL), Guest("small-pvh", "pvh", serves=SMALL),
        Guest("no-pvh", serves=entry("entry=elf", "small/no-pvh")),
        Guest("no-pvh-refused", "pvh", serves=entry("", "small/no-pvh")),
        Guest("unserved", bridge="xenbr1", arguments=["--dhcp-timeout=5"])], always=BOTH),
    Step(f"restricted {LONG}", [Guest("restricted", serves=SMALL, settings=RESTRICT)],
         always=("4.20",)),
    Step(f"watched {LONG}", [Guest("watched", bridge="xenbr1", settings=RESTRICT)],
         always=("4.20",)),
    Step(f"destroyed {LONG}", [Guest("doomed", bridge="xenbr1")], always=("4.17",)),
    Step(f"typed {LONG}", [Guest("menu", serves=MENU)], always=("4.17",)),
    Step(f"looked_on {LONG}", [Guest("early", bridge="xenbr9")], always=BOTH),
    Step("vlan", always=("4.17",), xens=("4.17",)),
    Step(f"rebooted {LONG}", [Guest(
        "again", serves=entry("then=reboot"), then=entry("then=off", "small/another"),
        bootloader="/usr/bin/changing", settings='on_reboot = "restart"')]),
    Step(f"together {LONG}", [Guest("named", serves=MENU, settings='bootloader_user = "booter"')],
         xens=("4.20",)),
    Step(f"together {LONG}", [Guest("local", serves="DEFAULT it\nLABEL it\n\tLOCALBOOT 0\n",
                                   arguments=["-q"], extra="from-xl-cfg=local",
                                   disk="/dev/loop1")]),
    Step(f"own_server {LONG}", [Guest("own", bridge="xenbr2", serves=SMALL)], xens=("4.17",)),
    Step(f"swarm {LONG}", [Guest(name, serves=SMALL, arguments=["--dhcp-timeout=400"])
                              for name in SWARM]),
    Step(f"together {LONG}", [Guest(packing, serves=entry("", f"small/{packing}"))
                              for packing in PACKINGS] +
         [Guest(f"{packing}-taken-out", serves=entry("", f"small/{packing}"),
                arguments=["--extract=always"]) for packing in EXTRACTED] +
         [Guest("whole", serves=entry("", "small/whole"))] +
         [Guest(f"{packing}-kept", serves=entry("", f"small/{packing}"),
                arguments=["--preflight=no"]) for packing in ("whole", *UNKNOWN_PACKINGS)]),
    Step(f"together {LONG}", [padded("pv", length) for length in LENGTHS], xens=("4.17",)),
    Step(f"together {LONG}", [padded("pvh", length) for length in LENGTHS], xens=("4.20",)),
    Step("spanning_tree", xens=("4.17",)),
    Step("foreign_frontend"),
    # What libxl makes of bootloaders that are not ours: see doc/xen-notes.md.
    Step(f"together {LONG}", [fake("initrds", "first", "larger"), fake("initrds", "larger", "first"),
                              fake("orders"), fake("long", "5000"), fake("long", "8187")]),
    Step(f"together {LONG}", [fake("nothing"), fake("nothing", kind="pvh"), fake("fail"),
                              fake("hangup"), fake("empty"), fake("abroad")]),
    Step("abroad"),
    Step(f"together {LONG}", [fake("long", "1023", kind="pvh", settings="pvshim = 1"),
                              fake("long", "1024", kind="pvh", settings="pvshim = 1")]),
]


def steps(xen: str, everything: bool) -> list[Step]:
    """Return the steps with this XEN: those of ./build.sh xen or of test."""
    return [step for step in PLAN if xen in (step.xens if everything else step.always)]


def guests(xen: str, everything: bool) -> Iterator[Guest]:
    """Return the guests of these steps."""
    for step in steps(xen, everything):
        yield from step.guests
