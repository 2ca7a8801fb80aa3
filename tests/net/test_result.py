# SPDX-License-Identifier: BSD-3-Clause
"""What libxl gets: the result and the two files byte by byte if a guest can
boot, and otherwise an exit code, nothing left behind, and a last line that
says why."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from bootserver import (ARGS, ARGS_AND_CONSOLE, KERNEL, RAMDISK, TREE, Stall,
                        served, tree_with, unannounced)
from lab import MAC, wait_for
from libxl import BINARY, boot
from processes import jailed_child, run_plain, running, status_of
from tftpd import ack, data, oack, refusal

VIF = f"--vif=mac={MAC},bridge=xenbr0"
NO_RAMDISK = tree_with(b"default x\nlabel x\n kernel vmlinuz\n append quiet\n")


@pytest.fixture
def directory(tmp_path):
    made = tmp_path / "out"
    made.mkdir()
    return made


def read_files(text):
    """Returns what the files have that an item names, by the item's name."""
    return {name: Path(path).read_bytes() for name, path in
            re.findall(r"\b(kernel|ramdisk)[ ']+(/[\w./-]+)", text)}


# ---- success

def test_result_is_what_libxl_reads(lab):
    with served(lab), running(lab, VIF) as bootloader:
        outcome = bootloader.finish()
    assert outcome.status == 0, outcome.lines
    kernel, ramdisk = outcome.items["kernel"], outcome.items["ramdisk"]
    assert outcome.result == (f"kernel {kernel}\0ramdisk {ramdisk}\0"
                              f"args {ARGS}\0\0").encode()
    assert (outcome.kernel, outcome.ramdisk) == (KERNEL, RAMDISK)
    assert re.fullmatch(re.escape(str(bootloader.directory)) +
                        "/kernel[.][0-9a-f]{8}", kernel)
    assert re.fullmatch(re.escape(str(bootloader.directory)) +
                        "/ramdisk[.][0-9a-f]{8}", ramdisk)


def test_files_are_for_root_alone(lab, directory):
    with served(lab):
        done = run_plain(lab, VIF, f"--output-directory={directory}")
    assert done.returncode == 0, done.stderr
    assert [path.stat().st_mode & 0o777 for path in directory.iterdir()] == (
        [0o600, 0o600])


def test_entry_without_a_ramdisk_leaves_none(lab):
    """Not even an empty file, which libxl cannot map."""
    with served(lab, files=NO_RAMDISK):
        outcome = boot(lab, VIF)
    assert outcome.status == 0, outcome.lines
    assert outcome.result == (f"kernel {outcome.items['kernel']}\0"
                              "args BOOT_IMAGE=vmlinuz quiet\0\0").encode()
    assert outcome.kernel == KERNEL
    assert outcome.left == []


def test_command_line_of_xl_comes_last(lab):
    with served(lab):
        outcome = boot(lab, VIF, args="root=/dev/xvda1 console=hvc0")
    assert outcome.args == ARGS + " root=/dev/xvda1 console=hvc0"


def test_disk_is_optional(lab):
    with served(lab):
        assert boot(lab, VIF, disk=None).status == 0


def test_working_directory_is_of_no_account(lab):
    """After a reboot of the guest it is xl's, which is the root."""
    wrapper = ("sh", "-c", 'cd / && exec "$@"', "sh")
    with served(lab):
        outcome = boot(lab, VIF, wrapper=wrapper)
    assert outcome.status == 0
    assert outcome.kernel == KERNEL


# ---- other forms of the result

def test_result_goes_to_standard_output_by_itself(lab, directory):
    with served(lab):
        done = run_plain(lab, VIF, "--output-format=simple0",
                         f"--output-directory={directory}")
    assert done.returncode == 0, done.stderr
    items = done.stdout.decode().split("\0")
    assert items[2:] == [f"args {ARGS_AND_CONSOLE}", "", ""]
    assert read_files("\n".join(items)) == {"kernel": KERNEL, "ramdisk": RAMDISK}
    assert b"DHCP: lease of" in done.stderr


def test_simple_result_has_one_item_per_line(lab, directory):
    with served(lab):
        done = run_plain(lab, VIF, "--output-format=simple",
                         f"--output-directory={directory}")
    text = done.stdout.decode()
    assert re.fullmatch(r"kernel /.*\nramdisk /.*\n"
                        f"args {ARGS_AND_CONSOLE}\n\n", text)
    assert read_files(text) == {"kernel": KERNEL, "ramdisk": RAMDISK}


