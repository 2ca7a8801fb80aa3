# SPDX-License-Identifier: BSD-3-Clause
"""HTTP against a server that follows a script: RFC 9110 and 9112.

Most tests fetch a kernel that xl.cfg names, which is one file.
"""

import random
import time

import pytest

import tftpd
from httpd import ETAG, Web, httpd
from lab import SERVER
from processes import run_plain
from tftpd import assert_fails

# Different in each place, so that no part passes for another.
CONTENT = random.Random(1).randbytes(300000)
HALF = 150000
IMAGE_LIMIT = 1 << 30
REST = ("bytes=150000-", ETAG)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with tftpd.site_of_module(tmp_path_factory) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(site):
    with httpd(site) as opened:
        yield opened


def assert_boots(booted, content=CONTENT):
    tftpd.assert_boots(booted, content)


def ranges(web):
    return [(r.headers.get("Range"), r.headers.get("If-Range"))
            for r in web.requests]


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


def test_port_is_named_to_the_server(site, server):
    with httpd(site, port=8080, webs=server.webs):
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
    web, outcome = server.boot({path: script}, kernel=f"http://me:s3cret@{SERVER}{path}")
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


def test_silence_ends_a_download(site, server):
    """At each place where there can be one; all wait at the same time."""
    run = site.lab.server.run
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


# ---- Resuming

def cut(end, then=None):
    """The first half, and then the connection ends."""
    def script(x):
        if x.attempt == 1:
            x.head(Content_Length=len(CONTENT), ETag=ETAG)
            x.send(CONTENT[:HALF])
            getattr(x, end)()
        elif then:
            then(x)
        else:
            x.serve(CONTENT)
    return script


@pytest.mark.parametrize("end", ["close", "reset"])
def test_download_goes_on_where_it_was_cut(server, end):
    web, outcome = server.fetch(cut(end))
    assert_boots((web, outcome))
    assert ranges(web) == [(None, None), REST]


def test_download_may_be_cut_as_often_as_it_goes_on(server):
    def script(x):
        first = x.request.first_byte or 0
        x.head("206 Part" if first else "200 OK", ETag=ETAG,
               Content_Length=len(CONTENT) - first,
               Content_Range=f"bytes {first}-299999/300000")
        x.send(CONTENT[first:first + 20000])
        x.close()
    web, outcome = server.fetch(script)
    assert_boots((web, outcome))
    assert len(web.requests) == 15


def test_part_may_be_shorter_than_the_rest(server):
    def part(x):
        first = x.request.first_byte
        last = min(first + 99999, 299999)
        x.head("206 Part", ETag=ETAG, Content_Length=last - first + 1,
               Content_Range=f"bytes {first}-{last}/300000")
        x.send(CONTENT[first:last + 1])
    assert_boots(server.fetch(cut("reset", part)))


def test_chunks_are_resumed_by_what_they_held(server):
    def script(x):
        if x.attempt > 1:
            x.serve(CONTENT)
            return
        x.head(Transfer_Encoding="chunked", ETag=ETAG)
        x.send(b"%x\r\n" % HALF + CONTENT[:HALF] + b"\r\n7d0\r\n")
        x.close()
    web, outcome = server.fetch(script)
    assert_boots((web, outcome))
    assert ranges(web)[1] == REST


def test_file_that_changed_meanwhile_is_downloaded_anew(server):
    """If-Range is answered by all of the new one."""
    other = CONTENT[::-1]
    web, outcome = server.fetch(
        cut("reset", lambda x: x.serve(other, etag='"version 2"')))
    assert_boots((web, outcome), other)
    assert ranges(web)[1] == REST


def test_time_tells_versions_apart_if_nothing_better_does(server):
    date = "Sun, 22 Nov 2026 21:00:00 GMT"

    def script(x):
        if x.attempt == 1:
            x.head(Content_Length=len(CONTENT), ETag='W/"1"', Last_Modified=date)
            x.send(CONTENT[:HALF])
            x.reset()
        else:
            x.serve(CONTENT, etag=date)
    web, outcome = server.fetch(script)
    assert_boots((web, outcome))
    assert ranges(web)[1] == ("bytes=150000-", date)


def test_download_without_a_version_begins_anew_once(server):
    def script(x):
        x.head(Content_Length=len(CONTENT))
        x.send(CONTENT[:HALF])
        x.close()

    def once(x):
        script(x) if x.attempt == 1 else x.serve(CONTENT, etag=None)
    web, outcome = server.fetch(once)
    assert_boots((web, outcome))
    assert ranges(web) == [(None, None)] * 2
    web, outcome = server.fetch(script)
    assert_fails((web, outcome), 24, "closed the connection after 150000 bytes")
    assert len(web.requests) == 2


WRONG_PARTS = {
    "earlier": dict(Content_Range="bytes 149999-299999/300000", Content_Length=150001),
    "later": dict(Content_Range="bytes 150001-299999/300000", Content_Length=149999),
    "larger": dict(Content_Range="bytes 150000-300000/300001", Content_Length=150001),
    "none": dict(Content_Length=150000),
    "two": dict(Content_Type="multipart/byteranges; boundary=x", Content_Length=150000),
    "length": dict(Content_Range="bytes 150000-299999/300000", Content_Length=150001),
    "version": dict(Content_Range="bytes 150000-299999/300000", Content_Length=150000,
                    ETag='"version 2"'),
}


@pytest.mark.parametrize("case", WRONG_PARTS)
def test_wrong_part_is_refused(server, case):
    def part(x):
        x.head("206 Part", **WRONG_PARTS[case])
        x.send(CONTENT[HALF:])
        x.wait_for_end()
    assert_fails(server.fetch(cut("reset", part)), 24)


