# SPDX-License-Identifier: BSD-3-Clause
"""PXELINUX' names and files, seen from the server: where the configuration is
searched, what a name means, INCLUDE, and the limits of it all."""

import contextlib

import pytest

import tftpd
from lab import SERVER
from tftpd import ASKED, FILES, Refused, assert_boots, assert_fails, refusal

UUID = "01234567-89ab-cdef-0123-456789abcdef"
UUID_SWAPPED = "67452301-ab89-efcd-0123-456789abcdef"
MENU = "default vesamenu.c32\n"
ABC = "label a\nkernel a\nlabel b\nkernel b\nlabel c\nkernel c\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with tftpd.site_of_module(tmp_path_factory) as opened:
        yield opened


# ---- Names of the configuration

def hexadecimal(guest):
    return "".join(f"{int(part):02X}" for part in guest.ip.split("."))


def names_to_search(guest, *uuids):
    names = list(uuids)
    names.append("01-" + guest.mac.replace(":", "-"))
    names += [hexadecimal(guest)[:n] for n in range(8, 0, -1)]
    return ["pxelinux.cfg/" + name for name in [*names, "default"]]


def test_names_are_searched_in_order(lab):
    with tftpd.site(lab) as site:
        guest = site.guest()
        outcome = guest.boot(f"--uuid={UUID.upper()}")
    assert_fails((guest, outcome), 30, "put a PXELINUX configuration")
    assert guest.names == names_to_search(guest, UUID, UUID_SWAPPED)
    assert guest.names[2] == "pxelinux.cfg/01-00-16-3e-00-00-0a"
    assert guest.names[3] == "pxelinux.cfg/0A09000A"
    for name in guest.names:
        assert f"Trying {name}: not there" in outcome.lines


@pytest.mark.parametrize("there", range(12))
def test_first_name_that_exists_is_taken(site, there):
    guest = site.guest(**FILES)
    names = names_to_search(guest, UUID, UUID_SWAPPED)
    guest.files[names[there]] = b"default a\n"
    # The rest would boot something else.
    guest.files.update((name, b"default b\n") for name in names[there + 1:])
    assert_boots((guest, guest.boot(f"--uuid={UUID}")), "a")
    assert guest.names == [*names[:there + 1], "a"]


@pytest.mark.parametrize("options, first, prefix", [
    (["--dhcp-boot=pxelinux.0"], [], ""),
    (["--dhcp-boot=boot/pxelinux.0"], [], "boot/"),
    (["--dhcp-boot=/boot/x/pxelinux.0"], [], "/boot/x/"),
    (["--dhcp-boot=pxe_linux.0"], [], "pxe_"),
    (["--dhcp-boot=pxe-linux.0"], [], ""),
    (["--dhcp-boot=boot/"], [], "boot/"),
    ([f"--dhcp-boot=tftp://{SERVER}/boot/pxelinux.0"], [], "boot/"),
    ([f"--dhcp-boot={SERVER}::boot/pxelinux.0"], [], "boot/"),
    (["--dhcp-boot=boot/pxelinux.0", "--dhcp-option=210,net/"], [], "net/"),
    (["--dhcp-option=210,net"], [], "net"),
    ([f"--dhcp-option=210,tftp://{SERVER}/net/"], [], "net/"),
    (["--dhcp-boot=boot/x.0", "--dhcp-option=209,conf"], ["boot/conf"], "boot/"),
    (["--dhcp-option=210,net/", "--dhcp-option=209,conf"], ["net/conf"], "net/"),
    (["--dhcp-boot=boot/x.0", "--dhcp-option=209,::/conf"], ["/conf"], "boot/"),
    ([f"--dhcp-option=209,tftp://{SERVER}/a%20b"], ["a b"], ""),
], ids=lambda value: value if isinstance(value, str) else " ".join(value))
def test_lease_says_where_to_search(lab, options, first, prefix):
    with tftpd.site(lab, *options) as site:
        guest = site.guest()
        assert_fails((guest, guest.boot()), 30)
    assert guest.names == first + [prefix + name
                                   for name in names_to_search(guest)]


