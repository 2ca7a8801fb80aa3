# SPDX-License-Identifier: BSD-3-Clause
"""--tree=DIR: what would boot from a local directory, said without root and
without a network, as a site does it for its own tree."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from sites import TOP, found, missing, site  # noqa: F401

NETBOOT = Path("/usr/lib/debian-installer/images/12/amd64/text")
MAC = "00:16:3e:01:02:03"
DEFAULT_MAC_NAME = "pxelinux.cfg/01-00-16-3e-00-00-00"

CONFIG = """\
# A site's own
DEFAULT web
TIMEOUT-OF-OURS 50
INCLUDE gone.cfg
LABEL web
  KERNEL vmlinuz
  INITRD a.gz,b.gz
  APPEND quiet "q\\\\" \xe9\x1b
LABEL disk
  LOCALBOOT 0
MENU BEGIN more
  LABEL deep down
    LINUX ../vmlinuz
    nonsense here
MENU END
LABEL off
  MENU DISABLE
"""


def place(line: int) -> dict:
    return {"file": "pxelinux.cfg/default", "line": line}


def entry(number, label, line, *, menu=(), action="boot", kernel=None, initrd="",
          append="", default=False) -> dict:
    return {"number": number, "label": label, "menu": list(menu), "hidden": False,
            "action": action, "default": default, "kernel": kernel,
            "initrd": initrd, "append": append, **place(line)}


def test_answer_is_one_documented_object(site):
    config = CONFIG.replace("\x1b", "")
    site.config(config)
    site.put("vmlinuz", b"kernel")
    site.put("a.gz", b"a" * 1001)
    site.put("b.gz", b"b")
    code, answer = site.ask("--explain", "--list-entries")
    assert code == 0
    line = 'BOOT_IMAGE=vmlinuz quiet "q\\\\" \xe9 initrd=a.gz,b.gz console=hvc0'
    assert answer == {
        "lwpxeboot": "0.1.0", "format": 1, "error": None,
        "mac": "00:16:3e:00:00:00", "uuid": None, "tree": str(site.tree),
        "jail": {"held": ["descriptors", "no_new_privs", "Landlock",
                          "capabilities", "limits", "parent", "seccomp"],
                 "missing": ["namespaces", "root", "user"]},
        "offers": [], "lease": None, "boot_server": None,
        "tried": [missing(DEFAULT_MAC_NAME),
                  found("pxelinux.cfg/default", len(config))],
        "files": ["pxelinux.cfg/default"],
        "missing": [{**place(4), "name": "gone.cfg"}],
        "ignored": [{**place(3), "text": "TIMEOUT-OF-OURS 50"},
                    {**place(14), "text": "nonsense here"}],
        "ignored_more": 0,
        "entries": [
            entry(0, "web", 5, kernel="vmlinuz", initrd="a.gz,b.gz",
                  append='quiet "q\\\\" \xe9', default=True),
            entry(1, "disk", 9, kernel="0", action="local"),
            entry(None, "more", 11, action="submenu"),
            entry(2, "deep down", 12, kernel="../vmlinuz", menu=["more"]),
            entry(None, "off", 16, action="disabled"),
        ],
        "chosen": {"label": "web", **place(5), "because": "it is the DEFAULT",
                   "local": False},
        "cmdline": {"text": line, "length": len(line), "pv_limit": 1023,
                    "linux_limit": 2047, "libxl_limit": 8186},
        "kernel": found("vmlinuz", 6),
        "initrds": [found("a.gz", 1001), found("b.gz", 1)],
    }


def test_each_question_has_its_own_members(site):
    site.config(CONFIG.replace("\x1b", ""))
    site.put("vmlinuz", b"kernel")
    explained = {"chosen", "cmdline", "kernel", "initrds"}
    _, explain = site.ask("--explain")
    _, neither = site.ask()
    _, entries = site.ask("-l")
    assert explain == neither
    assert "entries" not in explain and explained <= set(explain)
    assert "entries" in entries and not explained & set(entries)
    assert entries["error"] is None, "a list needs no kernel"


def members(value) -> set[str]:
    if isinstance(value, dict):
        return set(value) | members(list(value.values()))
    return set().union(*map(members, value)) if isinstance(value, list) else set()


def test_every_member_is_in_the_manual(site):
    site.config(CONFIG)
    code, answer = site.ask("-l", "--explain")
    assert code == 37
    manual = (TOP / "doc/lwpxeboot-json.5").read_text()
    described = set(re.findall(r"[a-z_]+", " ".join(
        re.findall(r"^\.(?:It )?Cm (.*)", manual, re.MULTILINE))))
    found_here = members(answer)
    lease = {"server", "address", "mask", "router", "next_server", "seconds",
             "server_name", "boot_file", "config_file", "path_prefix"}
    assert found_here | lease <= described | {"cmdline"}


def test_text_says_the_same(site):
    site.config(CONFIG.replace("\x1b", ""))
    site.put("vmlinuz", b"kernel")
    site.put("a.gz", b"a" * 1001)
    done = site.run()
    assert done.returncode == 34 and not done.stderr
    size = (site.tree / "pxelinux.cfg/default").stat().st_size
    assert done.stdout.splitlines() == [
        f"Files below {site.tree}, in place of a boot server",
        f"Trying {DEFAULT_MAC_NAME}: not there",
        f"Trying pxelinux.cfg/default: found, {size} bytes",
        'Would boot "web" (pxelinux.cfg/default:5): it is the DEFAULT',
        r'cmdline  BOOT_IMAGE=vmlinuz quiet "q\\" \xe9 initrd=a.gz,b.gz console=hvc0',
        "kernel   vmlinuz: 6 bytes",
        "initrd   a.gz: 1.0 kB",
        "initrd   b.gz: missing: there is no such file",
        "pxelinux.cfg/default:4: skipped, since it is not there: INCLUDE gone.cfg",
        "pxelinux.cfg/default:3: ignored: TIMEOUT-OF-OURS 50",
        "pxelinux.cfg/default:14: ignored: nonsense here",
        "The command line has 62 bytes; a PV guest keeps 1023, Linux on x86 2047, "
        "libxl takes 8186",
        "lwpxeboot: it would not boot: initrd b.gz: there is no such file; put the "
        "file there or correct the configuration",
    ]


def test_list_in_text(site):
    site.config(CONFIG)
    done = site.run("-l", "--quiet")
    assert done.returncode == 0 and done.stdout == done.stderr == ""
    done = site.run("-l")
    assert done.stdout.splitlines()[3:] == [
        '0   "web" (pxelinux.cfg/default:5): the default',
        "    kernel  vmlinuz",
        "    initrd  a.gz,b.gz",
        r'    append  quiet "q\\" \xe9\x1b',
        '1   "disk" (pxelinux.cfg/default:9)',
        "    local   0",
        '-   "more" (pxelinux.cfg/default:11): a menu',
        '2   "deep down" (pxelinux.cfg/default:12)',
        "    menu    more",
        "    kernel  ../vmlinuz",
        '-   "off" (pxelinux.cfg/default:16): not to be booted',
    ]


def test_other_configuration_is_no_kernel(site):
    site.config("LABEL help\nCONFIG prompt.cfg\n")
    assert "    config  prompt.cfg" in site.run("-l").stdout.splitlines()


def test_number_is_that_of_label(site):
    site.config(CONFIG)
    _, entries = site.ask("-l")
    for e in entries["entries"]:
        if e["number"] is None:
            continue
        _, explained = site.ask(f"--label={e['number']}")
        assert explained["chosen"]["line"] == e["line"]
        assert explained["chosen"]["because"] == "--label= asks for it"


def test_guest_s_own_names_are_tried(site):
    uuid = "01234567-89ab-cdef-0123-456789abcdef"
    site.config("default k")
    site.put("k", b"k")
    _, answer = site.ask(f"--vif=mac={MAC},bridge=none,ip=192.0.2.171",
                         f"--uuid={uuid}")
    assert answer["mac"] == MAC and answer["uuid"] == uuid
    address = "C00002AB"
    assert [t["name"] for t in answer["tried"]] == [
        f"pxelinux.cfg/{uuid}",
        "pxelinux.cfg/67452301-ab89-efcd-0123-456789abcdef",
        "pxelinux.cfg/01-00-16-3e-01-02-03",
        *(f"pxelinux.cfg/{address[:n]}" for n in range(8, 0, -1)),
        "pxelinux.cfg/default"]


def test_leading_slash_is_the_tree_s_own(site):
    site.config("default /boot/k\nlabel l\nkernel ::/boot/k")
    site.put("boot/k", b"kernel")
    for options in [], ["--label=l"]:
        code, answer = site.ask(*options)
        assert (code, answer["kernel"]["size"]) == (0, 6)


def test_links_inside_are_followed(site):
    site.put("real/config", b"default k\n")
    site.put("k", b"kernel")
    (site.tree / "pxelinux.cfg/default").symlink_to("../real/config")
    code, answer = site.ask()
    assert code == 0 and answer["tried"][-1]["size"] == 10


def test_local_boot_is_a_boot(site):
    site.config("default l\nlabel l\nlocalboot 0\n")
    code, answer = site.ask()
    assert code == 0
    assert answer["chosen"]["local"] and answer["kernel"] is None
    assert "It would boot from the guest's own disk, with pygrub" in site.run().stdout


def test_kernel_of_xl_cfg_is_looked_for(site):
    site.put("k", b"kernel")
    site.put("i", b"ramdisk")
    code, answer = site.ask("--kernel=k", "--ramdisk=i", "--args=console=hvc0")
    assert code == 0
    assert answer["tried"] == [] and answer["chosen"]["label"] is None
    assert answer["kernel"] == found("k", 6) and answer["initrds"] == [found("i", 7)]
    assert answer["cmdline"]["text"] == "BOOT_IMAGE=k initrd=i console=hvc0"


# ---- what would not boot

FAILURES = {
    "nothing there": (None, 30, "none of the names"),
    "no default": ("label a\nkernel k\n", 32, "it has a"),
    "no such label": ("default a b\nimplicit 0\n", 32, 'no label "a"'),
    "module": ("default x.c32\n", 33, "a Syslinux module"),
    "missing": ("default nosuch\n", 34, "kernel nosuch: there is no such file"),
    "below a file": ("default k/nosuch\n", 34, "there is no such file"),
    "empty": ("default empty\n", 35, "kernel empty is empty"),
    "too large": ("default large\n", 36, "kernel large: it is too large"),
    "control byte": ("default k a\x07b\n", 37, "control character 0x07"),
    "too long a line": ("default k\nappend " + 9 * "x" * 500, 31, "line 2"),
    "too long a name": ("default " + 300 * "x", 34, "name is too long"),
    "other protocol": ("default https://192.0.2.1/k", 33, "https"),
    "include elsewhere": ("include 192.0.2.1::x\ndefault k", 33, "another server"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_failure_has_the_code_of_the_boot(site, case):
    text, expected, sentence = FAILURES[case]
    if text is not None:
        site.config(text)
    site.put("k", b"kernel")
    site.put("empty", b"")
    os.truncate(site.put("large", b""), 2 << 30)
    code, answer = site.ask()
    assert code == expected
    assert sentence in answer["error"]["message"]
    done = site.run()
    assert done.returncode == expected
    assert done.stdout.splitlines()[-1] == \
        f"lwpxeboot: it would not boot: {answer['error']['message']}".replace("\x07", r"\x07")


def test_all_missing_files_are_named(site):
    site.config("default k\ninitrd x\nlabel k\nkernel k\ninitrd a,b,c\n")
    site.put("b", b"b")
    code, answer = site.ask()
    assert code == 34 and "kernel k" in answer["error"]["message"]
    assert answer["kernel"] == missing("k")
    assert answer["initrds"] == [missing("a"), found("b", 1), missing("c")]


def test_other_server_s_kernel_is_unknown(site):
    site.config("default 192.0.2.1::k\n")
    code, answer = site.ask()
    assert code == 0
    assert answer["kernel"] == {**found("192.0.2.1::k", 0), "size": None}


def test_no_answer_is_an_object_too(site):
    done = subprocess.run([site.binary, "--tree=/nonexistent", "--format=json"],
                          capture_output=True, text=True)
    answer = json.loads(done.stdout)
    assert done.returncode == 2 and set(answer) == {"lwpxeboot", "format", "error"}
    assert answer["error"]["code"] == 2
    assert done.stderr == f"lwpxeboot: {answer['error']['message']}\n"
    assert "no such file or directory" in answer["error"]["message"]


def test_answer_that_cannot_be_written_is_a_failure(site):
    site.config("default k\n")
    site.put("k", b"k")
    with open("/dev/full", "w") as full:
        done = subprocess.run(site.command("--format=json"), stdout=full,
                              stderr=subprocess.PIPE, text=True)
    assert done.returncode == 13
    assert done.stderr.endswith("lwpxeboot: standard output takes no answer\n")


def test_build_without_says_so():
    tiny = TOP / "build/tiny/lwpxeboot"
    if not tiny.exists():
        pytest.skip("build/tiny is not built")
    for option in "--explain", "-l", "--tree=/":
        done = subprocess.run([tiny, option, "--format=json"], capture_output=True,
                              text=True)
        assert done.returncode == 2 and done.stdout == ""
        assert done.stderr == ("lwpxeboot: --explain, --list-entries and --tree= are "
                               "not built in (LWPXE_EXPLAIN)\n")


# ---- a tree as it is

@pytest.mark.skipif(not NETBOOT.exists(), reason=f"there is no {NETBOOT}: install "
                    "debian-installer-12-netboot-amd64")
def test_debian_s_tree_is_explained(site):
    site.tree = NETBOOT
    files = NETBOOT / "debian-installer/amd64"
    code, answer = site.ask("--entry=install")
    assert code == 0
    screens = "debian-installer/amd64/boot-screens"
    assert answer["chosen"]["file"] == f"{screens}/txt.cfg"
    assert answer["kernel"] == found("debian-installer/amd64/linux",
                                     (files / "linux").stat().st_size)
    assert answer["initrds"] == [found("debian-installer/amd64/initrd.gz",
                                       (files / "initrd.gz").stat().st_size)]
    assert [m["name"] for m in answer["missing"]] == [
        f"{screens}/{name}.cfg" for name in
        ("gtk", "adgtk", "adspkgtk", "adspk", "drkgtk", "addrkgtk", "x86drkme",
         "x86menu", "spkgtk", "spk")]
    for m in answer["missing"]:
        line = (NETBOOT / m["file"]).read_text().splitlines()[m["line"] - 1]
        assert line.split()[-1] == m["name"]


def test_what_is_mounted_below_the_tree_is_part_of_it(site):
    """An image of an installation disc, usually; also for root, whose jail has
    the tree as its root directory and mounts of its own."""
    site.config("default a\nlabel a\nkernel disc/vmlinuz\n")
    (site.tree / "disc").mkdir()
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c",
         'mount -t tmpfs none "$1/disc" && echo kernel > "$1/disc/vmlinuz" && '
         'exec "$0" "--tree=$1" -v', site.binary, site.tree],
        capture_output=True, text=True, timeout=20)
    print(done.stdout, done.stderr)
    assert done.returncode == 0
    assert "kernel   disc/vmlinuz: 7 bytes" in done.stdout
    assert re.search("^Jail: descriptors namespaces root ", done.stdout)
