# SPDX-License-Identifier: BSD-3-Clause
"""What PXELINUX would boot when nobody types: the entry, its command line and
its ramdisks."""

import subprocess

import pytest

import tftpd
from lab import SERVER
from tftpd import FILES, assert_boots, assert_fails, refusal

ROUTER = "10.9.0.254"
UUID = "01234567-89ab-cdef-0123-456789abcdef"
ABC = "label a\nkernel a\nlabel b\nkernel b\nlabel c\nkernel c\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with tftpd.site_of_module(
            tmp_path_factory, f"--dhcp-option=option:router,{ROUTER}") as opened:
        yield opened


# ---- Which entry boots

MENU = "default vesamenu.c32\n"
DECISIONS = {
    "default": ("default b\n" + ABC, "b"),
    "default of all": (ABC + "default a\ndefault c\n", "c"),
    "default in a label": ("label a\ndefault b\nkernel a\nlabel b\nkernel b\n", "b"),
    "ui": ("default a\nui menu.c32\nlabel b\nkernel b\n", "b"),
    "ui with default": ("ui menu.c32\ndefault b\n" + ABC, "b"),
    "menu without default": (MENU + ABC, "a"),
    "menu without extension": ("default menu\n" + ABC, "a"),
    "menu in a directory": ("default ::/boot/vesamenu.c32\n" + ABC, "a"),
    "label of a menu": ("default m\n" + ABC + "label m\nkernel menu.c32\n", "a"),
    "circle": ("default m\nlabel m\nkernel menu.c32\n" + ABC, "circle"),
    "menu default": (MENU + ABC + "menu default\n", "c"),
    "two menu defaults": (MENU + "label a\nmenu default\n" + ABC + "menu default\n",
                          "c"),
    "menu ignores default": ("default b\n" + MENU + ABC, "a"),
    "ui default beats menu default": ("ui menu.c32\ndefault b\n" + ABC
                                      + "menu default\n", "b"),
    "ontimeout": (MENU + "ontimeout b\n" + ABC + "menu default\n", "b"),
    "prompt": ("prompt 1\ndefault a\nontimeout b\n" + ABC, "b"),
    "no prompt": ("prompt 0\ndefault a\nontimeout b\n" + ABC, "a"),
    "prompt without ontimeout": ("prompt 1\ndefault b\n" + ABC, "b"),
    "ontimeout alone": ("ontimeout b\n" + ABC, "b"),
    "ui ignores prompt": ("prompt 1\nui c\nontimeout b\n" + ABC, "c"),
    "hidden": (MENU + "label h\nmenu hide\nkernel c\n" + ABC, "a"),
    "hidden by name": ("default h\nlabel h\nmenu hide\nkernel c\n" + ABC, "c"),
    "hidden default": (MENU + "label h\nmenu default\nmenu hide\nkernel c\n" + ABC,
                       "a"),
    "disabled": (MENU + "label x\nmenu disable\nkernel c\nlabel y\nmenu default\n"
                 "menu disabled\nkernel c\n" + ABC, "a"),
    "separator": (MENU + "menu separator\nkernel c\n" + ABC, "a"),
    "submenu first": (MENU + "menu begin sub\nlabel x\nkernel c\nmenu end\n" + ABC,
                      "c"),
    "submenu later": (MENU + "label x\nkernel a\nmenu begin\nlabel y\nkernel c\n"
                      "menu default\nmenu end\n", "a"),
    "submenu as default": (MENU + "label x\nkernel a\nmenu begin s\nmenu default\n"
                           "label y\nkernel c\nmenu end\n", "c"),
    "goto": (MENU + "label x\nmenu goto sub\nmenu default\n" + ABC
             + "menu begin sub\nlabel y\nkernel b\nmenu end\n", "b"),
    "goto a tag that is there twice": (
        MENU + "label x\nmenu goto t\nmenu begin t\nlabel y\nkernel b\nmenu end\n"
        "menu begin t\nlabel z\nkernel c\nmenu end\n", "c"),
    "goto nowhere": (MENU + "label x\nmenu goto none\n" + ABC, "a"),
    "exit": (MENU + ABC + "menu begin sub\nmenu start\nlabel x\nmenu exit\n"
             "menu end\n", "a"),
    "exit to a tag": (MENU + ABC + "menu begin s\nmenu start\nlabel x\nmenu exit t\n"
                      "menu end\nmenu begin t\nlabel y\nkernel b\nmenu end\n", "b"),
    "exit from the top": (MENU + "label x\nkernel b\nmenu exit\n" + ABC, "b"),
    "stray end": (MENU + "menu end\n" + ABC, "a"),
    "quit": (MENU + "label q\nmenu quit\n" + ABC, "a"),
    "default inside a submenu": ("ui menu.c32\ndefault y\n" + ABC + "menu begin s\n"
                                 "label y\nkernel b\nmenu end\n", "b"),
    "ontimeout of a submenu": (MENU + "menu begin s\nontimeout c\nlabel x\n"
                               "kernel a\nmenu end\n" + ABC, "c"),
    "ontimeout from above": (MENU + "ontimeout b\n" + ABC + "menu begin s\nmenu start"
                             "\nlabel x\nkernel c\nmenu end\n", "b"),
    "tag of a menu is no label": ("default s\nmenu begin s\nlabel x\nkernel a\n"
                                  "menu end\nlabel s\nkernel b\n", "b"),
    "twice the same label": ("default x\nlabel x\nkernel a\nlabel x\nkernel b\n",
                             "a"),
    "label with blanks": ("default x\nlabel x y z\nkernel b\n", "b"),
    "label is case-sensitive": ("default a\nlabel A\nkernel b\n" + ABC, "a"),
    "label without kernel": ("default b\nlabel b\nappend x\n", "b"),
    "last kernel": ("default x\nlabel x\nkernel a\nconfig none\nlinux b\n", "b"),
    "implicit kernel": ("default b\nlabel a\nkernel a\n", "b"),
    "linux by decree": ("default x\nlabel x\nlinux i.3\n", "i.3"),
    "help text": ("default x\nlabel x\ntext help\ndefault a\nkernel a\n ENDTEXTS\n"
                  "  label x\n  endtext\nkernel b\n", "b"),
    "text that never ends": ("default a\n" + ABC + "text help\ndefault b\n", "a"),
    "upper case": ("DEFAULT b\nLABEL b\nKERNEL c\n", "c"),
    "indented": ("  default\tb\n\t label \t b\n \tkernel\t c\n", "c"),
    "crlf": ("default b\r\nlabel b\r\nkernel c\r\n", "c"),
    "no end of line": ("default b\nlabel b\nkernel c", "c"),
    "comments": ("# default a\n#label b\ndefault b\nlabel b\nkernel c\n;x\n", "c"),
    "unknown words": ("say hello\nprompt0\nfdt x\ndefault b\nf1 x\nlabel b\n"
                      "kernel c\nkaslrseed\ndefaultx a\n", "c"),
    "nul": (b"default b\0x\n\0\0\nlabel b\0\0kernel a\nkernel c\0\n", "c"),
    "control bytes": (b"\x18splash\n\x01default\x02b\nlabel\x1fb\nkernel\x7f a\n"
                      b"kernel c\x07 \n\xff\xfe\n", "c"),
}


