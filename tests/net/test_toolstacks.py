# SPDX-License-Identifier: BSD-3-Clause
"""The toolstacks besides libxl, and libvirt in front of it."""

import re
import subprocess
from xml.etree import ElementTree

import pytest

from bootserver import (ARGS_AND_CONSOLE, KERNEL, RAMDISK, TREE, served, tftp,
                        tree_with)
from dhcpd import Dhcpd, lease
from lab import MAC, TOP, lab_of_module
from libxl import BINARY, boot
from toolstacks import (DIRECTORIES, XapiError, eliloader_args, pygrub_args, read_sxp,
                        read_xapi, run_xapi, run_xend)

VIF = f"mac={MAC},bridge=xenbr0"
COMMON = f"--vif={VIF} --preflight=no"
UUID = "0633ac6e-1bd4-4a01-8f2d-7a3c5b0e9d11"
LOCAL = tree_with(b"default x\nlabel x\nlocalboot 0\n")


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with lab_of_module(tmp_path_factory) as made:
        made.dom0.run("mount", "-t", "tmpfs", "run", "/run")
        yield made


@pytest.fixture
def empty(host):
    """The Dom0 as it has started: none of the toolstacks' directories is there."""
    host.dom0.run("rm", "-rf", "/run/xen", "/run/xend")
    return host


def take(host, path):
    """Reads and removes a file as the Dom0 has it."""
    assert host.dom0.run("stat", "-c", "%a %u", path) == "600 0\n"
    return host.dom0.run("sh", "-c", 'cat "$1" && rm "$1"', "sh", path).encode()


def assert_files(host, kernel, ramdisk):
    assert take(host, kernel) == KERNEL
    assert take(host, ramdisk) == RAMDISK
    assert host.dom0.run("ls", DIRECTORIES[0]) == ""


def local_loader(tmp_path, name="pygrub"):
    """Writes its arguments where the result goes, in the form that is asked for."""
    program = tmp_path / name
    program.write_text(
        "#!/bin/sh\no=/dev/stdout\n"
        f'echo "$*" > {tmp_path}/arguments\n'
        "for a; do case $a in --output=*) o=${a#*=};; esac; done\n"
        "sleep 0.2; case $* in *simple*)\n"
        f'printf "kernel {DIRECTORIES[0]}/boot_kernel\\nargs a\\n\\n" > $o;;\n'
        "*) printf \"linux (kernel '/k')\" > $o;; esac\n")
    program.chmod(0o755)
    return program


# ---- xend

def test_xend_reads_the_expression(empty, tmp_path):
    with served(empty):
        result, console = run_xend(empty, BINARY, tmp_path, COMMON, args="a  b")
    match = re.fullmatch(
        rb"linux \(kernel '(/var/run/xen/pygrub/kernel\.[0-9a-f]{8})'\)"
        rb"\(ramdisk '(/var/run/xen/pygrub/ramdisk\.[0-9a-f]{8})'\)"
        rb"\(args '" + ARGS_AND_CONSOLE.encode() + rb" a  b'\)", result)
    assert match, (result, console)
    kernel, ramdisk = match[1].decode(), match[2].decode()
    assert read_sxp(result.decode()) == [
        "linux", ["kernel", kernel], ["ramdisk", ramdisk],
        ["args", f"{ARGS_AND_CONSOLE} a  b"]]
    assert_files(empty, kernel, ramdisk)


QUOTED = {
    "apostrophes": "it's 'a b'", "quotes": '"a b"', "backslash": r"a\b \n \x41 \101",
    "brackets": "a)(kernel '/etc/shadow", "closing": "')(kernel '/etc/shadow')",
    "end": "a\\", "comment": "#a ;b @c !d", "bytes": "\udcff\udc80",
}


@pytest.mark.parametrize("args", QUOTED.values(), ids=QUOTED)
def test_xend_reads_what_was_written(host, tmp_path, args):
    with served(host):
        result, _ = run_xend(host, BINARY, tmp_path, COMMON, args=args, quiet=True)
    word, kernel, ramdisk, given = read_sxp(result.decode(errors="surrogateescape"))
    assert (word, given) == ("linux", ["args", f"{ARGS_AND_CONSOLE} {args}"])
    assert_files(host, kernel[1], ramdisk[1])


@pytest.mark.parametrize("bootargs", ["--lable=x", f"--vif=mac={MAC},bridge=nobr0",
                                      f"{COMMON} --label=other"])
def test_xend_is_not_kept_waiting_by_a_failure(host, tmp_path, bootargs):
    """It opens its end of the FIFO and waits for somebody to open the other."""
    with served(host):
        result, console = run_xend(host, BINARY, tmp_path, bootargs, quiet=True)
    assert result == b""
    assert console.startswith(b"lwpxeboot: ")


