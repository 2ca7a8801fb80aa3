# SPDX-License-Identifier: BSD-3-Clause
"""The verbs that whoever has configured Linux or BusyBox knows."""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
DEFAULT = TOP / "configs/default_defconfig"

pytestmark = pytest.mark.skipif(not shutil.which("kconfig-conf"),
                                reason="kconfig-conf is not installed")


def build_sh(*argv, cwd=TOP, text="", **environment) -> subprocess.CompletedProcess:
    return subprocess.run([TOP / "build.sh", *argv], cwd=cwd, input=text,
                          env=dict(os.environ, **environment), text=True,
                          capture_output=True, timeout=300)


def configured(*argv, into: Path, **keywords) -> str:
    """What .config is after a verb, in a directory of its own."""
    done = build_sh(f"O={into}", *argv, **keywords)
    assert done.returncode == 0, done.stderr
    return (into / ".config").read_text()


def features() -> list[str]:
    """The symbols of Kconfig that are yes or no and can be chosen."""
    found = re.findall(r'^config (\w+)\n\tbool "', (TOP / "Kconfig").read_text(), re.M)
    assert len(found) >= 14
    return found


def test_a_committed_configuration_is_a_start(tmp_path):
    assert configured("defconfig", into=tmp_path) == DEFAULT.read_text()
    tiny = (TOP / "configs/tiny_defconfig").read_text()
    assert configured("defconfig", "tiny", into=tmp_path) == tiny
    assert configured("defconfig", "tiny_defconfig", into=tmp_path) == tiny
    assert configured("default_defconfig", into=tmp_path) == DEFAULT.read_text()
    done = build_sh(f"O={tmp_path}", "defconfig", "none")
    assert done.returncode == 1
    assert "needs one of: default_defconfig tiny_defconfig" in done.stderr


@pytest.mark.parametrize("name", ["default", "tiny"])
def test_a_committed_configuration_is_complete(name, tmp_path):
    """There is nothing that Kconfig would add or say otherwise."""
    before = configured("defconfig", name, into=tmp_path)
    assert configured("olddefconfig", into=tmp_path) == before


def test_all_and_nothing(tmp_path):
    little = configured("allnoconfig", into=tmp_path)
    much = configured("allyesconfig", into=tmp_path)
    # Without a TAP the other link is there, since one has to be.
    assert [f for f in features() if f"LWPXE_{f}=y" in little] == ["LINK_PACKET"]
    assert [f for f in features() if f"LWPXE_{f}=y" not in much] == []


def test_a_new_symbol_is_asked_for_or_gets_its_default(tmp_path):
    lacking = re.sub(r"^LWPXE_DNS=y\n", "", DEFAULT.read_text(), flags=re.M)
    for verb, text, there in ("olddefconfig", "", "\nLWPXE_DNS=y"), \
            ("oldconfig", "\n" * 9, "\nLWPXE_DNS=y"), \
            ("oldconfig", "n\n", "\n# LWPXE_DNS is not set"):
        (tmp_path / ".config").write_text(lacking)
        assert there in configured(verb, into=tmp_path, text=text)


def test_what_differs_from_the_defaults_can_be_saved(tmp_path):
    (tmp_path / ".config").write_text(
        DEFAULT.read_text().replace("TRANSFERS=4", "TRANSFERS=7"))
    configured("savedefconfig", into=tmp_path)
    assert (tmp_path / "defconfig").read_text() == "LWPXE_TRANSFERS=7\n"


def test_a_random_one_is_the_seeds(tmp_path):
    made = [configured("randconfig", into=tmp_path, KCONFIG_SEED=seed)
            for seed in ("5", "5", "6")]
    assert made[0] == made[1] != made[2]


@pytest.mark.parametrize("verb", ["menuconfig", "nconfig"])
def test_menus_are_shown(verb, tmp_path):
    """On a terminal; the first letters may be in another colour."""
    child, terminal = pty.fork()
    if not child:
        os.environ.update(TERM="xterm", COLUMNS="80", LINES="24")
        os.execv(TOP / "build.sh", ["build.sh", f"O={tmp_path}", verb])
    try:
        shown = b""
        while b"inks to the guest's bridge" not in shown:
            assert select.select([terminal], [], [], 60)[0], shown
            shown += os.read(terminal, 65536)
    finally:
        os.killpg(child, signal.SIGTERM)
        os.close(terminal)
        os.waitpid(child, 0)


def test_the_name_of_the_configuration_can_be_chosen(tmp_path):
    done = build_sh("allnoconfig", cwd=tmp_path, KCONFIG_CONFIG="mine")
    assert done.returncode == 0, done.stderr
    assert "# LWPXE_TFTP is not set" in (tmp_path / "mine").read_text()


def listing() -> set[Path]:
    return {p for p in TOP.rglob("*") if TOP / "build" not in p.parents
            and ".git" not in p.parts and "__pycache__" not in p.parts}


def test_it_is_built_elsewhere(tmp_path):
    """By a relative name from where the caller is, to the same bytes, and
    without a trace beside the sources."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out/cache").symlink_to(TOP / "build/cache")
    before = listing()
    done = build_sh("O=out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert listing() == before
    assert (tmp_path / "out/lwpxeboot").read_bytes() == \
        (TOP / "build/lwpxeboot").read_bytes()
    (tmp_path / "out/mine").write_text("")
    assert build_sh("O=out", "clean", cwd=tmp_path).returncode == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["cache", "mine"]


def test_elsewhere_is_not_just_anywhere(tmp_path):
    for argv, sentence in ((["O=a b"], "spaces and the like are not possible"),
                           ([f"O={tmp_path}", "test"], "works in build/ only")):
        done = build_sh(*argv, cwd=tmp_path)
        assert done.returncode == 1 and sentence in done.stderr
