# SPDX-License-Identifier: BSD-3-Clause
"""A directory in place of a boot server, and lwpxeboot asked about it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


class Site:
    """A tree, and the binary where everybody can run it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.tree = directory / "tree"
        self.binary = directory / "lwpxeboot"
        shutil.copy(TOP / "build/lwpxeboot", self.binary)
        (self.tree / "pxelinux.cfg").mkdir(parents=True)
        (directory / "secret").write_bytes(b"default x\nlabel x\nkernel k\n")

    def put(self, name: str, content: bytes) -> Path:
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def config(self, text: str) -> Path:
        return self.put("pxelinux.cfg/default", text.encode("latin-1"))

    def command(self, *options: str) -> list[str]:
        wrapper = NOBODY if os.geteuid() == 0 else []
        return [*wrapper, str(self.binary), f"--tree={self.tree}", *options]

    def run(self, *options: str, **keywords) -> subprocess.CompletedProcess:
        before = self.files()
        done = subprocess.run(self.command(*options), text=True, timeout=20,
                              capture_output=True, cwd=self.directory, **keywords)
        print(done.stdout, done.stderr)
        assert self.files() == before, "nothing may be written"
        assert re.fullmatch(r"[\n -~]*", done.stdout + done.stderr)
        return done

    def files(self) -> list[Path]:
        return sorted(self.directory.rglob("*"))

    def ask(self, *options: str) -> tuple[int, dict]:
        done = self.run("--format=json", *options)
        assert done.stdout.count("\n") == 1 and done.stdout.endswith("\n")
        answer = json.loads(done.stdout)
        error = answer["error"]
        assert done.returncode == (error["code"] if error else 0)
        return done.returncode, answer


@pytest.fixture
def site():
    """Below /tmp, since others may not look into pytest's own directory."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        yield Site(Path(directory))


def found(name: str, size: int) -> dict:
    return {"name": name, "found": True, "size": size, "reason": None}


def missing(name: str, reason: str = "there is no such file") -> dict:
    return {"name": name, "found": False, "size": None, "reason": reason}
