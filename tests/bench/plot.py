# SPDX-License-Identifier: BSD-3-Clause
"""The same as pictures, by gnuplot."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from contests import BY_RTT, BY_SIZE
from table import Row

SETTINGS = """\
set terminal svg size {width},{height} dynamic background rgb 'white' font 'sans,12'
set output '{path}'
set grid
"""


def quoted(text: str) -> str:
    return "'" + text.replace("'", "") + "'"


def gnuplot(script: str) -> None:
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def label(row: Row) -> str:
    return f"{row.section.split(',')[0]}: {row.what} | {row.against}"


def ratios(rows: list[Row], path: Path) -> None:
    """A bar per row that has a ratio and an aim."""
    bars = [r for r in rows if r.ratio and r.aim.startswith(">=")][::-1]
    if not bars:
        return
    labels = ", ".join(f"{quoted(label(r))} {i}" for i, r in enumerate(bars))
    lines = [f"{i} {r.ratio:.3f} {r.aim.split()[1]}" for i, r in enumerate(bars)]
    data = "\n".join(lines)
    gnuplot(SETTINGS.format(width=1100, height=120 + 22 * len(bars), path=path) +
            f"$data << END\n{data}\nEND\n"
            f"set ytics ({labels}) font 'sans,9'\n"
            f"set yrange [-0.7:{len(bars) - 0.3}]\n"
            "set xrange [0:*]\nset xlabel 'times as fast as the peer'\n"
            "set key tmargin center\n"
            "plot $data using (0):1:(0):2:($1-0.35):($1+0.35) with boxxyerror "
            "fill solid 0.5 title 'lwpxeboot', "
            "$data using 3:1 with points pt 7 lc rgb 'red' title 'aim'\n")


def curves(rows: list[Row], section: str, xlabel: str, path: Path) -> None:
    """Time against the x of each row's point; ours solid, the peer's dashed."""
    blocks, plots = [], []
    points = [r for r in rows if r.section == section and r.ratio]
    names = list(dict.fromkeys(r.data["point"][0] for r in points))
    for i, name in enumerate(names):
        of_name = [r for r in points if r.data["point"][0] == name]
        lines = "\n".join(
            f"{r.data['point'][1] or 0.05} {r.data['ours']['median']} "
            f"{r.data['theirs']['median']}" for r in of_name)
        blocks.append(f"$c{i} << END\n{lines}\nEND\n")
        for column, title, dash in (2, "lwpxeboot", 1), (3, of_name[0].against, 2):
            plots.append(f"$c{i} using 1:{column} with linespoints lc {i + 1} "
                         f"dt {dash} title {quoted(f'{name}: {title}')}")
    if plots:
        gnuplot(SETTINGS.format(width=900, height=500, path=path) +
                "".join(blocks) + "set logscale xy\nset key tmargin center\n"
                f"set xlabel {quoted(xlabel)}\nset ylabel 'seconds'\n"
                f"plot {', '.join(plots)}\n")


def draw(rows: list[Row], directory: Path) -> list[Path]:
    """Returns the pictures that there are something to draw for."""
    if not shutil.which("gnuplot"):
        return []
    paths = [directory / f"{name}.svg" for name in ("ratios", "rtt", "size")]
    for path in paths:
        path.unlink(missing_ok=True)
    ratios(rows, paths[0])
    curves(rows, BY_RTT, "RTT, ms (0.05 stands for none)", paths[1])
    curves(rows, BY_SIZE, "MiB", paths[2])
    return [path for path in paths if path.exists()]
