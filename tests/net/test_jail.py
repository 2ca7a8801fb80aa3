# SPDX-License-Identifier: BSD-3-Clause
"""The process that reads from the network: it can do nothing but that, and its
fate and its parent's are one."""

import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from bootserver import TREE, Stall, served, tree_with, write_tree
from dhcpd import DISCOVER, answer
from lab import MAC, TOP, wait_for
from libxl import BINARY, boot
from menutree import menu
from person import ENTER, person
from processes import (RUNGS, descriptors_of, is_alive, jailed_child, running,
                       status_of)

VIF = f"--vif=mac={MAC},bridge=xenbr0"
NO_CAPABILITIES = "0" * 16
UID = str(1879048192 + 7)  # LWPXE_UID and the number of libxl.py's domain
BOTH_LINKS = pytest.mark.parametrize("link", ["tap", "packet"])

@pytest.fixture
def stalled(lab):
    """A boot loader in the middle of a download that does not go on."""
    stall = Stall()
    with served(lab, files={**TREE, "vmlinuz": stall}), \
            running(lab, VIF) as bootloader:
        stall.wait()
        yield bootloader


def test_child_has_no_privilege(stalled):
    status = status_of(jailed_child(stalled))
    assert status["Uid"].split() == [UID] * 4
    assert status["Gid"].split() == [UID] * 4
    assert status["Groups"] == ""
    for kind in "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb":
        assert status[kind] == NO_CAPABILITIES
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"


def test_child_loses_what_a_change_of_user_keeps(lab):
    """Groups always, and capabilities where a container sets this bit."""
    keeping = ("setpriv", "--groups=4,20", "--securebits=+no_setuid_fixup")
    with running(lab, VIF, wrapper=keeping) as bootloader:
        status = status_of(jailed_child(bootloader))
        parent = status_of(bootloader.process.pid)
    assert parent["Groups"] == "4 20" and parent["CapEff"] != NO_CAPABILITIES
    assert status["Groups"] == ""
    assert status["CapEff"] == status["CapPrm"] == NO_CAPABILITIES


def test_child_has_only_what_it_works_with(stalled):
    child = jailed_child(stalled)
    open_here = descriptors_of(child)
    assert sorted(open_here) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert all(open_here[fd].startswith("/dev/pts/") for fd in (0, 1, 2))
    assert open_here[3].startswith("socket:")
    assert open_here[4] == "/dev/net/tun"
    assert open_here[5].startswith("socket:")
    assert re.match(rf"{stalled.directory}/kernel[.]", open_here[6])
    assert re.match(rf"{stalled.directory}/ramdisk[.]", open_here[7])


@pytest.mark.parametrize("limit, value", [
    ("Max cpu time", "901"), ("Max open files", "8"),
    ("Max file size", str(1 << 30)), ("Max core file size", "0"), ("Max processes", "0"),
    ("Max locked memory", "0"), ("Max msgqueue size", "0"),
    ("Max address space", str(64 << 20)),
])
def test_child_is_limited(stalled, limit, value):
    text = open(f"/proc/{jailed_child(stalled)}/limits").read()
    assert re.search(rf"^{limit} +{value} +{value} ", text, re.MULTILINE), text


