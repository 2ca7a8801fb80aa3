# SPDX-License-Identifier: BSD-3-Clause
"""--explain and --list-entries on a network: the whole way of a boot, but for
the files, of which only the sizes are asked."""

import json
import os
import signal
import subprocess

import pytest

from bootserver import (ARGS_AND_CONSOLE, CONFIG, KERNEL, RAMDISK, TREE, Stall, served,
                        tree_with, write_tree)
from dhcpd import CLIENT, CONFIG_FILE, answer
from lab import MAC, NETBOOT, SERVER, wait_for
from libxl import BINARY, boot
from processes import LEFT_OUT, RUNGS, children_of, is_jailed, run_plain
from tftpd import BLKSIZE_ASKED, data, oack, refusal

VIF = f"--vif=mac={MAC},bridge=xenbr0"
MAC_NAME = "pxelinux.cfg/01-" + MAC.replace(":", "-")
POLITE = b"\0\5\0\0only asked for the size\0"
NOT_HERE = "TFTP error 1: not here"


def probed(first: bytes):
    """A file of which nothing but this packet is wanted."""
    def script(transfer):
        transfer.send(first)
        assert transfer.receive() == POLITE
        assert transfer.collect(0.7) == []
    return script


def sized(content: bytes):
    return probed(oack(blksize=BLKSIZE_ASKED, tsize=len(content)))


PROBED = {"pxelinux.cfg/default": CONFIG, "vmlinuz": sized(KERNEL),
          "initrd.gz": sized(RAMDISK)}


def ask(lab, *options):
    """Runs it, in JSON and otherwise alone; nothing may be left behind."""
    before = sorted(lab.directory.rglob("*"))
    done = run_plain(lab, VIF, "--format=json", *options, cwd=lab.directory)
    print(done.stdout.decode(), done.stderr.decode())
    assert [p for p in sorted(lab.directory.rglob("*")) if p not in before] == []
    assert lab.links() == {"lo", "xenbr0", f"vif{lab.server.pid}"}
    reply = json.loads(done.stdout)
    assert done.returncode == (reply["error"] or {"code": 0})["code"]
    return done.returncode, reply


def found(name, size):
    return {"name": name, "found": True, "size": size, "reason": None}


def missing(name, reason=NOT_HERE):
    return {"name": name, "found": False, "size": None, "reason": reason}


def lease(**fields):
    return {"server": SERVER, "address": CLIENT, "mask": "255.255.255.0",
            "router": None, "seconds": 3600, "next_server": SERVER,
            "server_name": "", "boot_file": "pxelinux.0", "config_file": "",
            "path_prefix": "", **fields}


def test_answer_is_one_documented_object(lab):
    with served(lab, files=PROBED) as (_, tree):
        code, reply = ask(lab, "--explain", "--list-entries", "--args=ro")
    assert code == 0
    address = "0A09004D"
    tried = [MAC_NAME, *(f"pxelinux.cfg/{address[:n]}" for n in range(8, 0, -1))]
    place = {"file": "pxelinux.cfg/default", "line": 2}
    assert reply == {
        "lwpxeboot": "0.1.0", "format": 1, "error": None,
        "mac": MAC, "uuid": None, "tree": None,
        "jail": {"held": RUNGS, "missing": LEFT_OUT},
        "offers": [lease()], "lease": lease(), "boot_server": SERVER,
        "tried": [*(missing(name) for name in tried),
                  found("pxelinux.cfg/default", len(CONFIG))],
        "files": ["pxelinux.cfg/default"], "missing": [], "ignored": [],
        "ignored_more": 0,
        "entries": [{"number": 0, "label": "linux", "menu": [], "hidden": False,
                     "action": "boot", "default": True, "kernel": "vmlinuz",
                     "initrd": "", "append": "initrd=initrd.gz quiet", **place}],
        "chosen": {"label": "linux", **place, "because": "it is the DEFAULT",
                   "local": False},
        "cmdline": {"text": f"{ARGS_AND_CONSOLE} ro",
                    "length": len(ARGS_AND_CONSOLE) + 3,
                    "pv_limit": 1023, "linux_limit": 2047, "libxl_limit": 8186},
        "kernel": found("vmlinuz", len(KERNEL)),
        "initrds": [found("initrd.gz", len(RAMDISK))],
    }
    assert tree.names == [*tried, "pxelinux.cfg/default", "vmlinuz", "initrd.gz"]


