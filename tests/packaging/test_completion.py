# SPDX-License-Identifier: BSD-3-Clause
"""What the three shells offer behind "lwpxeboot --", in the shells themselves."""

import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import time
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
BINARY = TOP / "build/lwpxeboot"
SHELLS = ["bash", "zsh", "fish"]


@pytest.fixture(scope="module")
def completion(tmp_path_factory) -> Path:
    """A directory with what is installed for each shell, and things to name."""
    directory = tmp_path_factory.mktemp("completion")
    for shell in SHELLS:
        written = subprocess.run(
            ["sh", "-c", f". packaging/completion.sh && completion_{shell}"],
            cwd=TOP, check=True, capture_output=True, text=True)
        (directory / ("_lwpxeboot" if shell == "zsh" else shell)).write_text(
            written.stdout)
    (directory / "here/guest dir").mkdir(parents=True)
    (directory / "here/guest.cfg").write_text("")
    return directory


def in_bash(directory: Path, line: str) -> list[str]:
    """What _lwpxeboot() offers for the line, which is split as readline does."""
    words = re.findall(r"=|[^\s=]+", line) + ([""] if line.endswith(" ") else [])
    script = (f"source {directory}/bash; COMP_WORDS=({shlex.join(words)}); "
              f"COMP_CWORD={len(words) - 1}; _lwpxeboot; "
              "printf '%s\\n' \"${COMPREPLY[@]}\"")
    done = subprocess.run(["bash", "--norc", "-c", script], cwd=directory / "here",
                          check=True, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return [offer for offer in done.stdout.splitlines() if offer]


def in_fish(directory: Path, line: str) -> list[str]:
    script = f"source {directory}/fish; complete -C {shlex.quote(line)}"
    done = subprocess.run(
        ["fish", "--no-config", "-c", script], cwd=directory / "here", check=True,
        capture_output=True, text=True, timeout=60,
        env=dict(os.environ, HOME=str(directory), XDG_DATA_DIRS="/nowhere"))
    # An offer has the whole word, and behind a tab what it is.
    offers = [line.split("\t")[0] for line in done.stdout.splitlines()]
    return sorted({o.rstrip("=") if line.endswith("-") else o.partition("=")[2] or o
                   for o in offers})


def in_zsh(directory: Path, line: str) -> list[str]:
    """What zsh lists on a terminal when Tab is typed; completes one only."""
    child, terminal = pty.fork()
    if not child:
        os.chdir(directory / "here")
        os.environ.update(TERM="dumb", HOME=str(directory), ZDOTDIR=str(directory))
        os.execvp("zsh", ["zsh", "-f", "-i"])
    try:
        # The end of what is shown is where a widget says so.
        os.write(terminal, (
            f"fpath=({directory} $fpath); autoload -Uz compinit; "
            "compinit -u -D; unsetopt prompt_sp; LISTMAX=1000; stty cols 200 rows 100; "
            "ready() zle -M 'zle is do''ne'; zle -N ready; bindkey '^X^R' ready; "
            "PS1=; print rea''dy\n").encode())
        shown = read_until(terminal, b"ready\r").rpartition(b"ready\r")[2]
        if b"\x1b[?2004h" not in shown:
            read_until(terminal, b"\x1b[?2004h")
        os.write(terminal, line.encode() + b"\t\x18\x12")
        shown = read_until(terminal, b"zle is done").decode()
    finally:
        os.close(terminal)
        os.waitpid(child, 0)
    lines = re.sub(r"\x1b\[[?\d;]*[a-zA-Z]", "", shown).replace("\r", "\n").splitlines()
    listed = [re.sub(r"\s+-- .*", "", each) for each in lines
              if "lwpxeboot" not in each and "zle is" not in each]
    offers = [word for each in listed for word in re.split(r"\s{2,}", each) if word.strip()]
    completed = [each for each in lines if each.startswith(line)][-1][len(line):]
    return offers or [line.rpartition("=")[2] + completed.strip()]


def read_until(terminal: int, end: bytes) -> bytes:
    shown, deadline = b"", time.monotonic() + 60
    while end not in shown:
        ready = select.select([terminal], [], [], deadline - time.monotonic())[0]
        assert ready, shown
        shown += os.read(terminal, 65536)
    return shown


def offered(shell: str, directory: Path, line: str) -> list[str]:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    return {"bash": in_bash, "zsh": in_zsh, "fish": in_fish}[shell](directory, line)


def options() -> list[str]:
    """Those that are for people; see the comments in the table."""
    table = (TOP / "src/format/option.c").read_text()
    ours = table.split("/* ours */")[1].split("/* pygrub's */")[0]
    found = re.findall(r'^\t(?:\{ |TEXT_OPTION\()"([\w-]+)"', ours, re.M)
    assert len(found) > 20
    return [*found, "quiet"]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_option_is_offered(completion, shell):
    offers = offered(shell, completion, "lwpxeboot --")
    assert sorted(o.rstrip("=") for o in offers) == sorted(f"--{o}" for o in options())


def words() -> list[tuple[str, list[str]]]:
    """The options whose values are words, as the program itself says them."""
    shown = subprocess.run([BINARY, "--help=all"], capture_output=True, text=True,
                           check=True).stdout
    found = re.findall(r"^  --([\w-]+)=([a-z0-9]+(?:\|[a-z0-9]+)+)", shown, re.M)
    assert len(found) >= 5
    return [(option, sorted(value.split("|"))) for option, value in found]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("option, values", words())
def test_words_are_offered(completion, shell, option, values):
    assert sorted(offered(shell, completion, f"lwpxeboot --{option}=")) == values
    # What begins like one of them only is completed to it.
    assert offered(shell, completion, f"lwpxeboot -q --{option}={values[0][:2]}") == \
        [values[0]]


@pytest.mark.parametrize("option, values", words())
def test_words_that_are_offered_mean_something(option, values):
    for value in [*values, "nonsense"]:
        done = subprocess.run([BINARY, f"--{option}={value}", "--version"],
                              capture_output=True, text=True)
        assert (done.returncode == 0) == (value != "nonsense"), done.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_files_and_directories_are_offered(completion, shell):
    files = offered(shell, completion, "lwpxeboot --cfg=guest")
    assert sorted(f.rstrip("/").replace("\\", "") for f in files) == \
        ["guest dir", "guest.cfg"]
    only, = offered(shell, completion, "lwpxeboot --tree=guest")
    assert only.rstrip("/").replace("\\", "") == "guest dir"
    files = offered(shell, completion, "lwpxeboot --lint guest")
    assert "guest.cfg" in files


def test_bash_completes_where_an_equals_sign_is_no_word(completion):
    """As with COMP_WORDBREAKS=${COMP_WORDBREAKS//=}, which some have."""
    done = subprocess.run(
        ["bash", "--norc", "-c", f"source {completion}/bash; COMP_CWORD=1; "
         "COMP_WORDS=(lwpxeboot --menu=a); _lwpxeboot; echo ${COMPREPLY[@]}"],
        check=True, capture_output=True, text=True)
    assert done.stdout == "--menu=auto\n"


def test_bash_completion_is_clean(completion):
    checked = subprocess.run(["shellcheck", "-s", "bash", completion / "bash"],
                             capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