def test_result_is_an_expression_where_no_form_is_asked_for(lab, directory):
    with served(lab):
        done = run_plain(lab, VIF, "--args=it's",
                         f"--output-directory={directory}")
    text = done.stdout.decode()
    assert re.fullmatch(r"linux \(kernel '/[^']*'\)\(ramdisk '/[^']*'\)"
                        rf"\(args '{ARGS_AND_CONSOLE} it\\'s'\)", text)
    assert read_files(text) == {"kernel": KERNEL, "ramdisk": RAMDISK}


def test_last_of_repeated_options_counts(lab, directory):
    """bootloader_args come after libxl's own."""
    first, last = directory.parent / "first", directory.parent / "last"
    first.touch()
    last.touch()
    with served(lab):
        done = run_plain(lab, f"--output={first}", "--output-format=sxp",
                         "--output-directory=/nowhere", VIF,
                         f"--output={last}", "--output-format=simple",
                         f"--output-directory={directory}")
    assert done.returncode == 0, done.stdout
    assert last.read_text().startswith(f"kernel {directory}/kernel.")
    assert first.read_bytes() == b""


def read_fifo(path):
    """Reads up to the end, in a process, so that it can be given up."""
    return subprocess.run(["cat", path], capture_output=True, timeout=20,
                          check=True).stdout


def sleeps(pid):
    """The process has become the boot loader, and waits for something."""
    return (status_of(pid).get("Name") == "lwpxeboot" and
            status_of(pid)["State"].startswith("S"))


def test_fifo_takes_the_result(lab, directory):
    """Its reader comes later than we do, and reads up to the end."""
    fifo = directory.parent / "fifo"
    os.mkfifo(fifo)
    with served(lab):
        process = lab.spawn(lab.dom0, BINARY, "--preflight=no", VIF, f"--output={fifo}",
                            "--output-format=simple0",
                            f"--output-directory={directory}",
                            stdout=subprocess.DEVNULL)
        wait_for(lambda: sleeps(process.pid), "the boot loader to wait")
        result = read_fifo(fifo)
        assert process.wait(10) == 0
    assert result.endswith(f"args {ARGS_AND_CONSOLE}\0\0".encode())
    assert read_files(result.decode()) == {"kernel": KERNEL, "ramdisk": RAMDISK}


def test_fifo_of_a_failed_boot_is_empty(lab, directory):
    fifo = directory.parent / "fifo"
    os.mkfifo(fifo)
    with served(lab, files={}):
        process = lab.spawn(lab.dom0, BINARY, "--preflight=no", VIF, f"--output={fifo}",
                            f"--output-directory={directory}",
                            stdout=subprocess.DEVNULL)
        assert read_fifo(fifo) == b""
        assert process.wait(10) == 30
    assert os.listdir(directory) == []


def test_closed_standard_descriptors_do_no_harm(lab, directory):
    """No file of ours may become one of them and get the messages."""
    output = directory.parent / "output"
    output.touch()
    with served(lab):
        lab.dom0.run("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", BINARY,
                     "--preflight=no", VIF,
                     f"--output={output}", "--output-format=simple",
                     f"--output-directory={directory}")
    assert read_files(output.read_text()) == {"kernel": KERNEL,
                                              "ramdisk": RAMDISK}
    assert re.fullmatch(f"kernel .*\nramdisk .*\nargs {ARGS_AND_CONSOLE}\n\n",
                        output.read_text())


# ---- restrict mode

def test_child_becomes_the_user_of_restrict_mode(lab):
    stall = Stall()
    with served(lab, files={**TREE, "vmlinuz": stall}), \
            running(lab, VIF, restrict=12345) as bootloader:
        stall.wait()
        status = status_of(jailed_child(bootloader))
    assert status["Uid"].split() == ["12345"] * 4
    assert status["Gid"].split() == ["12345"] * 4
    assert status["Groups"] == ""


def test_restrict_mode_boots_in_silence(lab):
    with served(lab):
        outcome = boot(lab, VIF, restrict=12345)
    assert outcome.status == 0
    assert outcome.kernel == KERNEL
    assert outcome.console == b""


def test_restrict_mode_tells_a_failure(lab):
    with served(lab, files={}):
        outcome = boot(lab, VIF, restrict=12345)
    assert outcome.status == 30
    assert [line for line in outcome.lines if line] == [outcome.last_line]


# ---- failure

def larger_than_any_limit(transfer):
    transfer.send(oack(tsize=1 << 40))
    transfer.wait_for_error(3)