def test_xend_gets_the_local_boot_loader_s_result(host, tmp_path):
    program = local_loader(tmp_path)
    with served(host, files=LOCAL):
        result, _ = run_xend(host, BINARY, tmp_path,
                             f"{COMMON} --local-bootloader={program}")
    assert result == b"linux (kernel '/k')"


def test_pypxeboot_s_users_need_not_change_a_line(host, tmp_path):
    """bootargs=vif[0] of xm's configuration, which was Python."""
    files = {"kvm.cfg/default": TREE["pxelinux.cfg/default"], **TREE}
    del files["pxelinux.cfg/default"]
    with served(host, files=files) as (_, tree):
        result, _ = run_xend(
            host, BINARY, tmp_path, f"mac={MAC}, --interface=xenbr0 -v "
            "--udhcpc=/sbin/udhcpc --config-dir=kvm.cfg --preflight=no --label=linux")
        assert tree.names[0] == "kvm.cfg/01-" + MAC.replace(":", "-")
    assert_files(host, *(item[1] for item in read_sxp(result.decode())[1:3]))


def test_output_of_a_dash_is_standard_output(host):
    with served(host):
        done = subprocess.run(
            host.dom0.command(BINARY, *COMMON.split(), "--output=-"),
            capture_output=True, stdin=subprocess.DEVNULL, cwd=host.directory)
    word, kernel, ramdisk, _ = read_sxp(done.stdout.decode())
    assert word == "linux"
    assert_files(host, kernel[1], ramdisk[1])
    assert not (host.directory / "-").exists()


# ---- XAPI

XAPI = {
    "pygrub": lambda args: pygrub_args(args, "/dev/sm/backend/x/y", None),
    "restricted pygrub": lambda args: pygrub_args(args, "/dev/sm/backend/x/y", 65540),
    "eliloader": lambda args: eliloader_args(args, "/dev/sm/backend/x/y", UUID),
}


@pytest.mark.parametrize("argv", XAPI.values(), ids=XAPI)
def test_xapi_reads_the_result(empty, argv):
    """From a program of any name; two blanks in the arguments are an argument."""
    with served(empty):
        result = run_xapi(empty, BINARY, argv(f"{COMMON}   --args=it's"))
    assert result.args == f"{ARGS_AND_CONSOLE} it's"
    assert_files(empty, result.kernel, result.ramdisk)


@pytest.mark.parametrize("argv", XAPI.values(), ids=XAPI)
def test_xapi_s_users_see_the_reason(host, argv):
    for args, reason in [
            (f"{COMMON} --lable=x", "--lable is no option of lwpxeboot; did you mean "
             "--label?"),
            (f"--vif=mac={MAC},bridge=nobr0", "there is no interface nobr0"),
            (f"{COMMON} --label=other", "there is no label"),
            (f"{COMMON} --output-directory=/nowhere", "the output directory /nowhere")]:
        with served(host), pytest.raises(XapiError) as error:
            run_xapi(host, BINARY, argv(args))
        assert str(error.value).startswith(reason), error.value
        assert str(error.value).count("\n") == 1


@pytest.mark.parametrize("name", ["pygrub", "eliloader"])
def test_xapi_gets_the_local_boot_loader_s_result(host, tmp_path, name):
    """pygrub is asked for XAPI's form, and knows nothing of --vm."""
    program = local_loader(tmp_path)
    with served(host, files=LOCAL):
        result = run_xapi(host, BINARY, XAPI[name](
            f"{COMMON} --local-bootloader={program}"))
    assert (result.kernel, result.args) == (f"{DIRECTORIES[0]}/boot_kernel", "a")
    assert (tmp_path / "arguments").read_text() == {
        "pygrub": "--output-format=simple -q /dev/sm/backend/x/y\n",
        "eliloader": "-q --output-format=simple /dev/sm/backend/x/y\n"}[name]


def test_xapi_s_name_decides_nothing(empty, tmp_path):
    """The mode is what is passed: a link called eliloader without --vm is xend's."""
    link = tmp_path / "eliloader"
    link.symlink_to(BINARY)
    with served(empty):
        result = run_xapi(empty, link, XAPI["eliloader"](COMMON))
        assert_files(empty, result.kernel, result.ramdisk)
        done = subprocess.run(empty.dom0.command(link, *COMMON.split()),
                              capture_output=True, stdin=subprocess.DEVNULL)
    assert done.stdout.startswith(b"linux (kernel '")


