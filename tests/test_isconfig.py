# SPDX-License-Identifier: BSD-3-Clause
"""--isconfig FILE: one local configuration is looked at, as users of pygrub ask for
it, without root and without a network."""

import json
import os
import subprocess

import pytest

from sites import NOBODY, site  # noqa: F401

CONFIG = b"""\
default linux
label linux
  kernel vmlinuz
  append initrd=initrd.gz quiet
"""


@pytest.fixture
def tree(site):  # noqa: F811
    site.put("pxelinux.cfg/default", CONFIG)
    site.put("vmlinuz", b"kernel")
    site.put("initrd.gz", b"ramdisk")
    return site.tree


def look(tree, *argv, cwd="/"):
    wrapper = NOBODY if os.geteuid() == 0 else []
    done = subprocess.run([*wrapper, tree.parent / "lwpxeboot", "--isconfig", *argv],
                          capture_output=True, timeout=20, cwd=cwd)
    print(done.stdout.decode("ascii"), done.stderr.decode("ascii"))
    return done.returncode, done.stdout.decode("ascii")


def test_configuration_is_looked_at_in_its_tree(tree):
    config = tree / "pxelinux.cfg/default"
    for argv, cwd in [([config], None), (["pxelinux.cfg/default"], tree),
                      ([f"--tree={tree}", "pxelinux.cfg/default"], None)]:
        code, text = look(tree, *argv, cwd=cwd)
        assert code == 0, text
        assert "Trying pxelinux.cfg/default: found, " in text
        assert text.count("Trying") == 1 and text.endswith("\nIt would boot\n")


def test_draft_is_looked_at_where_it_is(tree):
    draft = tree / "draft"
    draft.write_bytes(CONFIG.replace(b"linux\n  kernel", b"linux\n  frob\n  kernel", 1))
    code, text = look(tree, draft)
    assert code == 0 and "\ndraft:3: ignored: frob\n" in text
    code, text = look(tree, "-l", "draft", cwd=tree)
    assert code == 0 and text.count("\n0   \"linux\" (draft:2): the default\n") == 1
    code, text = look(tree, "--format=json", draft)
    assert json.loads(text)["files"] == ["draft"]


def test_only_the_one_configuration_is_looked_at(tree):
    """Where it is missing no other takes its place."""
    code, text = look(tree, tree / "pxelinux.cfg/defaults")
    assert code == 30 and text.count("Trying") == 1


@pytest.mark.parametrize("content, code", {
    b"": 30, b"\0" * 5000: 32, b"\xff\xfe\r\r\n": 32, b"default x": 34,
    b"label x\n" * 513: 31, b"x" * 300000: 36,
}.items(), ids=["empty", "zeros", "noise", "cut", "labels", "large"])
def test_no_configuration_is_an_error(tree, content, code):
    (tree / "draft").write_bytes(content)
    assert look(tree, tree / "draft")[0] == code


@pytest.mark.parametrize("name, code", [
    ("", 2), ("/", 2), ("/nonexistent/x", 2), (".", 30), ("..", 30), ("a b", 2), ("a\n", 2),
    ("x" * 256, 30), ("x" * 257, 2), ("/dev/null", 30), ("a::b", 33)])
def test_wrong_name_of_a_configuration_is_explained(tree, name, code):
    assert look(tree, name, cwd=tree)[0] == code


def test_configuration_is_read_without_waiting(tree):
    """From a FIFO that nobody fills there is nothing to read."""
    subprocess.run(["mkfifo", tree / "x"], check=True)
    assert look(tree, tree / "x")[0] == 30