def shorter_than_announced(transfer):
    transfer.offer(tsize=100)
    transfer.put(data(1, b"short"), ack(1))


def entry(text):
    return tree_with(b"default x\nlabel x\n" + text)


def kernel_is(file):
    return {**TREE, "vmlinuz": file}


NOBODY = {"script": lambda query: []}
FAILURES = {
    "no bridge": (10, {}, [f"--vif=mac={MAC},bridge=nobr7"]),
    "no result file": (13, {}, [VIF, "--output=/nowhere/file"]),
    "no output directory": (13, {}, [VIF, "--output-directory=/nowhere"]),
    "no DHCP server": (20, NOBODY, [VIF, "--dhcp-timeout=1"]),
    "an error of the server": (
        23, {"files": kernel_is(refusal(3, b"disk"))}, [VIF]),
    "a broken transfer": (
        24, {"files": kernel_is(shorter_than_announced)}, [VIF]),
    "no configuration": (30, {"files": {}}, [VIF]),
    "too many labels": (31, {"files": tree_with(b"label x\n" * 513)}, [VIF]),
    "no default": (32, {"files": tree_with(b"label x\n kernel k\n")}, [VIF]),
    "no such label": (32, {}, [VIF, "--label=other"]),
    "a module": (33, {"files": entry(b"kernel hdt.c32\n")}, [VIF]),
    "no kernel": (34, {"files": entry(b"kernel nowhere\n")}, [VIF]),
    "no ramdisk": (
        34, {"files": entry(b"kernel vmlinuz\ninitrd nowhere\n")}, [VIF]),
    "an empty kernel": (35, {"files": kernel_is(b"")}, [VIF]),
    "an empty ramdisk": (35, {"files": {**TREE, "initrd.gz": b""}}, [VIF]),
    "a kernel without end": (
        36, {"files": kernel_is(larger_than_any_limit)}, [VIF]),
    "a control character": (
        37, {"files": entry(b"kernel vmlinuz\nappend a\x01b\n")}, [VIF]),
    "a long command line": (37, {}, [VIF, "--args=" + "x" * 8186]),
    "no local boot loader": (
        40, {"files": entry(b"localboot 0\n")},
        [VIF, "--local-bootloader=/nowhere/pygrub"]),
    "no time": (50, {"files": kernel_is(Stall())}, [VIF, "--timeout=1"]),
}


@pytest.mark.parametrize("status, servers, args", FAILURES.values(), ids=FAILURES)
def test_failure_leaves_nothing_but_the_reason(lab, status, servers, args):
    with served(lab, **servers):
        outcome = boot(lab, *args)
    assert outcome.status == status, outcome.lines
    assert outcome.result == b""
    assert outcome.left == []
    assert outcome.last_line.startswith("lwpxeboot: ")


def small_file_system(lab, options):
    """Mounts one for the Dom0, and returns where this process sees it, too."""
    at = lab.directory / "small"
    at.mkdir()
    lab.dom0.run("mount", "-t", "tmpfs", "-o", options, "small", at)
    return Path(f"/proc/{lab.dom0.pid}/root{at}")


@pytest.mark.parametrize("size", ["4k", "12k"], ids=["kernel", "ramdisk"])
def test_full_output_directory_is_told(lab, size):
    """The kernel needs two pages, the ramdisk four; the server does not say."""
    small = small_file_system(lab, f"size={size}")
    with served(lab, files={**TREE, **{name: unannounced(TREE[name])
                                       for name in ("vmlinuz", "initrd.gz")}}):
        outcome = boot(lab, VIF, directory=small)
    assert outcome.status == 14
    assert outcome.last_line.endswith("free some space in --output-directory")
    assert outcome.left == []
    assert outcome.result == b""


def test_output_directory_without_room_for_a_file_is_told(lab):
    """The last inode goes to the kernel, so the ramdisk has none."""
    small = small_file_system(lab, "nr_inodes=4")
    outcome = boot(lab, VIF, directory=small)
    assert outcome.status == 14
    assert outcome.last_line.startswith(
        "lwpxeboot: no file can be created in the output directory: ")
    assert outcome.left == []


def test_full_file_system_of_the_result_is_told(lab, directory):
    small = small_file_system(lab, "size=4k")
    (small / "ballast").write_bytes(bytes(4096))
    with served(lab):
        outcome = boot(lab, VIF, f"--output-directory={directory}",
                       directory=small)
    assert outcome.status == 14
    assert outcome.last_line.startswith(
        "lwpxeboot: the result cannot be written: ")
    assert outcome.result == b""
    assert os.listdir(directory) == []


