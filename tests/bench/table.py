# SPDX-License-Identifier: BSD-3-Clause
"""The rows of the result, as text that is Markdown too, and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from measure import Figures

HEAD = ["what", "against", "ours", "theirs", "ratio", "aim", "reached", "runs",
        "CPU ms: ours + server", "theirs + server", "ours says"]


@dataclass
class Row:
    """One line: a figure of ours beside one of a peer, or alone."""

    section: str
    what: str
    against: str = ""
    ours: str = ""
    theirs: str = ""
    ratio: float | None = None
    aim: str = ""
    reached: bool | None = None  # None: there is nothing to reach
    runs: int = 0
    cpu: str = ""
    peer_cpu: str = ""
    rates: str = ""
    data: dict = field(default_factory=dict)  # what it was made from

    def cells(self) -> list[str]:
        reached = {None: "", True: "yes", False: "NO"}[self.reached]
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return [self.what, self.against, self.ours, self.theirs, ratio, self.aim,
                reached, str(self.runs or ""), self.cpu, self.peer_cpu, self.rates]


def seconds(value: float) -> str:
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1000:.{1 if value < 0.1 else 0}f} ms"


def spread(values: list[float], median: float) -> str:
    """A median with the range behind it."""
    if len(values) == 1:
        return seconds(median)
    scale, digits = (1, 2) if median >= 1 else (1000, 1 if median < 0.1 else 0)
    low, high = (f"{f(values) * scale:.{digits}f}" for f in (min, max))
    return f"{seconds(median)} ({low}-{high})"


def shown(figures: Figures) -> str:
    if figures.failure:
        return f"failed: {figures.failure}"
    return spread(figures.seconds, figures.median)


def cpu_shown(figures: Figures) -> str:
    if figures.failure:
        return ""
    return f"{figures.cpu * 1000:.0f} + {figures.server_cpu * 1000:.0f}"


def compare(section: str, what: str, ours: Figures, theirs: Figures,
            aim: float | None) -> Row:
    """The row of two clients that did the same; the aim is a ratio."""
    row = Row(section, what, theirs.name, shown(ours), shown(theirs),
              rates=ours.rates,
              runs=min(len(ours.runs), len(theirs.runs)),
              cpu=cpu_shown(ours), peer_cpu=cpu_shown(theirs),
              aim=f">= {aim:g} x" if aim else "",
              data={"ours": ours.dictionary(), "theirs": theirs.dictionary()})
    if not ours.failure and not theirs.failure:
        row.ratio = theirs.median / ours.median
    if aim:
        row.reached = row.ratio is not None and row.ratio >= aim
    return row


def render(rows: list[Row]) -> str:
    """One table per section, its columns aligned; failures are below it."""
    parts = []
    for section in dict.fromkeys(row.section for row in rows):
        notes: list[str] = []
        lines = [HEAD] + [[note(cell, notes) for cell in row.cells()]
                          for row in rows if row.section == section]
        used = [i for i in range(len(HEAD)) if any(l[i] for l in lines[1:])]
        lines = [[line[i] for i in used] for line in lines]
        widths = [max(map(len, column)) for column in zip(*lines)]
        lines.insert(1, ["-" * width for width in widths])
        parts.append(f"{section}:\n\n" + "\n".join(
            "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths)) + " |"
            for line in lines))
        if notes:
            parts.append("\n".join(f"[{i}] {text}"
                                   for i, text in enumerate(notes, 1)))
    return "\n\n".join(parts) + "\n"


def note(cell: str, notes: list[str]) -> str:
    """Puts a failure's text below the table, once."""
    word = "failed: "
    if not cell.startswith(word):
        return cell
    text = cell.removeprefix(word)
    if text not in notes:
        notes.append(text)
    return f"failed [{notes.index(text) + 1}]"


def summary(rows: list[Row]) -> str:
    aimed = [row for row in rows if row.reached is not None]
    missed = [row for row in aimed if not row.reached]
    lines = [f"{len(aimed) - len(missed)} of {len(aimed)} aims reached"]
    for row in missed:
        figure = "no figure" if row.ratio is None else f"ratio {row.ratio:.2f}"
        lines.append(f"  missed: {row.section}: {row.what}" +
                     (f", against {row.against}" if row.against else "") +
                     f": {figure}, {row.aim}")
    return "\n".join(lines)


def write_json(path: Path, environment: dict, rows: list[Row]) -> None:
    path.write_text(json.dumps({"environment": environment,
                                "rows": [asdict(row) for row in rows]}, indent=1))