def test_text_goes_to_standard_output(lab):
    files = {**PROBED, "pxelinux.cfg/default": CONFIG + b"frob\ninclude x\n"}
    with served(lab, files=files):
        done = run_plain(lab, VIF, "--explain")
    assert done.returncode == 0 and done.stderr == b""
    lines = done.stdout.decode("ascii").splitlines()
    assert lines[1] == (f"DHCP: {SERVER} offers {CLIENT}, boot file "
                        "pxelinux.0: taken, it names a boot file")
    assert lines[4] == f"Trying {MAC_NAME}: not there"
    assert lines[-9:] == [
        f"Trying pxelinux.cfg/default: found, {len(CONFIG) + 15} bytes",
        'Would boot "linux" (pxelinux.cfg/default:2): it is the DEFAULT',
        f"cmdline  {ARGS_AND_CONSOLE}",
        "kernel   vmlinuz: 6.0 kB",
        "initrd   initrd.gz: 14.0 kB",
        "pxelinux.cfg/default:6: skipped, since it is not there: INCLUDE x",
        "pxelinux.cfg/default:5: ignored: frob",
        "The command line has 54 bytes; a PV guest keeps 1023, Linux on x86 2047, "
        "libxl takes 8186",
        "It would boot",
    ]


def test_toolstack_s_files_are_not_touched(lab):
    output = lab.directory / "result"
    output.write_bytes(b"what was there")
    with served(lab, files=PROBED):
        assert ask(lab, "--explain", "--output=-",
                   "--output-directory=/nonexistent")[0] == 0
        assert ask(lab, "--explain", f"--output={output}")[0] == 2
    assert output.read_bytes() == b"what was there"


@pytest.mark.parametrize("first, size", [
    (oack(blksize=BLKSIZE_ASKED), None),           # knows no tsize
    (data(1, bytes(512)), None),                   # knows no options
    (data(1, bytes(511)), 511),                    # and that is all of it
    (oack(blksize=1024, tsize=1 << 30), 1 << 30),  # the most there may be
])
def test_size_is_what_the_server_tells(lab, first, size):
    with served(lab, files={**PROBED, "vmlinuz": probed(first)}):
        code, reply = ask(lab, "--explain")
    assert code == 0 and reply["kernel"] == found("vmlinuz", size)
    assert reply["initrds"] == [found("initrd.gz", len(RAMDISK))]


def test_unknown_size_is_said(lab):
    with served(lab, files={**PROBED, "vmlinuz": probed(data(1, bytes(512)))}):
        done = run_plain(lab, VIF, "--explain")
    assert b"\nkernel   vmlinuz: of unknown size\n" in done.stdout


def too_large(transfer):
    transfer.send(oack(tsize=(1 << 30) + 1))
    transfer.wait_for_error(3)


FAILURES = {
    "missing": (refusal(1, b"not here"), 34),
    "forbidden": (refusal(2), 34),
    "empty": (b"", 35),
    "too large": (too_large, 36),
    "refused": (refusal(7), 23),
}


@pytest.mark.parametrize("case", FAILURES)
def test_code_is_that_of_the_boot(lab, case):
    file, expected = FAILURES[case]
    with served(lab, files={**TREE, "vmlinuz": file}):
        code, reply = ask(lab, "--explain")
        outcome = boot(lab, VIF)
    assert code == outcome.status == expected
    assert outcome.last_line == f"lwpxeboot: {reply['error']['message']}"


def test_missing_file_is_named_and_the_others_are_looked_for(lab):
    config = b"default k\nlabel k\nkernel k\ninitrd a,initrd.gz,b\n"
    with served(lab, files={**PROBED, "pxelinux.cfg/default": config}):
        code, reply = ask(lab, "--explain")
    assert code == 34 and reply["error"]["message"].startswith("kernel k: ")
    assert reply["kernel"] == missing("k")
    assert reply["initrds"] == [missing("a"), found("initrd.gz", len(RAMDISK)),
                                missing("b")]


def test_all_offers_are_shown(lab):
    other = "10.9.0.2"

    def two(query):
        return [answer(query, server=other, siaddr=other, file=b""),
                answer(query, options={CONFIG_FILE: b"cfg"})]
    with served(lab, two, files={**PROBED, "cfg": CONFIG}):
        code, reply = ask(lab, "--explain")
    assert code == 0
    assert reply["offers"] == [
        lease(server=other, next_server=other, boot_file=""),
        lease(config_file="cfg")]
    assert reply["lease"] == reply["offers"][1]
    assert reply["tried"] == [found("cfg", len(CONFIG))]


def test_hostile_bytes_come_back_as_they_are(lab):
    """From an offer, a configuration and an error."""
    name, kernel, message = "c\xe9\x7f[2J", "\xffk\x80", "\x1b]0;x\x07\xff\"\\"
    lines = f"default {kernel}\nlabel {kernel}\nfrob\x0c\x7f\n"

    def script(query):
        return [answer(query, options={CONFIG_FILE: name.encode("latin-1")})]
    with served(lab, script, files={
            name: lines.encode("latin-1"),
            kernel: refusal(1, message.encode("latin-1"))}):
        code, reply = ask(lab, "--explain", "-l")
    assert code == 34
    assert reply["offers"] == [lease(config_file=name)]
    assert reply["files"] == [name] and reply["chosen"]["label"] == kernel
    assert reply["ignored"] == [{"file": name, "line": 3, "text": "frob\x0c\x7f"}]
    assert reply["kernel"] == missing(kernel, f"TFTP error 1: {message}")


