# SPDX-License-Identifier: BSD-3-Clause
"""HTTP against a server that follows a script: RFC 9110 and 9112.

Most tests fetch a kernel that xl.cfg names, which is one file.
"""

import time

import pytest

import tftpd
from httpd import CONTENT, ETAG, HALF, Web, httpd, httpd_of_module
from lab import SERVER
from tftpd import assert_fails

IMAGE_LIMIT = 1 << 30


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with httpd_of_module(tmp_path_factory) as opened:
        yield opened


def assert_boots(booted, content=CONTENT):
    tftpd.assert_boots(booted, content)


# ---- Requests

def test_request_is_what_every_server_understands(server):
    web, outcome = server.fetch(CONTENT)
    assert_boots((web, outcome))
    request, = web.requests
    assert request.raw == (b"GET /kernel HTTP/1.1\r\nHost: 10.9.0.1\r\n"
                           b"User-Agent: lwpxeboot\r\n"
                           b"Accept-Encoding: identity\r\n\r\n")


@pytest.mark.parametrize("name, path", [
    ("/a/b?c=d%20e&f=/../g", "/a/b?c=d%20e&f=/../g"),
    ("/a\"b<c>d\\e^f`g{h|i}", "/a%22b%3cc%3ed%5ce%5ef%60g%7bh%7ci%7d"),
    ("/\xfc", "/%c3%bc"), ("/a#b", "/a"), ("", "/"), ("//", "//"),
])
def test_path_is_escaped(server, name, path):
    url = f"http://{SERVER}{name}"
    assert_boots(server.boot({path: CONTENT}, kernel=url))


def test_port_is_named_to_the_server(server):
    with httpd(server.site, port=8080, webs=server.webs):
        web, outcome = server.fetch(CONTENT, kernel=f"http://{SERVER}:8080/kernel")
    assert_boots((web, outcome))
    assert web.requests[0].headers["Host"] == f"{SERVER}:8080"


@pytest.mark.parametrize("path", ["/k", "/linux", "/debian/linux", "/boot/debian/linux"])
def test_password_is_for_the_server_only(server, path):
    """Nor does half of it show where a name is cut for the line of progress."""
    def script(x):
        x.head(Content_Length=len(CONTENT))
        x.send(CONTENT[:HALF])
        time.sleep(0.7)
        x.send(CONTENT[HALF:])
    web, outcome = server.boot({path: script}, kernel=f"http://me:s3cret@{SERVER}{path}",
                               menu=None)
    assert_boots((web, outcome))
    assert web.requests[0].headers["Authorization"] == "Basic bWU6czNjcmV0"
    assert b"150.0 kB of 300.0 kB" in outcome.console
    assert b"ret" not in outcome.console


def test_longest_name_is_asked_for(server):
    assert_boots(server.boot({"/" + "n" * 511: CONTENT},
                             kernel=f"http://{SERVER}/" + "n" * 511))
    assert_fails(server.fetch(CONTENT, kernel=f"http://{SERVER}/" + "n" * 512),
                 33, "too long")


# ---- Answers

