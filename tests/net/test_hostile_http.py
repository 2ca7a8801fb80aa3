# SPDX-License-Identifier: BSD-3-Clause
"""HTTP servers that mean harm; each test has the name of its row in
tests/bugclasses.md."""

import contextlib
import random
import threading

import pytest

from hostile import (assert_boots_with, assert_ends, assert_safe, small_disk,
                     used, writes)
from httpd import CONTENT, ETAG, HALF, httpd_of_module
from lab import SERVER

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(CONTENT)
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with httpd_of_module(tmp_path_factory) as opened:
        opened.over = threading.Event()
        opened.slow = [opened.start({"/k": drip(opened.over, *case)},
                                    kernel=f"http://{SERVER}/k")
                       for case in SLOW]
        yield opened


def drip(over, before, piece):
    """An answer that goes on for ever, a piece at a time."""
    def script(x):
        x.open = False
        with contextlib.suppress(OSError):
            x.send(before)
            while not over.wait(0.5):
                x.send(piece)
    return script


SLOW = [(OK, b"X: y\r\n"), (b"", b"H"), (OK + b"X:", b"y"),
        (b"", b"HTTP/1.1 102 Wait\r\n\r\n")]


def chunk(content):
    return b"%x\r\n" % len(content) + content + b"\r\n"


WHOLE = chunk(CONTENT) + b"0\r\n\r\n"


# ---- row 3

SIZES = {
    "2^64": b"18446744073709551616",
    "2^64+300000": b"18446744073709851616", "-1": b"-1", "+": b"+300000",
    "hex": b"0x493e0", "blank inside": b"300 000", "two": b"300000, 300000",
    "two that differ": b"300000, 3", "comma": b"300000,", "empty": b"",
    "point": b"3e5", "sign alone": b"-", "40 digits": b"9" * 40, "NUL": b"300000\0",
    "thousands": b"300,000", "quoted": b'"300000"', "DEL": b"300000\x7f",
}


@pytest.mark.parametrize("case", SIZES)
def test_row03_http_length_that_is_none(server, case):
    assert_ends(server.fetch(writes(
        OK + b"Content-Length: " + SIZES[case] + b"\r\n\r\n" + CONTENT,
        end="wait_for_end")), 24, "bad or repeated field")


@pytest.mark.parametrize("length", [
    1 << 63, (1 << 63) - 1, 10 ** 19 - 1, 1 << 32, (1 << 30) + 1])
def test_row03_http_length_of_more_than_there_can_be(server, length):
    assert_ends(server.fetch(writes(
        OK + b"Content-Length: %d\r\n\r\n" % length, end="wait_for_end")),
        36, "it is too large")


CHUNK_SIZES = {
    "2^64": b"10000000000000000", "17 digits": b"00000000000000003",
    "-1": b"-1", "+3": b"+3", "0x3": b"0x3", "empty": b"", "blank": b" 3",
    "blank inside": b"3 3", "NUL": b"3\0", "point": b"3.", "letter": b"3g",
    "escape in the extension": b"3;\x1b[2J", "extension alone": b";x=y",
    "1000 digits": b"0" * 1000,
}


@pytest.mark.parametrize("case", CHUNK_SIZES)
def test_row03_http_chunk_size_that_is_none(server, case):
    assert_ends(server.fetch(writes(
        CHUNKED + CHUNK_SIZES[case] + b"\r\nabc\r\n0\r\n\r\n",
        end="wait_for_end")), 24, "chunk without a size")


@pytest.mark.parametrize("size", [b"ffffffffffffffff", b"7fffffffffffffff",
                                  b"fffffffffffffff0", b"40000001"])
def test_row03_http_chunk_of_more_than_there_can_be(server, size):
    """Its bytes are taken as they come; the connection's end is too early."""
    assert_ends(server.fetch(writes(CHUNKED + size + b"\r\nabc")), 24,
                "after 3 bytes")


# ---- row 8

def test_row08_http_file_never_ends_and_the_disk_is_small(server):
    """Neither length nor end; a disk of 1 MiB fills, and is empty again."""
    small = small_disk(server.site.lab, "size=1m")
    before = used(small)

    def endless(x):
        x.head()
        while True:
            x.send(bytes(65536))
    assert_ends(server.fetch(endless, directory=small), 14, "free some space")
    assert used(small) - before <= 8192  # the result file's and the directory's