def test_option_209_comes_first_and_its_names_are_below_the_prefix(lab):
    with tftpd.site(lab, "--dhcp-option=209,conf",
                    "--dhcp-option=210,net/") as site:
        guest = site.guest(**{"net/conf": b"default a\n", "net/a": FILES["a"]})
        assert_boots((guest, guest.boot()), "a", "BOOT_IMAGE=a")
    assert guest.names == ["net/conf", "net/a"]


@pytest.mark.parametrize("name, asked", [
    ("x", "boot/x"), ("/x", "boot//x"), ("../x", "boot/../x"), ("::x", "x"),
    ("::/x", "/x"), (f"{SERVER}::x", "x"), (f"{SERVER}::/x", "/x"),
    (f"tftp://{SERVER}/x", "x"), (f"tftp://{SERVER}//x", "/x"),
    (f"tftp://{SERVER}:69/x", "x"), (f"tftp://u:p@{SERVER}/x", "x"),
    (f"tftp://{SERVER}/a%20b%2fc", "a b/c"), (f"tftp://{SERVER}/%%2", "%%2"),
    (f"tftp://{SERVER}/x%00y", "x%00y"), ("a%20b", "boot/a%20b"),
    (f"tftp://{SERVER}/x;mode=octet", "x"), ("C:\\x", "boot/C:\\x"),
])
def test_names_are_put_behind_the_prefix_as_text(lab, name, asked):
    with tftpd.site(lab, "--dhcp-boot=boot/pxelinux.0") as site:
        guest = site.guest(**{asked: FILES["a"]})
        outcome = guest.boot(kernel=name)
        assert_boots((guest, outcome), "a", f"BOOT_IMAGE={name}")
    assert guest.names == [asked]


def test_xl_cfg_may_name_kernel_and_ramdisk(site):
    guest = site.guest(vmlinuz=FILES["a"], initrd=FILES["i1"])
    outcome = guest.boot(kernel="vmlinuz", ramdisk="initrd", args="quiet")
    assert_boots((guest, outcome), "a", "BOOT_IMAGE=vmlinuz initrd=initrd quiet")
    assert outcome.ramdisk == FILES["i1"]
    assert guest.names == ["vmlinuz", "initrd"]


# ---- Errors of the server

@pytest.mark.parametrize("code", [0, 1, 2])
def test_no_such_file_leads_to_the_next_name(site, code):
    guest = site.guest(**FILES)
    guest.files[guest.config] = refusal(code)
    guest.files["pxelinux.cfg/default"] = b"default a\n"
    assert_boots((guest, guest.boot()), "a")


@pytest.mark.parametrize("code", [3, 4, 5, 6, 7, 8, 9, 65535])
def test_other_errors_do_not_lead_to_the_next_name(site, code):
    guest = site.guest(**FILES)
    guest.files[guest.config] = refusal(code, b"why not")
    guest.files["pxelinux.cfg/default"] = b"default a\n"
    assert_fails((guest, guest.boot()), 23, "why not")
    # 8 refuses the options, and is asked for less from another port.
    assert guest.names == [guest.config] * (len(ASKED) if code == 8 else 1)


@pytest.mark.parametrize("code, status", [(0, 34), (1, 34), (2, 34), (3, 23)])
@pytest.mark.parametrize("name", ["a", "i1"])
def test_missing_file_of_the_entry_is_named(site, name, code, status):
    guest = site.guest(**FILES)
    guest.files[guest.config] = b"default a\nlabel a\ninitrd i1\n"
    guest.files[name] = refusal(code)
    assert_fails((guest, guest.boot()), status, f" {name}: ")


# ---- INCLUDE

def chain(length):
    """Returns files each of which includes the next."""
    files = {f"f{i}": f"include f{i + 1}\n" for i in range(1, length)}
    files[f"f{length}"] = "default b\n"
    return {name: content.encode() for name, content in files.items()}