@pytest.mark.parametrize("case", DECISIONS)
def test_entry_that_boots_when_nobody_types(site, case):
    config, kernel = DECISIONS[case]
    booted = site.boot(config)
    if kernel == "circle":
        assert_fails(booted, 32, "in a circle")
    else:
        assert_boots(booted, kernel)


@pytest.mark.parametrize("config, text", [
    ("", "neither DEFAULT nor UI"),
    ("implicit 0\ndefault x\n", 'no label "x"'),
    ("ui menu.c32\ndefault nothing\nontimeout x\nimplicit 0\n", 'no label "x"'),
    ("default x\nlabel x\nmenu disable\n", '"x" cannot be booted'),
], ids=["no default", "implicit 0", "ontimeout", "disabled"])
def test_nothing_to_boot_lists_the_labels(site, config, text):
    booted = site.boot(config + ABC)
    assert_fails(booted, 32, text)
    assert_fails(booted, 32, "it has a, b, c; name one with --label=")


def test_menu_without_entries_has_nothing_to_boot(site):
    assert_fails(site.boot(MENU + "menu separator\n"), 32, "nothing to boot")


@pytest.mark.parametrize("label, kernel", [
    ("b", "b"), ("two", "c"), ("two words", "c"), ("hidden", "a"), ("inner", "b"),
    ("0", "a"), ("1", "b"), ("2", "c"), ("7", "c"),
])
def test_label_option_overrides_the_configuration(site, label, kernel):
    config = ("ui menu.c32\ndefault a\nontimeout a\nlabel a\nlabel b\n"
              "label two words\nkernel c\nlabel 7\nkernel c\n"
              "label hidden\nmenu hide\nkernel a\n"
              "menu begin s\nlabel inner\nkernel b\nmenu end\n")
    assert_boots(site.boot(config, f"--label={label}"), kernel)


