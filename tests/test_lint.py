# SPDX-License-Identifier: BSD-3-Clause
"""What --lint says of guests' files and of the Dom0 that they are in."""

import os
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
BINARY = TOP / "build/lwpxeboot"
MAC = "00:16:3e:12:34:56"


class Dom0:
    """A directory with guests' files, a disk and a boot loader."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.disk = directory / "disk.img"
        self.disk.write_bytes(bytes(4096))
        self.program = directory / "bin/lwpxeboot"
        self.program.parent.mkdir()
        self.program.symlink_to(BINARY)

    def put(self, name: str = "web1.cfg", mac: str = MAC, **changes: str | None) -> Path:
        """Writes a file without mistakes but for the changes; None takes one
        setting out."""
        path = self.directory / name
        settings: dict[str, str | None] = {
            "name": '"web1"', "type": '"pvh"', "memory": "512",
            "uuid": '"6d1b5b1e-2f0c-4a55-9c3a-0f5e7d8c9b1a"',
            "vif": f'["mac={mac},bridge=xenbr0"]', "disk": f'["{self.disk},raw,xvda,w"]',
            "bootloader": '"lwpxeboot"', "bootloader_args": f'["--cfg={path}"]', **changes}
        path.write_text("".join(f"{k} = {v}\n" for k, v in settings.items() if v))
        return path

    def lint(self, *files: object, path: str | None = None, options: tuple[str, ...] = ()
             ) -> tuple[int, list[str]]:
        """Returns the exit status and the findings without the directory."""
        environment = os.environ | {"PATH": path or str(self.program.parent)}
        done = subprocess.run([BINARY, *options, "--lint", *files], capture_output=True,
                              text=True, env=environment, timeout=60)
        assert done.stderr == ""
        assert done.stdout.isascii() and all(c.isprintable() or c == "\n"
                                             for c in done.stdout)
        return done.returncode, done.stdout.replace(f"{self.directory}/", "").splitlines()


@pytest.fixture
def dom0(tmp_path):
    return Dom0(tmp_path)


def test_file_without_mistakes_is_passed_in_silence(dom0):
    assert dom0.lint(dom0.put()) == (0, [])
    assert dom0.lint(dom0.put(bootloader=f'"{dom0.program}"'), path="/nosuch") == (0, [])
    assert dom0.lint(dom0.put(), path=f"/nosuch::x:{dom0.program.parent}") == (0, [])


def test_notes_are_no_errors(dom0):
    file = dom0.put(uuid=None)
    code, lines = dom0.lint(file)
    assert code == 0 and len(lines) == 1
    assert lines[0].startswith("web1.cfg:6: note: there is no uuid=, so xl makes up")
    assert dom0.lint(file, options=("--quiet",)) == (0, [])


def test_errors_are_told_though_quiet(dom0):
    code, lines = dom0.lint(dom0.put(uuid=None, type='"hvm"'), options=("--quiet",))
    assert code == 3 and len(lines) == 1
    assert lines[0].startswith("web1.cfg:6: xl runs no boot loader for an HVM guest")


@pytest.mark.parametrize("program, says", [
    ("lwpxeboot", "there is no program lwpxeboot in Xen's directories or in PATH"),
    ("bin/lwpxeboot", "bin/lwpxeboot is looked for where xl happens to run"),
    ("/nosuch/lwpxeboot", "/nosuch/lwpxeboot is no program that can be run"),
    ("/lwpxeboot\\x1b[2J", "/lwpxeboot\\x1b[2J is no program"),
])
def test_program_must_be_there(dom0, program, says):
    code, lines = dom0.lint(dom0.put(bootloader=f'"{program}"'), path="/nosuch")
    assert code == 3 and len(lines) == 1
    assert lines[0].startswith(f"web1.cfg:7: {says}")


def test_program_must_be_one(dom0):
    for kind in "directory", "file":
        path = dom0.directory / kind / "lwpxeboot"
        path.parent.mkdir()
        path.mkdir() if kind == "directory" else path.write_text("")
        code, lines = dom0.lint(dom0.put(bootloader=f'"{path}"'))
        assert code == 3 and "is no program that can be run" in lines[0]


def test_disk_must_be_there(dom0):
    code, lines = dom0.lint(dom0.put(disk='["/dev/nosuch/web1,raw,xvda,w"]'))
    assert (code, lines) == (3, ["web1.cfg:6: the first disk, /dev/nosuch/web1, cannot "
                                 "be used: no such file or directory; create it"])
    assert dom0.lint(dom0.put(disk='["web1.img,raw,xvda,w"]')) == (0, [])


def test_address_must_be_one_guest_s(dom0):
    one = dom0.put("one.cfg")
    two = dom0.put("two.cfg", mac=MAC.upper())
    other = dom0.put("other.cfg", bootloader='"pygrub"')
    code, lines = dom0.lint(one, two, other)
    assert code == 3
    assert lines == [
        f"two.cfg:5: one.cfg:5 has the MAC address {MAC}, too; give one of the two another",
        "other.cfg:7: note: it does not boot by lwpxeboot; nothing but its MAC addresses was "
        "looked at",
        f"other.cfg:5: one.cfg:5 has the MAC address {MAC}, too; give one of the two another"]
    code, lines = dom0.lint(dom0.put(vif=f'["mac={MAC}",\n"mac={MAC}"]'))
    assert code == 3
    assert lines[0].startswith("web1.cfg:6: web1.cfg:5 has the MAC address")


def test_files_of_the_dom0_are_not_the_boot_server_s(dom0):
    big = dom0.directory / "initrd"
    with big.open("wb") as file:
        file.truncate(200 << 20)
    code, lines = dom0.lint(dom0.put(kernel=f'"{dom0.disk}"', ramdisk=f'"{big}"'))
    assert code == 0
    assert lines == [
        "web1.cfg:9: note: disk.img is here in the Dom0, but the boot server is asked for "
        "it; without kernel= the boot server's configuration decides",
        "web1.cfg:10: note: a ramdisk of 200 MiB, as initrd has, may be too large for a "
        "guest with memory=512"]


def test_restricted_boot_loader_needs_a_user(dom0):
    code, lines = dom0.lint(dom0.put(bootloader_user='"nosuchuser"'))
    assert code == 3
    assert lines == ["web1.cfg:9: there is no user nosuchuser in /etc/passwd; add it, or "
                     "name another"]
    assert dom0.lint(dom0.put(bootloader_user='"nobody"')) == (0, [])
    if "xen-qemuuser" not in Path("/etc/passwd").read_text():
        code, lines = dom0.lint(dom0.put(bootloader_restrict="1"))
        assert code == 3
        assert lines[0].startswith("web1.cfg:9: xl finds no user for bootloader_restrict")


def test_what_is_no_file_is_told(dom0):
    os.mkfifo(dom0.directory / "fifo")
    (dom0.directory / "big").write_bytes(b"#" * 2**20)
    files = [dom0.directory / name for name in ("fifo", ".", "nosuch", "big")]
    code, lines = dom0.lint(*files, "/dev/zero", dom0.put(), "--help")
    assert code == 3
    assert [line.partition(":1: ")[2] for line in lines] == [
        "it is no regular file", "it is no regular file",
        "it cannot be read: no such file or directory", "it has more than 65536 bytes",
        "it is no regular file", "it cannot be read: no such file or directory"]


def test_row12_loops_files_without_sense_end(dom0):
    """Each kind fills the file; the time is that of one look at each byte."""
    path = dom0.directory / "web1.cfg"
    head = b"bootloader='lwpxeboot'\n"
    for body in (b"vif=[" + b"1," * 30000 + b"]", b"vif+=[1]\n" * 7000,
                 b"bootloader_args=[" + b"'x'," * 15000 + b"]",
                 b"disk=[" + b"[" * 65000, b"extra='" + b"\\101" * 15000 + b"'",
                 b"extra+='x'\n" * 5900, b"disk=['" + b"," * 65000 + b"']",
                 b"vif=['" + b"=" * 65000 + b"']", b"\0" * 65000, b"\xff" * 65000,
                 b"bootloader_args='" + b"x " * 32000 + b"'"):
        path.write_bytes(head + body)
        code, lines = dom0.lint(path)
        assert code == 3 and 1 <= len(lines) <= 40


def test_lint_needs_files(dom0):
    done = subprocess.run([BINARY, "--lint"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout.startswith("lwpxeboot: --lint checks the files named behind it")