def test_local_boot_would_boot_and_runs_nothing(lab):
    config = b"default l\nlabel l\nlocalboot -1\n"
    ran = lab.directory / "ran"
    script = lab.directory / "loader"
    script.write_text(f"#!/bin/sh\ntouch {ran}\n")
    script.chmod(0o755)
    with served(lab, files=tree_with(config)) as (_, tree):
        code, reply = ask(lab, "--explain", f"--local-bootloader={script}")
    assert code == 0 and reply["chosen"]["local"] and reply["cmdline"] is None
    assert not ran.exists() and tree.names[-1] == "pxelinux.cfg/default"


def test_list_asks_for_no_file(lab):
    config = CONFIG + b"label other\nkernel 10.9.0.1::o\n"
    with served(lab, files=tree_with(config)) as (_, tree):
        code, reply = ask(lab, "--list-entries")
    assert code == 0
    assert [(e["number"], e["label"], e["default"]) for e in reply["entries"]] == \
        [(0, "linux", True), (1, "other", False)]
    assert tree.names[-1] == "pxelinux.cfg/default"


def test_configuration_without_default_can_be_listed(lab):
    with served(lab, files=tree_with(b"label a\nkernel k\n")):
        code, reply = ask(lab, "-l")
        assert code == 0 and not reply["entries"][0]["default"]
        code, reply = ask(lab, "-l", "--explain")
        assert code == 32 and len(reply["entries"]) == 1
        assert reply["chosen"] is None


def test_silence_is_told_in_json(lab):
    code, reply = ask(lab, "--explain", "--dhcp-timeout=1")
    assert code == 20
    assert reply["error"]["message"].startswith("no DHCP server answered in 1 s")
    assert reply["offers"] == [] and reply["lease"] is None


def test_what_fails_before_the_jail_is_told_in_json(lab):
    done = run_plain(lab, f"--vif=mac={MAC},bridge=nosuch", "--explain",
                     "--format=json")
    reply = json.loads(done.stdout)
    assert done.returncode == reply["error"]["code"] == 10
    assert set(reply) == {"lwpxeboot", "format", "error"}
    assert "there is no interface nosuch" in reply["error"]["message"]
    assert done.stderr.decode() == f"lwpxeboot: {reply['error']['message']}\n"


@pytest.mark.parametrize("number, code", [(signal.SIGKILL, 52), (signal.SIGTERM, 51)])
def test_end_in_the_middle_is_one_object(lab, number, code):
    """The child's death, or the parent's being asked to end."""
    stall = Stall()
    with served(lab, files=tree_with(b"", **{"pxelinux.cfg/default": stall})):
        process = lab.spawn(lab.dom0, BINARY, VIF, "--explain", "--format=json",
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        stall.wait()
        child = wait_for(lambda: children_of(process.pid), "the child")[0]
        assert is_jailed(child)
        os.kill(child if number == signal.SIGKILL else process.pid, number)
        reply = json.loads(process.communicate(timeout=20)[0])
    assert process.returncode == reply["error"]["code"] == code


def test_dnsmasq_sends_no_file(lab, tmp_path):
    tree = write_tree(tmp_path / "tree")
    os.truncate(tree / "vmlinuz", 10 << 20)
    log = lab.dnsmasq(tree)
    code, reply = ask(lab, "--explain")
    assert code == 0
    assert reply["kernel"] == found("vmlinuz", 10 << 20)
    assert reply["initrds"] == [found("initrd.gz", len(RAMDISK))]
    assert log.read_text().count("error 0 only asked for the size received") == 2
    link = json.loads(lab.server.run("ip", "-j", "-s", "link", "show", "eth0"))[0]
    assert 1000 < link["stats64"]["tx"]["bytes"] < 10000


@pytest.mark.skipif(not NETBOOT.exists(), reason=f"there is no {NETBOOT}: install "
                    "debian-installer-12-netboot-amd64")
def test_tree_and_its_server_say_the_same(lab):
    lab.dnsmasq(NETBOOT)
    options = "--explain", "-l", "--label=install"
    code, served_ = ask(lab, *options)
    alone = json.loads(run_plain(lab, f"--tree={NETBOOT}", VIF, "--format=json",
                                 *options).stdout)
    same = set(served_) - {"tree", "offers", "lease", "boot_server", "tried"}
    assert code == 0 and len(served_["missing"]) == 10
    assert {k: served_[k] for k in same} == {k: alone[k] for k in same}