def test_missing_include_is_skipped(site):
    guest, outcome = site.boot("include none\ndefault b\nmenu include gone\n" + ABC)
    assert_boots((guest, outcome), "b")
    assert guest.names == [guest.config, "none", "gone", "b"]


def test_include_may_stand_inside_a_label(site):
    config = "default x\nlabel x\nkernel a\ninclude f1\nappend z\nlabel y\n"
    assert_boots(site.boot(config, files={"f1": b"kernel b\nappend y"}), "b",
                 "BOOT_IMAGE=b z")


def test_included_with_a_tag_is_a_submenu(site):
    config = MENU + ABC + "menu include f1 Sub menu\nlabel g\nmenu goto Sub menu\n" \
        "menu default\n"
    assert_boots(site.boot(config, files={"f1": b"label x\nkernel b\n"}), "b")


def test_includes_may_be_16_deep(site):
    assert_boots(site.boot("include f1\n" + ABC, files=chain(15)), "b")
    assert_fails(site.boot("include f1\n" + ABC, files=chain(16)), 31,
                 "f16 is one INCLUDE too deep")


def test_include_of_itself_is_an_error(site):
    guest = site.guest()
    config = f"default a\ninclude {guest.config}\n"
    guest.files[guest.config] = config.encode()
    assert_fails((guest, guest.boot()), 31, "LWPXE_CONFIG_DEPTH")


def test_number_of_includes_is_limited(site):
    files = {"x": b"# nothing\n"}
    assert_boots(site.boot("include x\n" * 63 + "default a\n", files=files), "a")
    assert_fails(site.boot("include x\n" * 70 + "default a\n", files=files), 31,
                 "LWPXE_CONFIG_FILES")


# ---- Other configurations

def test_config_is_read_from_scratch(site):
    guest, outcome = site.boot("append x\nsysappend 2\nconfig nothing\n"
                               "default c\nlabel c\nappend -\nconfig c1\n",
                               files={"c1": b"default a o\n"})
    assert_boots((guest, outcome), "a", "BOOT_IMAGE=a o")
    assert guest.names == [guest.config, "c1", "a"]


def test_config_changes_the_directory_of_names(lab):
    with tftpd.site(lab, "--dhcp-boot=boot/pxelinux.0") as site:
        guest = site.guest(**{
            "boot/c1": b"include i\n", "boot/d/i": b"label c\nconfig c2 ::e/\n"
            b"default c\n", "boot/d/c2": b"include i\ndefault a\n",
            "e/i": b"menu title x\n", "e/a": FILES["a"]})
        guest.files["boot/" + guest.config] = b"default c\nlabel c\nconfig c1 d/\n"
        outcome = guest.boot()
        assert_boots((guest, outcome), "a")
    assert guest.names == ["boot/" + guest.config, "boot/c1", "boot/d/i",
                           "boot/d/c2", "e/i", "e/a"]


def test_missing_config_is_named(site):
    assert_fails(site.boot("default c\nlabel c\nconfig gone x/\n"), 34,
                 "CONFIG gone")
    assert_fails(site.boot("ui menu.c32 gone too\n"), 34, "gone too is not there")
    assert_fails(site.boot("default c\nlabel c\nconfig c1 " + "x" * 600 + "\n",
                           files={"c1": b"default a\n"}), 31, "is too long")


@pytest.mark.parametrize("place", ["::", "::/", f"{SERVER}::", f"tftp://{SERVER}/"])
@pytest.mark.parametrize("line", ["include {}f\ndefault x\n", "ui menu.c32 {}f\n",
                                  "default c\nlabel c\nconfig {}f\n"],
                         ids=["include", "menu", "config"])
def test_complete_names_work_for_all_files(lab, place, line):
    slash = "/" if place == "::/" else ""
    with tftpd.site(lab, "--dhcp-boot=boot/pxelinux.0") as site:
        guest = site.guest(**{
            f"{slash}f": f"default x\nlabel x\nkernel {place}a\n".encode(),
            f"{slash}a": FILES["a"]})
        guest.files["boot/" + guest.config] = line.format(place).encode()
        assert_boots((guest, guest.boot()), "a", f"BOOT_IMAGE={place}a")