def test_no_other_directory_is_made(host, tmp_path):
    done = subprocess.run(
        host.dom0.command(BINARY, *COMMON.split(), f"--output-directory={tmp_path}/d"),
        capture_output=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 13
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("text", [
    "", "kernel\n", "args a\n", "kernel vmlinuz\n", "kernel /etc/shadow\n",
    "kernel /var/run/xen/pygrub/../k\n", "kernel /var/run/xen/pygrub/a/k\n",
    "kernel /var/run/xen/pygrub/k\nkernel /var/run/xen/pygrub/k\n",
    "Booting x\nkernel /var/run/xen/pygrub/k\n"])
def test_fake_xapi_is_strict(text):
    with pytest.raises(XapiError):
        read_xapi(text)


# ---- any of them

VALUES = {
    "empty": b"", "long": b"x" * 100000, "newline": b"a\nkernel /etc/shadow\n",
    "escape": b"\x1b[2J\x07", "bytes": b"\xff\xfe\xc3(", "blank": b" ",
    "dashes": b"--", "percent": b"%s%n%99999999d", "path": b"../../../etc/shadow",
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_any_value_of_any_option_ends_in_a_sentence(host, value):
    """Where no network is there it ends before the first packet, if not sooner."""
    table = (TOP / "src/format/option.c").read_text()
    names = re.findall(r'^\t(?:\{ |TEXT_OPTION\()"([\w-]+)"', table, re.MULTILINE)
    assert len(names) > 40
    for name in names:
        for argv in [b"--%s=" % name.encode() + value], [f"--{name}", value]:
            done = subprocess.run(
                [*host.dom0.command(BINARY, f"--vif=mac={MAC},bridge=nobr0"), *argv],
                timeout=20,
                stdin=subprocess.DEVNULL, capture_output=True, cwd=host.directory)
            text = (done.stdout + done.stderr).decode("ascii")
            assert done.returncode in (0, 2, 3, 10, 30, 33), (argv, text)
            assert re.fullmatch(r"[ -~\n]*", text) and text.endswith("\n")
            assert done.returncode or "usage: " in text or re.match(
                r"lwpxeboot \d", text), (argv, text)


# ---- libvirt

def test_libvirt_passes_what_has_no_blanks(host):
    """It cuts <bootloader_args> at blanks, tabs and newlines, and its environment
    is the daemon's."""
    text = f"""
        --vif={VIF},script=vif-bridge,model=netfront,ip=10.9.0.77
        --label=linux\t--menu=no
        --timeout=60 --hostname=web1 --link=auto
    """
    with served(host):
        outcome = boot(host, *text.split(), wrapper=("env", "-i", "TERM=vt100"),
                       args="root=/dev/xvda1 ro")
    assert outcome.status == 0, outcome.lines
    assert outcome.args.endswith(" root=/dev/xvda1 ro")


def examples():
    """The displays of the manual's page on toolstacks, by section."""
    page = (TOP / "doc/lwpxeboot-toolstacks.7").read_text()
    return {name: re.findall(r"^\.Bd .*\n([\s\S]*?)^\.Ed$", text, re.MULTILINE)
            for name, text in re.findall(r"^\.Sh (.*)\n([\s\S]*?)(?=^\.Sh )",
                                         page, re.MULTILINE)}


def test_examples_of_the_manual_boot(empty, tmp_path):
    """With nothing changed but what is the site's."""
    text = examples()
    cfg = tmp_path / "web1.cfg"
    cfg.write_text(text["XL"][0])
    own = re.search(r'bootloader_args = \["(.*)"\]', text["XL"][0])[1]
    domain = ElementTree.fromstring(text["LIBVIRT"][0])
    assert domain.find("bootloader").text == "/usr/bin/lwpxeboot"
    args = re.search(r'PV-bootloader-args="(.*)"', text["XAPI"][1])[1]
    bootargs = re.search('bootargs   = "(.*)"', text["XEND"][0])[1]
    assert own == args == bootargs
    with Dhcpd(empty.server, lease(), None), tftp(empty):
        for argv in [own], [f"--cfg={cfg}"], domain.find("bootloader_args").text.split():
            assert boot(empty, *argv).status == 0, argv
        result = run_xapi(empty, BINARY, XAPI["eliloader"](f"{args} --preflight=no"))
        assert_files(empty, result.kernel, result.ramdisk)
        assert run_xend(empty, BINARY, tmp_path, f"{bootargs} --preflight=no")[0]
    assert text["XL, RESTRICTED"]


def test_label_with_blanks_has_a_number_too(host):
    files = tree_with(b"default a\nlabel a\nkernel none\nlabel b c\nkernel vmlinuz\n")
    with served(host, files=files):
        for label in "b c", "1":
            assert boot(host, f"--vif={VIF}", f"--label={label}").kernel == KERNEL