@pytest.mark.parametrize("label", ["B", "tw", "3", "-1", "1x"])
def test_label_option_that_fits_nothing_lists_the_labels(site, label):
    config = "default a\nlabel a\nlabel b\nlabel two words\n"
    assert_fails(site.boot(config, f"--label={label}"), 32,
                 f'no label "{label}", for which --label= asks; '
                 "it has a, b, two words")


@pytest.mark.parametrize("line", [
    "kernel x.c32", "kernel ::/boot/x.c32 args", "kernel pxelinux.0", "kernel x.img",
    "kernel x.bss", "kernel x.bin", "kernel x.bs", "com32 x", "comboot x", "boot x",
    "bss x", "pxe x", "fdimage x", "kernel mboot.c32", "kernel memdisk",
    "kernel boot/memdisk", "linux memdisk", "com32 hdt.c32", "com32 reboot.c32",
    "com32 pxechn.c32\nappend 10.9.0.1::pxelinux.0", "linux boot/wimboot",
    "kernel memtest86+", "linux ipxe.lkrn\nappend dhcp", "com32 lua.c32\nappend x",
    "kernel mboot.c32\nappend vmkboot.gz --- vmkernel.gz",
])
def test_what_a_guest_cannot_run_is_refused(site, line):
    guest, outcome = site.boot(
        f"default x\nlabel x\n{line}\n",
        files=dict.fromkeys(("x", "memdisk", "boot/memdisk"), b"x" * 100))
    assert_fails((guest, outcome), 33, "--label=")
    assert guest.names == [guest.config]


@pytest.mark.parametrize("line", [
    "kernel mboot.c32\nappend xen.gz x --- a o --- i1", "com32 linux.c32\nappend a o "
    "initrd=i1", "com32 ifcpu64.c32\nappend y -- z", "kernel menu.c32\nappend m1 m2",
    "config c1 sub/",
])
def test_what_stands_in_for_a_module_is_booted(site, line):
    guest, outcome = site.boot(
        f"default x\nlabel x\n{line}\nlabel y\nkernel a\nappend o\ninitrd i1\n",
        files={"m1": b"ontimeout y\nlabel y\nkernel b\n",
               "m2": b"kernel a\nappend o\ninitrd i1\n",
               "c1": b"default ::a o initrd=::i1\ninclude c2\n",
               "sub/c2": b"default ::a o initrd=::i1\n"})
    args = "BOOT_IMAGE=::a o initrd=::i1" if "config" in line else \
        "BOOT_IMAGE=a o initrd=i1"
    assert_boots((guest, outcome), "a", args)
    assert outcome.ramdisk == FILES["i1"]


# ---- When loading fails

@pytest.mark.parametrize("config, code", [
    ("default x now\nlabel x\nkernel none\n", 34),
    ("default x now\nlabel x\nkernel a\ninitrd i1,none\n", 34),
    ("default x now\nlabel x\ncom32 hdt.c32\n", 33),
    ("default x now\nimplicit 0\n", 32),
], ids=["kernel", "initrd", "module", "label"])
def test_onerror_runs_once_with_the_failed_line(site, config, code):
    files = {"empty": b""}
    booted = site.boot(config + "onerror y because\nlabel y\nkernel b\n"
                       "append z\ninitrd i2\n", files=files)
    assert_boots(booted, "b", "BOOT_IMAGE=b z initrd=i2 because x now")
    assert booted[1].ramdisk == FILES["i2"]
    booted = site.boot(config + "onerror y\nlabel y\nkernel gone\n", files=files)
    assert_fails(booted, 34, "kernel gone")
    assert_fails(site.boot(config), code, "")


def test_onerror_is_not_for_a_label_that_is_not_there(site):
    config = "default a\nonerror b\n" + ABC
    assert_fails(site.boot(config, "--label=d"), 32, 'no label "d"')


def test_onerror_may_be_the_disk(site):
    guest, outcome = site.boot("default none\nonerror y\nlabel y\nlocalboot 0\n")
    assert_fails((guest, outcome), 40, "")
    assert any("ONERROR" in line for line in outcome.lines)


def test_pxeretry_is_the_number_of_extra_attempts(site):
    guest, outcome = site.boot("pxeretry 2\ninclude gone\ndefault none\n")
    assert_fails((guest, outcome), 34, "none")
    assert guest.names == [guest.config] + ["gone"] * 3 + ["none"] * 3