def in_pieces(size, pause=0.0):
    def script(x):
        raw = b"HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n"
        raw += b"3e8\r\n" + CONTENT[:1000] + b"\r\n;\r\n"[:2]
        raw += b"%x;a=b\r\n" % (len(CONTENT) - 1000) + CONTENT[1000:]
        raw += b"\r\n0\r\nTrailer: z\r\n\r\n"
        for at in range(0, 2000, size):
            x.send(raw[at:at + size])
        x.send(raw[-(-2000 // size) * size:])
    return script


@pytest.mark.parametrize("size", [1, 2, 7, 1000, 2000])
def test_bytes_may_come_one_by_one(server, size):
    assert_boots(server.fetch(in_pieces(size)))


def raw(before, content=CONTENT, end="close"):
    """A file behind a head that is sent as it is."""
    def script(x):
        x.send(before + content)
        getattr(x, end)()
    return script


OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(CONTENT)
GOOD = {
    "length": OK + LENGTH + b"\r\n",
    "end": OK + b"\r\n",
    "1.0": b"HTTP/1.0 200 OK\r\n\r\n",
    "bare lf": b"HTTP/1.0 200 OK\n" + LENGTH.replace(b"\r", b"") + b"\n",
    "same length twice": OK + LENGTH + LENGTH + b"\r\n",
    "interim": b"HTTP/1.1 102 Wait\r\nContent-Length: 3\r\n\r\n" + OK + LENGTH + b"\r\n",
    "64 KiB": OK + b"X: " + b"y" * 65536 + b"\r\n" + LENGTH + b"\r\n",
    "folded": OK + b"X: y\r\n z\r\n" + LENGTH + b"\r\n",
    "said to be compressed": OK + b"Content-Encoding: gzip\r\n" + LENGTH + b"\r\n",
}


@pytest.mark.parametrize("case", GOOD)
def test_head_has_many_shapes(server, case):
    assert_boots(server.fetch(raw(GOOD[case])))


def test_more_than_the_length_is_not_the_files(server):
    web, outcome = server.fetch(
        lambda x: (x.serve(CONTENT), x.send(b"HTTP/1.1 200 more\r\n")))
    assert_boots((web, outcome))


BAD = {
    "two lengths": OK + LENGTH + b"Content-Length: 3\r\n\r\n",
    "length and chunks": OK + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n3\r\n",
    "coding": OK + b"Transfer-Encoding: gzip\r\n\r\n",
    "length is none": OK + b"Content-Length: 3x\r\n\r\n",
    "length is negative": OK + b"Content-Length: -3\r\n\r\n",
    "chunk size": OK + b"Transfer-Encoding: chunked\r\n\r\n10000000000000003\r\n",
    "no chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "no HTTP": b"220 ftp.example.net ready\r\n",
    "HTTP/2": b"HTTP/2 200 OK\r\n\r\n",
    "folded length": OK + b"Content-Length: 3\r\n 000\r\n\r\n",
    "endless": OK + b"X: y\r\n" * 30000,
    "endless line": OK + b"X" * 200000,
    "switch": b"HTTP/1.1 101 Go\r\n\r\n",
    "part": b"HTTP/1.1 206 Part\r\nContent-Range: bytes 0-299999/300000\r\n"
            + LENGTH + b"\r\n",
}


@pytest.mark.parametrize("case", BAD)
def test_head_without_sense_is_refused(server, case):
    assert_fails(server.fetch(raw(BAD[case], end="wait_for_end")), 24,
                 f"http://{SERVER}/kernel: the server ")


@pytest.mark.parametrize("status, code", [
    ("404 Not Found", 34), ("410 Gone", 34), ("400 Bad Request", 23),
    ("401 Unauthorized", 23), ("403 Forbidden", 23),
    ("500 Internal Server Error", 23), ("503 Service Unavailable", 23),
    ("304 Not Modified", 23), ("300 Multiple Choices", 23), ("999 What", 23),
])
def test_status_is_shown(server, status, code):
    def script(x):
        x.head(status, Content_Length=0)
    assert_fails(server.fetch(script), code, f"HTTP status {status}")


def test_word_of_the_server_is_escaped(server):
    def script(x):
        x.head("500 \x1b[31m\xff", Content_Length=0)
    web, outcome = server.fetch(script)
    assert_fails((web, outcome), 23, r"HTTP status 500 \x1b[31m\xff")


@pytest.mark.parametrize("head", [
    OK + b"Content-Length: 0\r\n\r\n", b"HTTP/1.1 204 No Content\r\n\r\n",
    OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", OK + b"\r\n",
])
def test_empty_file_is_none(server, head):
    assert_fails(server.fetch(raw(head, b"")), 35, "is empty")


def test_file_may_be_too_large(server):
    def announced(x):
        x.head(Content_Length=IMAGE_LIMIT + 1)
        x.wait_for_end()
    assert_fails(server.fetch(announced), 36, "too large")
    assert_fails(server.boot({"/kernel": CONTENT, "/ramdisk": announced},
                             kernel=f"http://{SERVER}/kernel",
                             ramdisk=f"http://{SERVER}/ramdisk"), 36, "too large")


def test_limit_is_for_files_without_a_length_too(server):
    config = f"http://{SERVER}/config"

    def endless(x):
        x.head()
        while True:
            x.send(b"#" * 65536)
    guest_config = "include " + config + "\ndefault a\n"
    guest = server.site.guest(**tftpd.FILES)
    web = server.webs[guest.ip] = Web({"/config": endless})
    guest.files[guest.config] = guest_config.encode()
    outcome = guest.boot()
    web.check()
    assert_fails((web, outcome), 36, "too large")


# ---- Connections

MENU = f"""\
include http://{SERVER}/more
default x
label x
kernel http://{SERVER}/kernel
"""


def boot_from(server, files):
    """Boots from a configuration by TFTP that leads to two files by HTTP."""
    guest = server.site.guest()
    web = server.webs[guest.ip] = Web({"/more": b"say hello\n", **files})
    guest.files[guest.config] = MENU.encode()
    outcome = guest.boot()
    web.check()
    return web, outcome


def test_connection_serves_the_next_file(server):
    web, outcome = boot_from(server, {"/kernel": CONTENT})
    assert_boots((web, outcome))
    assert [(r.path, r.before) for r in web.requests] == [("/more", 0), ("/kernel", 1)]


def test_connection_that_was_closed_meanwhile_is_replaced(server):
    def more(x):
        x.serve(b"say hello\n")
        x.close()
    web, outcome = boot_from(server, {"/more": more, "/kernel": CONTENT})
    assert_boots((web, outcome))
    assert [r.before for r in web.requests] == [0, 0]


@pytest.mark.parametrize("end", ["close", "reset"])
def test_connection_that_is_closed_by_the_next_request_is_replaced(server, end):
    """Silently, and once."""
    def kernel(x):
        if x.attempt == 1:
            assert x.request.before == 1
            getattr(x, end)()
        else:
            x.serve(CONTENT)
    web, outcome = boot_from(server, {"/kernel": kernel})
    assert_boots((web, outcome))
    assert not any(line.startswith("warning") for line in outcome.lines)
    assert [(r.path, r.before) for r in web.requests] == [
        ("/more", 0), ("/kernel", 1), ("/kernel", 0)]
    assert web.requests[2].time - web.requests[1].time < 3


@pytest.mark.parametrize("end", ["close", "reset"])
def test_connection_without_an_answer_is_none(server, end):
    web, outcome = server.fetch(lambda x: getattr(x, end)())
    assert_fails((web, outcome), 22, "closed the connection without an answer")
    assert len(web.requests) == 1


def test_connection_ends_with_the_boot(server):
    """The guest's own stack would not know of it, and the server not of that."""
    ended = []

    def script(x):
        x.head(Content_Length=len(CONTENT), Connection="keep-alive")
        x.send(CONTENT)
        x.wait_for_end(10)
        ended.append(True)
    assert_boots(server.fetch(script))
    assert ended


def test_answer_that_says_so_is_the_connections_last(server):
    def more(x):
        x.head(Content_Length=4, Connection="close")
        x.send(b"say ")
        x.wait_for_end()
    web, outcome = boot_from(server, {"/more": more, "/kernel": CONTENT})
    assert_boots((web, outcome))
    assert [r.before for r in web.requests] == [0, 0]


def test_closed_port_is_named(server):
    web, outcome = server.boot({}, kernel=f"http://{SERVER}:81/kernel")
    assert_fails((web, outcome), 22, f"nothing listens on TCP port 81 of {SERVER}")


def test_silence_ends_a_download(server):
    """At each place where there can be one; all wait at the same time."""
    run = server.site.lab.server.run
    run("ip", "link", "add", "nowhere", "type", "veth", "peer", "name", "nobody")
    run("ip", "link", "set", "nowhere", "up")
    run("ip", "link", "set", "nobody", "up")
    run("ip", "route", "add", "10.9.0.250", "dev", "nowhere")
    run("ip", "neighbour", "add", "10.9.0.250", "lladdr", "02:00:00:00:00:99",
        "dev", "nowhere")
    run("sysctl", "-q", "net.ipv4.ip_forward=1", "net.ipv4.conf.eth0.proxy_arp=1")

    def silent(x):
        x.wait_for_end(30)

    def half_a_head(x):
        x.send(OK)
        x.wait_for_end(30)

    def half_a_body(x):
        x.head(Content_Length=len(CONTENT), ETag=ETAG)
        x.send(CONTENT[:HALF])
        x.wait_for_end(60)
    cases = {
        "no answer from TCP port 80 of 10.9.0.250": (None, "http://10.9.0.250/k"),
        "no answer to an HTTP request for 10 s": (silent, None),
        "no answer to an HTTP request for 10 s ": (half_a_head, None),
        "fell silent after 150000 bytes": (half_a_body, None),
    }
    running = {}
    for sentence, (script, url) in cases.items():
        running[sentence] = server.start({"/k": script},
                                         kernel=url or f"http://{SERVER}/k")
    for sentence, (web, guest) in running.items():
        assert_fails((guest, guest.finish()), 22, sentence.strip())
        web.check()