def test_row08_http_file_never_ends_and_the_disk_is_large(server):
    """The limit of the build holds where the disk does not: 1 GiB."""
    large = small_disk(server.site.lab, "size=1200m", "large")

    def endless(x):
        x.head()
        while True:
            x.send(bytes(1 << 22))
    assert_ends(server.fetch(endless, directory=large), 36, "it is too large")
    assert used(large) <= 8192


@pytest.mark.parametrize("announced", [1, 999, HALF])
def test_row08_http_more_than_was_announced(server, announced):
    """What follows is not the file's; nor is it another answer."""
    assert_boots_with(server.fetch(writes(
        OK + b"Content-Length: %d\r\n\r\n" % announced +
        CONTENT[:announced + 1000])), CONTENT[:announced])


def test_row08_http_part_with_more_than_the_rest(server):
    def script(x):
        if x.attempt == 1:
            x.head(ETag=ETAG, Content_Length=len(CONTENT))
            x.send(CONTENT[:HALF])
        else:
            x.head("206 Part", ETag=ETAG, Content_Range="bytes 150000-299999/300000")
            x.send(CONTENT[HALF:] + b"more")
        x.close()
    assert_ends(server.fetch(script), 24, "announced 300000 bytes and sent more")


# ---- row 9

@pytest.mark.parametrize("seed", range(8))
def test_row09_http_head_in_pieces(server, seed):
    """However the same bytes are cut: the same file."""
    chance = random.Random(seed)
    raw = (b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" + OK +
           b"Etag:\t\"x\" \r\ntransfer-ENCODING: Chunked\r\n\r\n" +
           chunk(CONTENT[:1000]) + b"3E8;x=\"y\"\r\n" + CONTENT[1000:2000] + b"\r\n" +
           b"%X\r\n" % (len(CONTENT) - 2000))
    cuts = sorted({0, *(chance.randrange(len(raw)) for _ in range(40)), len(raw)})
    pieces = [raw[a:b] for a, b in zip(cuts, cuts[1:])]
    assert_boots_with(server.fetch(writes(
        *pieces, CONTENT[2000:], b"\r\n0\r\n", b"T: u\r", b"\n\r", b"\n",
        end="wait_for_end" if seed % 2 else "close")), CONTENT)