def test_tilde_is_the_configuration(site):
    guest, outcome = site.boot("ui menu.c32 f1 ~\nlabel b\nkernel b\n"
                               "menu default\n", files={"f1": b"label a\n"})
    assert_boots((guest, outcome), "b")
    assert guest.names == [guest.config, "f1", guest.config, "b"]


@pytest.mark.parametrize("line", ["config {}", "kernel menu.c32 {}", "config ~",
                                  "kernel menu.c32 ~ f1"])
def test_configurations_in_a_circle_end(site, line):
    guest = site.guest(f1=b"# nothing\n")
    line = line.format(guest.config)
    guest.files[guest.config] = f"default c\nlabel c\n{line}\n".encode()
    assert_fails((guest, guest.boot()), 31, "LWPXE_CONFIG_DEPTH")
    assert guest.names.count(guest.config) == 16


def test_menu_in_files_keeps_what_is_about_the_prompt(site):
    guest, outcome = site.boot("pxeretry 1\nui menu.c32 none f1\n", files={
        "f1": b"pxeretry 0\nlabel a\nkernel gone\n"})
    assert_fails((guest, outcome), 34, "gone")
    assert guest.names == [guest.config, "none", "none", "f1", "gone", "gone"]
    booted = site.boot("implicit 0\nui menu.c32 f1\n",
                       files={"f1": b"implicit 1\nontimeout a\n"})
    assert_fails(booted, 32, 'no label "a"')


def test_files_of_a_menu_are_limited(site):
    files = {"x": b"# nothing\n", "y": b"label a\n"}
    assert_boots(site.boot("ui menu.c32" + " x" * 63 + " y\n", files=files), "a")
    assert_fails(site.boot("ui menu.c32" + " x" * 65 + "\n", files=files), 31,
                 "LWPXE_CONFIG_FILES")


# ---- Limits

def test_line_of_4095_bytes_is_the_longest(site):
    def config(length):
        line = "append x=".ljust(length, "y")
        return f"default a\nlabel a\n{line}\nkernel a\n", line
    text, line = config(4095)
    assert_boots(site.boot(text), "a", "BOOT_IMAGE=a " + line[7:])
    assert_fails(site.boot(config(4096)[0]), 31, "line 3: the line is longer")
    assert_fails(site.boot(config(9000)[0]), 31, "4095 bytes")
    # Nobody reads it, so it may be longer.
    assert_boots(site.boot("#" * 9000 + "\ndefault a\n"), "a")


def test_number_of_labels_is_limited(site):
    def config(labels):
        return "default l9\n" + "".join(f"label l{i}\nkernel b\n"
                                        for i in range(labels))
    assert_boots(site.boot(config(512)), "b")
    assert_fails(site.boot(config(600)), 31, "LWPXE_CONFIG_LABELS")


def test_number_of_menus_is_limited(site):
    def config(menus):
        return "default a\n" + "menu begin\nmenu end\n" * menus
    assert_boots(site.boot(config(63)), "a")
    assert_fails(site.boot(config(64)), 31, "LWPXE_CONFIG_MENUS")


@pytest.mark.parametrize("announced", [True, False])
def test_size_of_the_configuration_is_limited(site, announced):
    def serve(content):
        def script(t):
            with contextlib.suppress(Refused):
                t.put_blocks(content, 512)
        return content if announced else script
    text = b"default a\n"
    guest = site.guest(**FILES, **{"f1": serve(text.ljust(140000, b"\n"))})
    guest.files[guest.config] = serve(text.ljust(260000, b"\n"))
    assert_boots((guest, guest.boot()), "a")
    guest.files[guest.config] = serve(text.ljust(263000, b"\n"))
    assert_fails((guest, guest.boot()), 36, "too large")
    guest.files[guest.config] = serve(b"include f1\n".ljust(140000, b"\n"))
    assert_fails((guest, guest.boot()), 36, "INCLUDE f1: it is too large")
