# SPDX-License-Identifier: BSD-3-Clause
"""Kernel and ramdisks are downloaded at the same time, against a server that
follows a script."""

import re
import threading
import time

import pytest

import tftpd
from lab import SERVER, wait_for
from libxl import BINARY
from tftpd import (BLKSIZE_ASKED, assert_boots, assert_fails, error, packet, refusal)

OTHER = "10.9.0.2"  # the server's second address
TRANSFERS = int(re.search(r"LWPXE_TRANSFERS (\d+)",
                          (BINARY.parent / "config.h").read_text())[1])
ARCHIVE = 512  # bytes of the empty one that comes before several
ERROR_0 = packet(5, 0)

# Lengths of all kinds modulo 4; the kernel's is of whole blocks.
KERNEL = b"K" * (BLKSIZE_ASKED * 3)
INITRDS = {f"i{n}": str(n).encode() * (4000 + n) for n in range(9)}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with tftpd.site_of_module(tmp_path_factory) as opened:
        yield opened


@pytest.fixture(scope="module")
def two_servers(tmp_path_factory):
    """The lease names the other server; the DHCP server is the second choice."""
    with tftpd.site_of_module(tmp_path_factory,
                              f"--dhcp-boot=pxelinux.0,,{OTHER}") as opened:
        opened.lab.server.run("ip", "address", "add", f"{OTHER}/24", "dev", "eth0")
        opened.listen(OTHER)
        yield opened


def guest_with(site, initrds, **scripts):
    """A guest with a kernel and these initrds, of which some have scripts."""
    files = {"kernel": KERNEL, **{name: INITRDS[name] for name in initrds}}
    guest = site.guest(**{**files, **scripts})
    guest.files[guest.config] = (
        f"default x\nlabel x\nkernel kernel\ninitrd {','.join(initrds)}\n").encode()
    return guest


def archives(initrds):
    """What is behind the empty archive, as Linux wants it."""
    ramdisk = b""
    for content in initrds:
        ramdisk += bytes(-len(ramdisk) % 4) + content
    return ramdisk


def assert_all_came(guest, outcome, initrds):
    assert_boots((guest, outcome), KERNEL)
    before = ARCHIVE if len(initrds) > 1 else 0
    assert outcome.ramdisk[before:] == archives(INITRDS[n] for n in initrds)


class Gate:
    """Files that come up to their last block, and wait for the test there."""

    def __init__(self):
        self.lock = threading.Lock()
        self.waiting = []
        self.opened = threading.Event()

    def file(self, content):
        def script(t):
            last = len(content) // 512 + 1
            t.offer(blksize=512, tsize=len(content))
            t.put_blocks(content, 512, last=last - 1)
            with self.lock:
                self.waiting.append(t.request.name)
            assert self.opened.wait(4)  # the client's patience ends after 5 s
            t.put_blocks(content, 512, first=last)
        return script

    def wait(self, count):
        wait_for(lambda: len(self.waiting) >= count, f"{count} transfers")


# ---- At the same time

@pytest.mark.parametrize("count", [1, 2, 3, TRANSFERS, 9])
def test_files_come_in_order_and_aligned(site, count):
    names = [f"i{n}" for n in range(count)]
    guest = guest_with(site, names)
    outcome = guest.boot()
    assert_all_came(guest, outcome, names)
    assert guest.names == [guest.config, "kernel", *names]


@pytest.mark.parametrize("count", [TRANSFERS - 1, 9])
def test_so_many_run_together_and_no_more(site, count):
    gate = Gate()
    names = [f"i{n}" for n in range(count)]
    guest = guest_with(site, names, kernel=gate.file(KERNEL),
                       **{name: gate.file(INITRDS[name]) for name in names})
    guest.start()
    gate.wait(TRANSFERS)
    time.sleep(0.3)  # another would have come by now
    assert set(gate.waiting) == {"kernel", *names[:TRANSFERS - 1]}
    assert guest.names == [guest.config, "kernel", *names[:TRANSFERS - 1]]
    gate.opened.set()
    assert_all_came(guest, guest.finish(), names)


def test_kernel_that_comes_last_holds_up_no_initrd(site):
    gate = Gate()
    guest = guest_with(site, INITRDS, kernel=gate.file(KERNEL)).start()
    wait_for(lambda: "i8" in guest.names, "the last initrd")
    gate.opened.set()
    assert_all_came(guest, guest.finish(), INITRDS)