# ---- arguments

WRONG = [
    ([], "which guest? pass its vif= entry"),
    (["--vif=bridge=xenbr0"], "the vif has no mac="),
    (["--vif=mac=zz:16:3e:01:02:03"], "is not a MAC address"),
    (["--vif=mac=00:16:3e:01:02"], "is not a MAC address"),
    (["--vif=mac=01:00:5e:00:00:01"], "it is a group address"),
    (["--vif=mac=ff:ff:ff:ff:ff:ff"], "it is a group address"),
    (["--vif=mac=00:00:00:00:00:00"], "it is zero"),
    ([VIF + ",backend=netvm"], "the driver domain \"netvm\""),
    ([VIF + ",mtu=575"], "no number from 576 to 65535"),
    ([VIF + ",mtu=65536"], "no number from 576 to 65535"),
    ([VIF + ",mtu=1500x"], "no number from 576 to 65535"),
    ([VIF + ",colour=red"], "\"colour\" is no key of a vif"),
    ([f"--vif=mac={MAC},bridge=0123456789abcdef"], "is no name for a bridge"),
    ([f"--vif=mac={MAC},bridge=../xenbr0"], "is no name for a bridge"),
    ([VIF, "/dev/a", "/dev/b"], "\"/dev/a\" is one argument too many"),
    ([VIF, "--lable=x"], "did you mean --label?"),
    ([VIF, "--frobnicate"], "--frobnicate is no option of lwpxeboot; lwpxeboot "
     "--help=all lists them"),
    ([VIF, "--label"], "--label needs a value"),
    ([VIF, "--quiet=1"], "--quiet takes no value"),
    ([VIF, "--timeout=0"], "--timeout= takes a number from 1 to 86400"),
    ([VIF, "--timeout=abc"], "--timeout= takes a number from 1 to 86400"),
    ([VIF, "--timeout=86401"], "--timeout= takes a number from 1 to 86400"),
    ([VIF, "--dhcp-timeout=0"], "--dhcp-timeout= takes a number from 1 to 86400"),
    ([VIF, "--dhcp-timeout=1.5"], "--dhcp-timeout= takes a number from 1 to 86400"),
    ([VIF, "--link=tab"], "--link=tab is not one of auto, tap, packet"),
    ([VIF, "--output-format=xml"], "--output-format=xml is not one of"),
    ([VIF, "--uuid=1234"], "\"1234\" is not a UUID"),
    ([VIF, "--runas=0"], "a number from 1 to 4294967294"),
    ([VIF, "--runas=nobody"], "a number from 1 to 4294967294"),
    (["--isconfig"], "--isconfig takes one file"),
    ([VIF, "--location=nfs:x:/y"], "--location= takes a URL"),
    ([VIF, "--config-dir="], "--config-dir= takes a directory"),
    ([VIF, "--kernel=a b"], "which have no blanks and no control characters"),
    ([VIF, "--ramdisk=a\n"], "which have no blanks and no control characters"),
]


@pytest.mark.parametrize("args, reason", WRONG, ids=lambda value: (
    " ".join(value[-1:]) or "nothing" if isinstance(value, list) else ""))
def test_wrong_argument_is_explained(args, reason):
    done = subprocess.run([BINARY, *args], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("lwpxeboot: ")
    assert done.stderr.count("\n") == 1
    assert reason in done.stderr


def test_wrong_argument_is_explained_on_libxls_terminal(lab):
    outcome = boot(lab, VIF, "--lable=x")
    assert outcome.status == 2
    assert outcome.last_line.startswith("lwpxeboot: --lable is no option")
    assert outcome.left == []


def test_arguments_of_other_boot_loaders_are_accepted(lab):
    """Those of pypxeboot, pygrub and xenpvnetboot that change nothing."""
    with served(lab):
        outcome = boot(lab, f"mac={MAC},", "-i", "-v", "--debug", "--offset=0",
                       "--interface=xenbr0", "--udhcpc=/sbin/udhcpc",
                       "--entry", "linux", "--logging", "--default_args=x")
    assert outcome.status == 0, outcome.lines
    assert outcome.args == ARGS


@pytest.mark.parametrize("option", ["--help", "-h", "--version"])
def test_help_is_an_answer_of_its_own(option):
    done = subprocess.run([BINARY, option], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "lwpxeboot" in done.stdout
