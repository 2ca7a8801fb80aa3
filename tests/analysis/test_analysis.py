# SPDX-License-Identifier: BSD-3-Clause
"""What compilers and analyzers find in src/ and port/: nothing.

Whatever they are not asked stands, with its reason, in .clang-tidy, cppcheck.txt
or beside the line.  Other versions have other opinions: they are skipped, so
that a new compiler breaks nobody's tests.
"""

import os
import re
import shlex
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).parent
FILES = sorted(str(p.relative_to(TOP)) for d in ("src", "port")
               for p in (TOP / d).rglob("*.c"))
CACHE = TOP / "build/cache"
LWIP = next(CACHE.glob("lwip-*/include"), Path("lwip"))
UNPACKERS = [CACHE.glob("libdeflate-*"), CACHE.glob("7zip-*/C"), CACHE.glob("lz4-*/lib")]
NATIVE = ["-std=c11", "-D_GNU_SOURCE", "-Ibuild", "-Isrc", "-I.", "-Ilwipopts",
          "-idirafter", "port", "-isystem", str(LWIP),
          *(f"-isystem{path}" for found in UNPACKERS for path in found)]

# What gcc is asked besides build.sh's warnings.  They depend on the optimizer or
# on a version's taste, so that they are better found by a test than by somebody
# who builds.
WARNINGS = """-Wpedantic -Wcast-qual -Wpointer-arith -Wwrite-strings
-Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wredundant-decls
-Wold-style-definition -Wmissing-declarations -Wnested-externs -Walloca
-Wdate-time -Wjump-misses-init -Wtrampolines -Wdouble-promotion
-Wfloat-conversion -Warith-conversion -Wunused-macros
-Wunused-const-variable=2 -Wstrict-overflow=2 -Wstringop-overflow=4
-Warray-bounds=2 -Wshift-overflow=2 -Wsuggest-attribute=format
-Wstack-protector -Wstack-usage=6000""".split()

# A null pointer, a value that nobody gave, and a copy past the end; each of the
# three finds one at least.
PLANTED = """
#include <stddef.h>
#include <string.h>

int planted(int n);

int planted(int n)
{
	static char small[4];
	int *p = n > 3 ? NULL : &n;
	int unset;

	memset(small, 0, 5);
	if (n == 2)
		return unset;
	return *p + small[n & 3];
}
"""


def version(tool: str) -> str:
    """The version of a tool, as far as findings depend on it."""
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed")
    told = subprocess.run([tool, "--version"], capture_output=True, text=True)
    found = re.search(r"(\d+)\.(\d+)(\.\d+)?", told.stdout)
    return found[0] if tool == "cppcheck" else found[1]


def need(tool: str, wanted: str) -> None:
    if version(tool) != wanted:
        pytest.skip(f"the list of findings is for {tool} {wanted}, "
                    f"here is {version(tool)}")