def test_pxeretry_stops_where_the_file_is(site):
    def third(t):
        if guest.names.count("late") < 3:
            refusal(1)(t)
        else:
            t.put_blocks(FILES["a"], 512)
    guest = site.guest(late=third)
    guest.files[guest.config] = b"pxeretry 4\ndefault late\n"
    assert_boots((guest, guest.boot()), "a")
    assert guest.names == [guest.config] + ["late"] * 3


def test_say_is_said(site):
    outcome = site.boot(b"say Hello \x1b[31m\ndefault a\n")[1]
    assert any(line.startswith("Hello ") for line in outcome.lines)
    assert b"\x1b[31m" not in outcome.console


@pytest.mark.parametrize("scheme", ["https", "ftp", "nfs", "gopher"])
@pytest.mark.parametrize("line", ["kernel", "kernel a\ninitrd", "include"])
def test_other_protocols_are_refused_by_name(site, scheme, line):
    config = f"default x\nlabel x\n{line} {scheme}://{SERVER}/x\n"
    text = '"gopher" is no protocol' if scheme == "gopher" else \
        f"{scheme} is not supported"
    assert_fails(site.boot(config), 33, text)


# ---- The command line

ADDRESSES = f"ip={{ip}}:{SERVER}:{ROUTER}:255.255.255.0"
BOOTIF = "BOOTIF=01-{mac}"
SYSUUID = f"SYSUUID={UUID}"
LABEL = "default x y z\nlabel x\nkernel a\n"
CMDLINES = {
    "nothing": ("default a\nlabel a\n", ""),
    "global": ("append g h\ndefault x\nlabel x\nkernel a\n", " g h"),
    "global behind a label": ("label w\nappend w\nmenu separator\nappend g\n"
                              "default x\nlabel x\nkernel a\n", " g"),
    "global, too late": ("default x\nlabel x\nkernel a\nmenu separator\n"
                         "append g\n", ""),
    "own": ("append g\n" + LABEL + "append o\n", " o y z"),
    "own, empty": ("append g\n" + LABEL + "append\n", " y z"),
    "dash": ("append g\n" + LABEL + "append -\n", " y z"),
    "dash and blank": ("append g\n" + LABEL + "append - \n", " -  y z"),
    "last": (LABEL + "append o\nappend p\n", " p y z"),
    "arguments of the kernel": (LABEL + "kernel a k=1  k\nappend o\n",
                                " k=1  k o y z"),
    "initrd": ("initrd i2\n" + LABEL + "append o\ninitrd i1\n", " o initrd=i1 y z"),
    "implicit": ("append g\ndefault a b  c\n", " b  c"),
    "ontimeout": (MENU + "ontimeout x t=1\nlabel x\nkernel a\nappend o\n",
                  " o t=1"),
    "tabs": (LABEL + "append \t o\tp\n", " o p y z"),
    "quotes": (LABEL + r"""append a="b c" 'd;e' f==g ${h} $(i) \n %20 #j  k; """
               "\n", r""" a="b c" 'd;e' f==g ${h} $(i) \n %20 #j  k;  y z"""),
    "nul": (LABEL + "append o\0p\n", " o y z"),
    "three dashes": (LABEL + "append vga=788 --- quiet \n", " vga=788 --- quiet  y z"),
    "utf-8": (LABEL + "append motd=Grüße,世界\n", " motd=Grüße,世界 y z"),
    "ipappend 1": ("ipappend 1\n" + LABEL, f" {ADDRESSES} y z"),
    "ipappend 2": (LABEL + "ipappend 2\n", f" {BOOTIF} y z"),
    "sysappend 4": (LABEL + "sysappend 4\n", f" {SYSUUID} y z"),
    "sysappend 0x7": (LABEL + "append o\ninitrd i1\nsysappend 0x7\n",
                      f" o initrd=i1 {ADDRESSES} {BOOTIF} {SYSUUID} y z"),
    "sysappend 0x3": (LABEL + "SysAppend 0X3\n", f" {ADDRESSES} {BOOTIF} y z"),
    "own sysappend": ("sysappend 3\n" + LABEL + "sysappend 0\n", " y z"),
    "other bits": (LABEL + "sysappend 0x7fff8\n", " y z"),
    "implicit sysappend": ("sysappend 2\ndefault a b\n", f" b {BOOTIF}"),
}


