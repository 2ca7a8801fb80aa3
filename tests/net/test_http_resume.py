# SPDX-License-Identifier: BSD-3-Clause
"""HTTP that is cut, redirected, or only asked for a size: RFC 9110."""

import pytest

import tftpd
from httpd import CONTENT, ETAG, HALF, Web, httpd, httpd_of_module
from lab import SERVER
from processes import run_plain
from tftpd import assert_fails

REST = ("bytes=150000-", ETAG)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with httpd_of_module(tmp_path_factory) as opened:
        yield opened


def assert_boots(booted, content=CONTENT):
    tftpd.assert_boots(booted, content)


def ranges(web):
    return [(r.headers.get("Range"), r.headers.get("If-Range"))
            for r in web.requests]


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


def test_parts_without_bytes_lead_nowhere(server):
    """It asks now and then, until 10 s have brought nothing."""
    def nothing(x):
        x.head("206 Part", ETAG=ETAG, Content_Length=150000,
               Content_Range="bytes 150000-299999/300000")
        x.close()
    web, outcome = server.fetch(cut("close", nothing))
    assert outcome.status in (22, 24)
    assert "after 150000 bytes" in outcome.last_line
    assert 2 < len(web.requests) < 25


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


def test_password_does_not_go_elsewhere(server):
    server.site.lab.server.run("ip", "address", "add", "10.9.0.2/24", "dev", "eth0")
    with httpd(server.site, address="10.9.0.2", webs=server.webs):
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