def test_part_that_is_there_no_more(server):
    def gone(x):
        x.head("416 Range Not Satisfiable", Content_Range="bytes */3",
               Content_Length=0)
    assert_fails(server.fetch(cut("reset", gone)), 23, "HTTP status 416")


def test_file_that_changes_its_size_is_refused(server):
    assert_fails(server.fetch(
        cut("reset", lambda x: x.serve(CONTENT + b"x", etag='"version 2"'))),
        24, "changed its size")


# ---- Redirects

@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "303 See Other",
                                    "307 Temporary Redirect", "308 Permanent Redirect"])
def test_redirects_are_followed(server, status):
    web, outcome = server.boot(
        {"/kernel": lambda x: x.redirect("/there/it/is?yes", status),
         "/there/it/is?yes": CONTENT}, kernel=f"http://{SERVER}/kernel")
    assert_boots((web, outcome))
    assert [(r.path, r.before) for r in web.requests] == [
        ("/kernel", 0), ("/there/it/is?yes", 1)]


@pytest.mark.parametrize("to, path", [
    ("d", "/a/b/d"), ("/d", "/d"), (f"//{SERVER}/d", "/d"),
    (f"http://{SERVER}/d", "/d"), (f"HTTP://{SERVER}:80/d", "/d"), ("?d", "/a/b/c?d"),
    ("d#e", "/a/b/d"), ("d e", "/a/b/d"), ("http:///d", "/d"),
])
def test_redirect_may_be_relative(server, to, path):
    assert_boots(server.boot({"/a/b/c?x": lambda x: x.redirect(to), path: CONTENT},
                             kernel=f"http://{SERVER}/a/b/c?x"))


def test_five_redirects_are_enough(server):
    files = {f"/{n}": (lambda n: lambda x: x.redirect(str(n + 1)))(n) for n in range(6)}
    web, outcome = server.boot({**files, "/5": CONTENT}, kernel=f"http://{SERVER}/0")
    assert_boots((web, outcome))
    web, outcome = server.boot({**files, "/6": CONTENT}, kernel=f"http://{SERVER}/0")
    assert_fails((web, outcome), 23, "redirects more than 5 times")
    assert web.paths == [f"/{n}" for n in range(6)]


@pytest.mark.parametrize("to, sentence", [
    ("https://x.example/y", "redirects to https://x.example, and https is not supported"),
    ("ftp://me:pw@x.example/y", "redirects to ftp://x.example, and ftp is not"),
    (f"tftp://{SERVER}/y", "and tftp is not supported"),
    ("mailto:me", "redirects to a place that has no server"),
    ("http:/x", "redirects to a place that has no server"),
    ("http://h:99999/", "bad port number"),
    ("/" + "x" * 600, "too long"),
])
def test_redirect_to_somewhere_else_is_refused(server, to, sentence):
    web, outcome = server.fetch(lambda x: x.redirect(to))
    assert_fails((web, outcome), 33, sentence)
    assert "pw" not in outcome.console.decode()
    assert len(web.requests) == 1


def test_redirect_without_a_place_is_none(server):
    assert_fails(server.fetch(lambda x: x.head("302 Found", Content_Length=0)),
                 23, "HTTP status 302 Found")


def test_password_does_not_go_elsewhere(site, server):
    site.lab.server.run("ip", "address", "add", "10.9.0.2/24", "dev", "eth0")
    with httpd(site, address="10.9.0.2", webs=server.webs):
        web, outcome = server.boot(
            {"/kernel": lambda x: x.redirect("here"),
             "/here": lambda x: x.redirect("http://10.9.0.2/there"),
             "/there": CONTENT}, kernel=f"http://me:pw@{SERVER}/kernel")
    assert_boots((web, outcome))
    assert ["Authorization" in r.headers for r in web.requests] == [True, True, False]


def test_download_is_resumed_where_the_redirect_led(server):
    web, outcome = server.boot(
        {"/kernel": lambda x: x.redirect("/there"), "/there": cut("reset")},
        kernel=f"http://{SERVER}/kernel")
    assert_boots((web, outcome))
    assert web.paths == ["/kernel", "/there", "/there"]


# ---- Sizes

def explain(server, files, *args):
    guest = server.site.guest()
    web = server.webs[guest.ip] = Web(files)
    done = run_plain(server.site.lab, f"--vif=mac={guest.mac},bridge=xenbr0",
                     f"--kernel=http://{SERVER}/kernel", "--explain")
    web.check()
    return web, done.returncode, done.stdout.decode()


def test_size_is_asked_by_head(server):
    web, status, shown = explain(server, {"/kernel": CONTENT})
    assert status == 0 and "300.0 kB" in shown, shown
    assert [r.method for r in web.requests] == ["HEAD"]


def test_size_may_be_unknown(server):
    web, status, shown = explain(server, {"/kernel": lambda x: x.head()})
    assert status == 0 and "of unknown size" in shown, shown


@pytest.mark.parametrize("code", ["405 Method Not Allowed", "501 Not Implemented"])
def test_server_without_head_is_asked_by_get(server, code):
    def script(x):
        if x.request.method == "HEAD":
            x.head(code, Content_Length=0)
        else:
            x.head(Content_Length=len(CONTENT))
            x.wait_for_end()
    web, status, shown = explain(server, {"/kernel": script})
    assert status == 0 and "300.0 kB" in shown, shown
    assert [r.method for r in web.requests] == ["HEAD", "GET"]


def test_missing_file_is_found_missing(server):
    web, status, shown = explain(server, {})
    assert status == 34 and "HTTP status 404 Not Found" in shown, shown