@pytest.mark.parametrize("case", CMDLINES)
def test_command_line_is_what_pxelinux_would_pass(site, case):
    config, args = CMDLINES[case]
    guest, outcome = site.boot(config, f"--uuid={UUID}")
    args = args.replace("{ip}", guest.ip)
    args = args.replace("{mac}", guest.mac.replace(":", "-"))
    assert_boots((guest, outcome), "a", "BOOT_IMAGE=a" + args)


def test_xl_cfg_has_the_last_word(site):
    booted = site.boot(LABEL + "append o\nsysappend 2\n", args='root=/dev/xvda "q"')
    bootif = BOOTIF.replace("{mac}", booted[0].mac.replace(":", "-"))
    assert_boots(booted, "a", f'BOOT_IMAGE=a o {bootif} y z root=/dev/xvda "q"')


def test_nameless_guest_has_no_sysuuid(site):
    assert_boots(site.boot(LABEL + "sysappend 4\n"), "a", "BOOT_IMAGE=a y z")


def test_longest_command_line_is_what_libxl_takes(site):
    room = 8186 - len("BOOT_IMAGE=a ")
    assert_boots(site.boot("default a\n", args="x" * room), "a",
                 "BOOT_IMAGE=a " + "x" * room)
    assert_fails(site.boot("default a\n", args="x" * (room + 1)), 37, "8186")


def test_command_line_that_a_guest_may_cut_is_warned_of(site):
    def warnings(length):
        args = "x" * (length - len("BOOT_IMAGE=a "))
        guest, outcome = site.boot("default a\n", args=args)
        assert len(outcome.args) == length
        return [line for line in outcome.lines if line.startswith("warning:")]
    assert warnings(1023) == []
    assert "1024 bytes" in warnings(1024)[0]


@pytest.mark.parametrize("byte", [1, 7, 8, 0x0b, 0x1b, 0x1f, 0x7f])
def test_control_characters_are_refused(site, byte):
    config = b"default a\nlabel a\nappend x" + bytes([byte]) + b"y\n"
    assert_fails(site.boot(config), 37, f"0x{byte:02x}")
    assert_fails(site.boot("default a\n", args=f"x{byte:c}y"), 37, f"0x{byte:02x}")


# ---- Ramdisks

def joined(*names):
    """What the ramdisk must be behind its first archive."""
    whole = b""
    for name in names:
        whole += bytes(-len(whole) % 4) + FILES[name]
    return whole


@pytest.mark.parametrize("config, names", [
    ("initrd i1", ["i1"]),
    ("append initrd=i1 x", ["i1"]),
    ("append x\tinitrd=i2\ty", ["i2"]),
    ("append initrd=i2\ninitrd i1", ["i2"]),
    ("append initrd=i1 initrd=i2", ["i1"]),
    ("append x.initrd=i1", ["i1"]),
    ("kernel a initrd=i2\nappend initrd=i1", ["i2"]),
])
def test_single_ramdisk_is_left_as_it_is(site, config, names):
    guest, outcome = site.boot(f"default x\nlabel x\nkernel a\n{config}\n")
    assert_boots((guest, outcome), "a")
    assert outcome.ramdisk == FILES[names[0]]
    assert guest.names == [guest.config, "a", *names]


def test_no_ramdisk_is_none(site):
    guest, outcome = site.boot("default a\n", args="initrd=i1")
    assert_boots((guest, outcome), "a", "BOOT_IMAGE=a initrd=i1")
    assert outcome.ramdisk is None and "ramdisk" not in outcome.items
    assert guest.names == [guest.config, "a"]


@pytest.mark.parametrize("config, names", [
    ("initrd i1,i2", ["i1", "i2"]),
    ("initrd i.3,i2,i1", ["i.3", "i2", "i1"]),
    ("append initrd=i2,i1,i.3 x", ["i2", "i1", "i.3"]),
    ("initrd i1,i1", ["i1", "i1"]),
])
def test_ramdisks_are_joined_behind_an_empty_archive(site, config, names):
    guest, outcome = site.boot(f"default x\nlabel x\nkernel a\n{config}\n")
    assert_boots((guest, outcome), "a")
    assert guest.names == [guest.config, "a", *names]
    first, rest = outcome.ramdisk[:512], outcome.ramdisk[512:]
    assert rest == joined(*names)
    assert first.startswith(b"070701") and b"TRAILER!!!" in first
    listed = subprocess.run(["cpio", "--list", "--format=newc", "--quiet"],
                            input=first, capture_output=True, check=True)
    assert listed.stdout == listed.stderr == b""