def test_initrds_may_end_in_any_order(site):
    """The first comes to its end behind all others that fit."""
    gate = Gate()
    names = [f"i{n}" for n in range(TRANSFERS + 2)]
    guest = guest_with(site, names, i0=gate.file(INITRDS["i0"])).start()
    wait_for(lambda: names[-1] in guest.names, "the last initrd")
    gate.opened.set()
    assert_all_came(guest, guest.finish(), names)


def test_initrd_waits_for_the_size_of_the_one_before(site):
    """A server that does not announce it has to send it first."""
    seen = []

    def unannounced(t):
        content = INITRDS["i0"]
        t.offer(blksize=512)
        t.put_blocks(content, 512, last=len(content) // 512)
        seen.extend(guest.names)
        t.put_blocks(content, 512, first=len(content) // 512 + 1)
    guest = guest_with(site, ["i0", "i1"], i0=unannounced)
    outcome = guest.boot()
    assert_all_came(guest, outcome, ["i0", "i1"])
    assert "i0" in seen and "i1" not in seen


def test_servers_without_options_send_all_in_order(site):
    def plain(content):
        return lambda t: t.put_blocks(content, 512)
    names = list(INITRDS)
    guest = guest_with(site, names, kernel=plain(KERNEL),
                       **{name: plain(INITRDS[name]) for name in names})
    assert_all_came(guest, guest.boot(), names)


@pytest.mark.parametrize("sent, word", [(3999, "3999"), (4001, "more")])
def test_initrd_of_another_size_than_announced_is_an_error(site, sent, word):
    """The next has been placed behind what it was to have."""
    def liar(t):
        t.offer(blksize=512, tsize=4000)
        t.put_blocks(b"0" * sent, 512)
    guest = guest_with(site, ["i0", "i1"], i0=liar)
    assert_fails((guest, guest.boot()), 24, f"announced 4000 bytes and sent {word}")


def test_initrd_that_changes_between_two_requests_is_an_error(site):
    """It is asked for once more, and is longer then."""
    def changed(t):
        content = INITRDS["i0"] + b"more" * t.asked
        t.offer(blksize=512, tsize=len(content))
        if t.asked == 1:
            t.put_blocks(content, 512, last=2)  # and the port is closed
        else:
            t.put_blocks(content, 512)
    guest = guest_with(site, ["i0", "i1"], i0=changed)
    assert_fails((guest, guest.boot()), 24, "size changed during the download")


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("name", ["kernel", "i1"])
def test_nothing_is_left_of_a_longer_file_that_is_asked_for_again(
        site, name, announced):
    """The server is restarted with another file; that one counts."""
    content = KERNEL if name == "kernel" else INITRDS[name]
    size = {"tsize": len(content)} if announced else {}

    def changed(t):
        if t.asked == 1:
            t.offer(blksize=512)
            t.put_blocks(b"W" * 200000, 512, last=300)  # and the port is closed
        else:
            t.offer(blksize=512, **size)
            t.put_blocks(content, 512)
    names = ["i0", "i1"]
    guest = guest_with(site, names, **{name: changed})
    assert_all_came(guest, guest.boot(), names)


def test_space_between_initrds_is_zero_when_one_is_asked_for_again(site):
    """What the first attempt has put there would be taken for an archive."""
    def changed(t):
        t.offer(blksize=512)
        if t.asked == 1:
            t.put_blocks(b"W" * 200000, 512, last=300)  # and the port is closed
        else:
            t.put_blocks(INITRDS["i1"], 512)
    long = bytes(range(1, 251)) * 1000
    guest = guest_with(site, ["i1", "i2"], i1=changed, i2=long)
    outcome = guest.boot()
    assert_boots((guest, outcome), KERNEL)
    assert outcome.ramdisk[ARCHIVE:] == archives([INITRDS["i1"], long])


def test_initrd_behind_one_that_is_asked_for_again_stays_whole(site):
    """What was written where the size had let it is not touched."""
    first = threading.Event()

    def again(t):
        content = INITRDS["i0"]
        t.offer(blksize=512, tsize=len(content))
        if t.asked == 1:
            t.put_blocks(content, 512, last=7)
            assert first.wait(4)
        else:
            t.put_blocks(content, 512)

    def second(t):
        t.serve(INITRDS["i1"])
        first.set()
    guest = guest_with(site, ["i0", "i1"], i0=again, i1=second)
    assert_all_came(guest, guest.boot(), ["i0", "i1"])


def test_same_file_twice(site):
    names = ["i1", "i1", "i1"]
    guest = guest_with(site, names)
    assert_all_came(guest, guest.boot(), names)


# ---- One that fails

@pytest.mark.parametrize("gone", ["kernel", "i0", "i1", "i2"])
def test_missing_file_stops_the_others(site, gone):
    """Their servers are told; finish() finds nothing left."""
    names = ["kernel", "i0", "i1", "i2"]
    if names.index(gone) >= TRANSFERS:
        pytest.skip("it is not asked for while the others run")
    # An initrd waits for the size of the one before.
    others = names[1:TRANSFERS] if gone == "kernel" else names[:names.index(gone)]
    begun = threading.Semaphore(0)
    told = []

    def endless(t):
        t.offer(blksize=512, tsize=100000)
        t.put_blocks(bytes(100000), 512, last=3)
        begun.release()
        t.wait_for(ERROR_0 + b"not needed any more\0")
        told.append(t.request.name)

    def missing(t):
        for _ in others:
            assert begun.acquire(timeout=10)
        t.send(error(1, b"gone"))

    guest = guest_with(site, names[1:], **{name: endless for name in others},
                       **{gone: missing})
    assert_fails((guest, guest.boot()), 34, gone)
    assert sorted(told) == sorted(others)


def too_large_a_block(t):
    t.send(packet(3, 1, bytes(600)))
    t.wait_for_error(4)


@pytest.mark.parametrize("status, script", [
    (23, refusal(3, b"disk")), (35, b""), (24, too_large_a_block)],
    ids=["error", "empty", "broken"])
def test_any_failure_of_an_initrd_leaves_nothing(site, status, script):
    guest = guest_with(site, ["i0", "i1", "i2"], i2=script)
    assert_fails((guest, guest.boot()), status, "i2")


def test_restarted_server_is_noticed_by_all_transfers(site):
    """Each learns at once that its port is closed, and not by silence alone."""
    together = threading.Barrier(TRANSFERS)

    def restarted(content):
        def script(t):
            if t.asked > 1:
                t.serve(content)
                return
            t.offer(blksize=512, tsize=len(content))
            t.put_blocks(content, 512, last=2)
            together.wait(10)  # and all ports are closed
        return script
    names = [f"i{n}" for n in range(TRANSFERS - 1)]
    guest = guest_with(site, names, kernel=restarted(KERNEL),
                       **{name: restarted(INITRDS[name]) for name in names})
    outcome = guest.boot()
    assert_all_came(guest, outcome, names)
    times = {}
    for request in guest.requests:
        times.setdefault(request.name, []).append(request.time)
    waits = {name: times[name][1] - times[name][0] for name in ["kernel", *names]}
    # Silence is waited for 5 s.
    assert max(waits.values()) < 4, waits


# ---- Two servers

def dies(t):
    """The first server, in the middle of longer files; the second has them."""
    content = KERNEL if t.request.name == "kernel" else INITRDS[t.request.name]
    if t.request.server[0] == SERVER:
        t.serve(content)
    elif t.asked == 1:
        t.offer(blksize=512, tsize=len(content) + 50000)
        t.put_blocks(b"W" * 50000, 512, last=30)


def test_server_that_dies_in_the_middle_leads_to_the_next(two_servers):
    """Which has to send all of it: its files may be others."""
    names = ["i0", "i1", "i2"]
    guest = guest_with(two_servers, names, kernel=dies, i0=dies, i1=dies, i2=dies)
    outcome = guest.boot()
    assert_all_came(guest, outcome, names)
    assert any(f"loading all from {SERVER}" in line for line in outcome.lines)
    last = [r.name for r in guest.requests if r.server[0] == SERVER]
    assert last == ["kernel", *names]


def test_file_that_the_first_server_lacks_is_not_asked_of_the_next(two_servers):
    def lacks(t):
        if t.request.server[0] == OTHER:
            t.send(error(1, b"not in this one"))
        else:
            t.serve(INITRDS["i1"])
    guest = guest_with(two_servers, ["i0", "i1"], i1=lacks)
    assert_fails((guest, guest.boot()), 34, "not in this one")
    assert {r.server[0] for r in guest.requests} == {OTHER}


def test_both_servers_that_die_are_an_error(two_servers):
    def die(t):
        if t.asked % 2:
            t.put_blocks(KERNEL, 512, last=2)
    guest = guest_with(two_servers, ["i0"], kernel=die)
    assert_fails((guest, guest.boot()), 22, "fell silent after 1024 bytes")
    assert {r.server[0] for r in guest.requests} == {OTHER, SERVER}