def test_child_is_alone(stalled):
    """It has no file and no network; of Dom0's namespaces it keeps those that
    hold nothing it could use."""
    child = jailed_child(stalled)
    own, theirs = (Path(f"/proc/{pid}/ns") for pid in (os.getpid(), child))
    for name in "mnt", "net", "ipc", "uts":
        assert (theirs / name).readlink() != (own / name).readlink(), name
    assert os.listdir(f"/proc/{child}/root") == []
    mounts = Path(f"/proc/{child}/mountinfo").read_text().splitlines()
    assert len(mounts) == 1
    assert mounts[0].split()[4] == "/" and " ro," in mounts[0]
    links = subprocess.run(["nsenter", f"--net=/proc/{child}/ns/net", "ip",
                            "-o", "link"], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    assert len(links) == 1 and " lo: " in links[0] and "state DOWN" in links[0]


def test_toolstack_s_user_wins(lab):
    with running(lab, VIF, restrict=4242) as bootloader:
        status = status_of(jailed_child(bootloader))
    assert status["Uid"].split() == ["4242"] * 4


def test_row16_rungs_are_told(lab):
    with served(lab):
        outcome = boot(lab, VIF, "-v")
    assert outcome.status == 0, outcome.lines
    assert f"Jail: {' '.join(RUNGS)}" in outcome.lines


@BOTH_LINKS
def test_parent_does_not_hold_the_link(lab, link):
    """What the network sends cannot even be read there."""
    with running(lab, VIF, f"--link={link}") as bootloader:
        child = descriptors_of(jailed_child(bootloader))
        parent = descriptors_of(bootloader.process.pid)
    assert child[4] not in parent.values()
    assert "/dev/net/tun" not in parent.values()


def test_child_ends_with_its_parent(stalled):
    child = jailed_child(stalled)
    stalled.process.kill()
    wait_for(lambda: not is_alive(child), "the child to end")


def test_child_that_does_nothing_ends_with_its_parent(stalled):
    """It cannot see then that its parent is gone; the kernel ends it."""
    child = jailed_child(stalled)
    os.kill(child, signal.SIGSTOP)
    wait_for(lambda: status_of(child)["State"].startswith("T"), "a stop")
    stalled.process.kill()
    wait_for(lambda: not is_alive(child), "the child to end")


@pytest.mark.parametrize("number, name", [
    (signal.SIGSEGV, "signal 11"), (signal.SIGKILL, "signal 9"),
    (signal.SIGSYS, "forbidden system call"),
])
def test_death_of_the_child_is_told(stalled, number, name):
    child = jailed_child(stalled)
    os.kill(child, number)
    outcome = stalled.finish()
    assert outcome.status == 52
    assert outcome.last_line.startswith("lwpxeboot: the jailed process ")
    assert name in outcome.last_line
    assert outcome.last_line.endswith("please report it")
    assert outcome.left == []
    assert outcome.result == b""


def test_stopped_child_goes_on(lab):
    """Its poll(2) is then restarted by a call of another name."""
    def second_time(query):
        lost = query.type == DISCOVER and query.nth == 1
        return [] if lost else [answer(query)]
    with served(lab, second_time) as (dhcp, _), running(lab, VIF) as bootloader:
        child = jailed_child(bootloader)
        wait_for(lambda: dhcp.queries, "the first query")
        os.kill(child, signal.SIGSTOP)
        wait_for(lambda: status_of(child)["State"].startswith("T"), "a stop")
        os.kill(child, signal.SIGCONT)
        outcome = bootloader.finish()
    assert outcome.status == 0, outcome.lines


IS_32_BIT = BINARY.read_bytes()[4] == 1  # in the ELF header: its class

# Calls that may be made and are not, on this machine.
UNSEEN = {
    "clock_gettime",       # answered without a call where the vDSO can
    "clock_gettime32",     # and
    "clock_gettime64",     # and
    "ppoll_time64",        # 32-bit machines with 64-bit time
    "ftruncate" if IS_32_BIT else "ftruncate64",  # ftruncate() is the other
    "ppoll",               # musl's poll(), on machines without that call
    "restart_syscall",     # poll() of a process that was stopped: see above
    "rt_sigreturn",        # return from a handler; there is none, yet
}


def allowed_calls():
    """Returns the calls that every child may make, and those for trees."""
    text = (TOP / "build/seccomp.h").read_text()
    return [set(re.findall(r"^\tSYS_(\w+),", part, re.MULTILINE))
            for part in text.split("jail_tree_calls")]


class Trace:
    """What strace saw of a child behind the call that set its filter."""

    def __init__(self, directory):
        self.files = directory / "traces"
        self.files.mkdir()

    @property
    def wrapper(self):
        return ("strace", "-f", "-qq", "-o",
                str(self.files / str(len(os.listdir(self.files)))))

    @staticmethod
    def calls_of(text):
        lines = [line.split(maxsplit=1) for line in text.splitlines()]
        child = next(pid for pid, rest in lines if "PR_SET_SECCOMP" in rest)
        mine = [rest for pid, rest in lines if pid == child]
        start = next(i for i, rest in enumerate(mine) if "PR_SET_SECCOMP" in rest)
        return {match[1] for rest in mine[start + 1:]
                if (match := re.match(r"(\w+)\(", rest))}

    def calls(self):
        return set().union(*(self.calls_of(path.read_text())
                             for path in self.files.iterdir()))


def boot_in_all_ways(lab, trace):
    (lab.directory / "kernel").write_bytes(b"kernel")
    lab.spawn(lab.server, "python3", "-m", "http.server", "80",
              "--directory", lab.directory, stderr=subprocess.DEVNULL)
    wait_for(lambda: ":80 " in lab.server.run("ss", "-ltn"), "a web server")
    told = ["-vv", "--log-format=json", f"--pcap={lab.directory}/frames"]
    web = b"default a\nlabel a\nkernel http://10.9.0.1/kernel\n"
    for files, options in [(TREE, ["--link=tap"]), (TREE, ["--link=packet"]),
                           (tree_with(web), told)]:
        with served(lab, files=files):
            outcome = boot(lab, VIF, *options, wrapper=trace.wrapper)
        assert outcome.status == 0, outcome.lines
    with served(lab):
        assert boot(lab, VIF, preflight=True,
                    wrapper=trace.wrapper).status == 38, "it is no kernel"
        subprocess.run(lab.dom0.command(*trace.wrapper, BINARY, VIF,
                                        "--explain"), check=True)
    with served(lab, files=menu()), \
            person(lab, VIF, wrapper=trace.wrapper) as somebody:
        somebody.see_bar_on("The first")
        somebody.type(ENTER)
        assert somebody.finish().status == 0


def test_child_makes_the_calls_that_its_filter_allows(lab):
    """No others, or it would have died; and of those allowed, all are needed
    here or on other machines, so that the list does not grow out of fear."""
    trace = Trace(lab.directory)
    boot_in_all_ways(lab, trace)
    seen, (allowed, _) = trace.calls(), allowed_calls()
    assert seen <= allowed
    assert allowed - seen <= UNSEEN <= allowed


def test_nothing_is_read_from_the_link_before_the_jail_is_closed(lab):
    """Only the first question has been asked then."""
    path = lab.directory / "trace"
    with served(lab):
        outcome = boot(lab, VIF, wrapper=("strace", "-f", "-y", "-qq", "-o", str(path)))
    assert outcome.status == 0, outcome.lines
    lines = [line.split(maxsplit=1)[1] for line in path.read_text().splitlines()]
    closed = next(i for i, line in enumerate(lines) if "PR_SET_SECCOMP" in line)
    before, after = ([match[1] for line in part if (match := re.match(
        r"(readv?|writev?|poll)\(\d+</dev/net/tun", line))]
        for part in (lines[:closed], lines[closed:]))
    assert before == ["writev"]
    assert {"readv", "writev"} <= set(after)


def test_child_that_reads_a_tree_makes_the_calls_for_that(tmp_path):
    trace = Trace(tmp_path)
    with tempfile.TemporaryDirectory() as tree:
        os.chmod(tree, 0o755)  # which pytest's own directories are not
        subprocess.run([*trace.wrapper, BINARY,
                        f"--tree={write_tree(Path(tree))}"], check=True,
                       stdout=subprocess.DEVNULL)
    seen, (allowed, for_trees) = trace.calls(), allowed_calls()
    assert seen <= allowed | for_trees
    assert for_trees <= seen


def test_tables_of_functions_are_read_only(stalled):
    """In parent and child, what the linker marks so: its RELRO segment."""
    segments = subprocess.run(["readelf", "-lW", BINARY], check=True, text=True,
                              capture_output=True).stdout
    start, size = (int(word, 16) for word in re.search(
        r"GNU_RELRO +\S+ (\S+) \S+ \S+ (\S+)", segments).groups())
    for pid in stalled.process.pid, jailed_child(stalled):
        maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
        ours = [line for line in maps if line.endswith("/lwpxeboot")]
        base = int(ours[0].split("-")[0], 16)
        found = [line.split()[1] for line in ours
                 if int(line.split("-")[0], 16) <= base + start + size - 1 <
                 int(line.split()[0].split("-")[1], 16)]
        assert found == ["r--p"], maps