SMUGGLED = {
    "CL and TE": OK + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n" + WHOLE,
    "TE and CL": OK + b"Transfer-Encoding: chunked\r\n" + LENGTH + b"\r\n" + WHOLE,
    "TE twice": OK + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n" + WHOLE,
    "TE list": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + WHOLE,
    "TE chunked twice": OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + WHOLE,
    "TE identity": OK + b"Transfer-Encoding: identity\r\n\r\n" + CONTENT,
    "TE gzip": OK + b"Transfer-Encoding: gzip\r\n\r\n" + CONTENT,
    "TE empty": OK + b"Transfer-Encoding:\r\n\r\n" + CONTENT,
    "TE xchunked": OK + b"Transfer-Encoding: xchunked\r\n\r\n" + WHOLE,
    "TE tab": OK + b"Transfer-Encoding: chunked\x0b\r\n\r\n" + WHOLE,
    "TE in 1.0": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + WHOLE,
    "TE folded": OK + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + WHOLE,
    "CL twice": OK + LENGTH + b"Content-Length: 3\r\n\r\n" + CONTENT,
    "CL blank before colon": OK + b"Content-Length : 3\r\n\r\n" + CONTENT,
    "CL behind a CR": OK + b"X: y\rContent-Length: 3\r\nContent-Length: 4\r\n" +
                      LENGTH + b"\r\n" + CONTENT,
    "no colon": OK + b"Content-Length 3\r\n\r\n" + CONTENT,
    "no name": OK + b": 3\r\n\r\n" + CONTENT,
    "first line folded": OK + b" X: y\r\n" + LENGTH + b"\r\n" + CONTENT,
    "location twice": b"HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\n"
                      b"Content-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("case", SMUGGLED)
def test_row09_http_lengths_that_contradict(server, case):
    web, outcome = server.fetch(writes(SMUGGLED[case], end="wait_for_end"))
    assert_ends((web, outcome), 24, "the server ")
    assert web.paths == ["/kernel"]


FIRST_LINES = {
    "empty": b"\r\n", "NUL": b"\0" * 20 + b"\r\n", "no code": b"HTTP/1.1\r\n",
    "no blank": b"HTTP/1.1200 OK\r\n", "letters": b"HTTP/1.1 2OO OK\r\n",
    "four digits": b"HTTP/1.1 2000 OK\r\n", "minus": b"HTTP/1.1 -20 OK\r\n",
    "099": b"HTTP/1.1 099 OK\r\n", "000": b"HTTP/1.1 000 OK\r\n",
    "2.0": b"HTTP/2.0 200 OK\r\n", "11": b"HTTP/11 200 OK\r\n",
    "lower case": b"http/1.1 200 OK\r\n", "SSH": b"SSH-2.0-OpenSSH\r\n",
    "TLS": b"\x15\x03\x01\0\x02\x02\n", "blank before": b" HTTP/1.1 200 OK\r\n",
    "tab": b"HTTP/1.1\t200 OK\r\n", "escape": b"\x1b[2JHTTP/1.1 200 OK\r\n",
    "request": b"GET / HTTP/1.1\r\n",
}


@pytest.mark.parametrize("case", FIRST_LINES)
def test_row09_http_first_line_that_is_none(server, case):
    assert_ends(server.fetch(writes(
        FIRST_LINES[case] + LENGTH + b"\r\n" + CONTENT, end="wait_for_end")),
        24, "does not speak HTTP/1.1")


BODIES = {
    "no end of a chunk": chunk(b"abc")[:-2] + b"xx3\r\nabc\r\n0\r\n\r\n",
    "too long a chunk": b"3\r\nabcd\r\n0\r\n\r\n",
    "LF missing": b"3\r\nabc\r3\r\n",
}


@pytest.mark.parametrize("case", BODIES)
def test_row09_http_chunk_without_an_end(server, case):
    assert_ends(server.fetch(writes(CHUNKED + BODIES[case], end="wait_for_end")),
                24, "chunk that is too long")


# ---- row 12

def forever(before, piece):
    def script(x):
        x.open = False
        with contextlib.suppress(OSError):
            x.send(before)
            while True:
                x.send(piece)
    return script


ENDLESS = {
    "head": (OK, b"X: " + b"y" * 500 + b"\r\n"),
    "fields of 1 byte": (OK, b"X:\r\n" * 1000),
    "line": (OK, b"X" * 4096),
    "folded line": (OK + b"X: y\r\n", b" z\r\n" * 1000),
    "first line": (b"", b"H" * 4096),
    "interim answers": (b"", b"HTTP/1.1 102 Wait\r\n\r\n" * 100),
    "extension": (CHUNKED + b"3;", b"x" * 4096),
    "digits": (CHUNKED, b"0" * 4096),
    "trailer": (CHUNKED + chunk(CONTENT) + b"0\r\n", b"X: y\r\n" * 1000),
    "line of a trailer": (CHUNKED + chunk(CONTENT) + b"0\r\nX: ", b"y" * 4096),
}


@pytest.mark.parametrize("case", ENDLESS)
def test_row12_http_without_an_end(server, case):
    """A head, or what else is no content, of a few hundred KiB is refused."""
    outcome = assert_safe(server.fetch(forever(*ENDLESS[case]))[1], 24)
    assert "without" in outcome.last_line or "HTTP/1.1" in outcome.last_line


@pytest.mark.parametrize("to", [
    "/kernel", "kernel", "", "?", ".", f"http://{SERVER}/kernel",
    f"HTTP://{SERVER}:80/kernel#x", f"//{SERVER}/kernel", "kernel/"])
def test_row12_http_redirect_to_itself(server, to):
    """An empty place is none; the others lead nowhere five times."""
    def script(x):
        x.redirect(to)
    files = {path: script for path in ("/kernel", "/", "/kernel?", "/kernel/",
                                       "/kernel/kernel/", "/.")}
    web, outcome = server.boot(files, kernel=f"http://{SERVER}/kernel")
    assert_safe(outcome, 23, 34)
    assert len(web.requests) <= 6
    assert "redirects more than 5 times" in outcome.last_line or to in ("", "kernel/")


def test_row12_http_redirect_in_a_ring(server):
    files = {f"/{n}": (lambda n: lambda x: x.redirect(f"/{(n + 1) % 3}"))(n)
             for n in range(3)}
    web, outcome = server.boot(files, kernel=f"http://{SERVER}/0")
    assert_ends((web, outcome), 23, "redirects more than 5 times")


def test_row12_http_server_that_cuts_each_answer(server):
    """A byte at a time, each on a connection of its own."""
    def script(x):
        first = x.request.first_byte or 0
        if first:
            x.head("206 Part", ETag=ETAG, Content_Length=len(CONTENT) - first,
                   Content_Range=f"bytes {first}-299999/300000")
        else:
            x.head(ETag=ETAG, Content_Length=len(CONTENT))
        x.send(CONTENT[first:first + 1])
        x.close()
    web, outcome = server.fetch(script, "--timeout=1")
    assert_safe(outcome, 22, 24, 50)


# ---- row 15

PLACES = {
    "file": ("file:///etc/shadow", 33, "file is not supported"),
    "file with a host": ("file://localhost/etc/shadow", 33, "file is not supported"),
    "https": ("https://10.9.0.1/x", 33, "https is not supported"),
    "tftp": ("tftp://10.9.0.1/x", 33, "tftp is not supported"),
    "no host": ("http:/etc/shadow", 33, "place that has no server"),
    "javascript": ("javascript:alert(1)", 33, "place that has no server"),
    "port 0": ("http://10.9.0.1:99999/x", 33, "bad port number"),
    "port of letters": ("http://10.9.0.1:8x/x", 33, "bad port number"),
    "600 bytes": ("http://10.9.0.1/" + "x" * 600, 33, "too long"),
    "host of 600 bytes": ("http://" + "x" * 600 + "/", 33, "too long"),
    "60 KiB": ("/" + "x" * 60000, 24, "bad or repeated field"),
    "NUL": ("http://10.9.0.1\0.example/x", 24, "bad or repeated field"),
    "escape": ("/\x1b[2J", 24, "bad or repeated field"),
    "DEL": ("/\x7f", 24, "bad or repeated field"),
}


@pytest.mark.parametrize("case", PLACES)
def test_row15_http_redirect_elsewhere(server, case):
    """Nowhere but to another HTTP server's file."""
    to, status, sentence = PLACES[case]
    web, outcome = server.fetch(lambda x: x.redirect(to))
    assert_ends((web, outcome), status, sentence)
    assert web.paths == ["/kernel"]


@pytest.mark.parametrize("to, path", [
    ("/a%0d%0aHost: evil%0d%0a%0d%0aGET /b", "/a%0d%0aHost:"),
    ("/%0d%0aX:%20y", "/%0d%0aX:%20y"), ("/a%00b", "/a%00b"),
    ("/a\tb", "/a"), ("/../../../etc/shadow", "/../../../etc/shadow"),
    ("//10.9.0.1//etc/shadow", "//etc/shadow"), ("/%2e%2e/", "/%2e%2e/"),
    ("/\xff\x80", "/%ff%80"),
])
def test_row15_http_request_is_one_request(server, to, path):
    """What a server puts into the next request stays inside its first line."""
    web, outcome = server.boot({"/kernel": lambda x: x.redirect(to), path: CONTENT},
                               kernel=f"http://{SERVER}/kernel")
    assert_boots_with((web, outcome), CONTENT)
    assert web.paths == ["/kernel", path]
    assert set(web.requests[1].headers) == {"Host", "User-Agent", "Accept-Encoding"}


@pytest.mark.parametrize("to, host", [
    ("http://me%0d%0aX:y@10.9.0.1/there", "10.9.0.1"),
    ("http://a@b@c:d@10.9.0.1:80/there", "10.9.0.1"),
    ("http://:@10.9.0.1/there", "10.9.0.1"),
])
def test_row15_http_user_in_a_redirect(server, to, host):
    web, outcome = server.boot({"/kernel": lambda x: x.redirect(to),
                                "/there": CONTENT}, kernel=f"http://{SERVER}/kernel")
    assert_boots_with((web, outcome), CONTENT)
    assert web.requests[1].headers["Host"] == host
    assert set(web.requests[1].headers) <= {"Host", "User-Agent", "Accept-Encoding",
                                            "Authorization"}


@pytest.mark.parametrize("etag", ['"a\x0bb"', '"a\0b"', '"' + "x" * 5000 + '"'])
def test_row15_http_version_is_not_for_the_next_request(server, etag):
    def script(x):
        x.head(ETag=etag, Content_Length=len(CONTENT))
        x.send(CONTENT[:HALF])
        x.reset()
    web, outcome = server.fetch(script)
    assert_safe(outcome, 24)
    assert all("If-Range" not in r.headers or r.headers["If-Range"] == etag
               for r in web.requests)


def test_row12_http_a_million_fields_slowly(server):
    """Slowly enough never to fall silent, and without ever saying a thing: 10 s
    is what an answer's head may take.  They wait since the first test."""
    try:
        for web, guest in server.slow:
            assert_ends((web, guest.finish()), 22, "no answer to an HTTP request")
    finally:
        server.over.set()
    for web, _ in server.slow:
        web.check()