def each(command: list[str], files: list[str]) -> list[str]:
    """Runs `command` with {} replaced by each of the files; returns what was
    said of those that something was found in."""
    def one(file: str) -> subprocess.CompletedProcess:
        filled = [file if word == "{}" else word for word in command]
        return subprocess.run(filled, cwd=TOP, text=True, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [done.stdout for done in pool.map(one, files) if done.returncode]


def gcc() -> list[str]:
    """The build's own command for a file, but for link-time optimization."""
    line = (TOP / "build/commands").read_text().splitlines()[0]
    command, rest = line.split(" -c src/main.c ")
    return [word for word in shlex.split(command) if word != "-flto"] + \
        [*WARNINGS, "-O2", "-fanalyzer", "-c", "{}", "-o", "/dev/null"]


def tidy() -> list[str]:
    """Of the analyzer a third of the usual depth: the rest takes most of the
    time, and found nothing more."""
    depth = ["-Xclang", "-analyzer-config", "-Xclang", "max-nodes=75000"]
    return ["clang-tidy", "--quiet", f"--config-file={TOP}/.clang-tidy", "{}",
            "--", "-Weverything", *depth, *NATIVE]


def cppcheck() -> list[str]:
    return ["cppcheck", "--std=c11", "--quiet", "--inconclusive",
            "--error-exitcode=1", "--enable=warning,style,performance,portability",
            f"--suppressions-list={HERE}/cppcheck.txt", "-D_GNU_SOURCE",
            "-Ibuild", "-Isrc", "-I.", "-Ilwipopts", "-Iport", f"-I{LWIP}",
            "{}"]


TOOLS = [("gcc", "12", gcc), ("clang-tidy", "14", tidy),
         ("cppcheck", "2.10", cppcheck)]
EACH_TOOL = pytest.mark.parametrize("tool, wanted, command", TOOLS,
                                    ids=[row[0] for row in TOOLS])


@EACH_TOOL
def test_nothing_is_found(tool, wanted, command):
    need(tool, wanted)
    assert len(FILES) > 90
    assert each(command(), FILES) == []


@EACH_TOOL
def test_what_is_planted_is_found(tool, wanted, command, tmp_path):
    need(tool, wanted)
    planted = tmp_path / "planted.c"
    planted.write_text(PLANTED)
    said, = each(command(), [str(planted)])
    assert re.search(r"planted\.c:\d+:\d+: (warning|error)", said), said


def test_what_is_not_asked_has_a_reason():
    tidy_text = (TOP / ".clang-tidy").read_text()
    for check in re.findall(r"^  -([\w.-]+),?$", tidy_text, re.M):
        assert re.search(rf"^# {re.escape(check)}: \w", tidy_text, re.M), check
    lines = (HERE / "cppcheck.txt").read_text().splitlines()
    for before, line in zip(lines, lines[1:]):
        assert line.startswith("#") or before.startswith("# "), line


def test_suppressions_in_the_code_have_a_reason():
    """NOLINT names the check, and says why; nothing else is suppressed."""
    found = []
    for path in [p for d in ("src", "port") for p in (TOP / d).rglob("*.[ch]")]:
        found += re.findall(r".*(?:NOLINT|cppcheck-suppress|"
                            r"GCC diagnostic|clang diagnostic).*", path.read_text())
    assert all(re.search(r"NOLINTNEXTLINE\([\w-]+\): \w+ \w+", line)
               for line in found), found
    assert len(found) == 2


# Copies of sizes that no type says, by file, and what bounds them.
COPIES = {
    "src/format/pcap.c": 3,      # a frame's kept part, at most PCAP's own bound
    "src/priv/libxenguest.c": 1, # a constant, within the buffer
    "src/format/layer.c": 1,     # what is unpacked, as far as was checked
    "src/boot/progress.c": 1,    # a line that was built in as large a buffer
    "port/ack.c": 1,             # a frame that is_bare_ack() has measured
    "port/checksum.c": 2,        # into a word, 8 bytes or the rest of them
    "port/link_receive.c": 1,    # a header's constant length
    "port/rtnl.c": 1,            # requests of our own
    "src/base/span.c": 0,
    "src/base/text.c": 1,        # the builder, which asks for room first
    "src/format/lineedit.c": 3,  # within a text whose room was asked
    "src/format/vif.c": 1,       # an argument, measured above
    "src/net/sink.c": 1,         # what is left of the batch
}


def test_copies_are_of_known_size():
    """What the network sends is copied by text and sink alone; elsewhere a
    copy is as large as a type."""
    for name in [n for n in FILES if not COPIES.get(n)] + list(COPIES):
        text = (TOP / name).read_text()
        copies = re.findall(r"\bmem(?:cpy|move)\((.*?)\);", text, re.S)
        unknown = [c for c in copies if "sizeof" not in c]
        assert len(unknown) == COPIES.get(name, 0), (name, unknown)


def test_nothing_unbounded_is_called():
    """Besides what test_house.py bans: numbers without a range, strings
    without an end, names that somebody else may take, jumps out of a frame."""
    banned = (r"\b(\w*scanf|strncpy|stp?n?cpy|wcs\w+|strlcpy|strcat|atoll|atof|"
              r"strto\w+|mktemp|tmpnam|tempnam|rand|srand|random|realpath|"
              r"getwd|putenv|setenv|setjmp|longjmp|vfork|signal|gethostby\w+|"
              r"bcopy|bcmp|mbs\w+|strerror|perror|printf|puts)\(")
    wrong = []
    for name in FILES:
        code = re.sub(r'/\*.*?\*/|"(\\.|[^"\\])*"', '""',
                      (TOP / name).read_text(), flags=re.S)
        wrong += [f"{name}: {call}" for call in re.findall(banned, code)]
    assert wrong == []
