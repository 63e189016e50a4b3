# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures as reStructuredText: written between two comments of the page Benchmarks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bars import Judgment, judge, judge_demo
from chart import log_log
from contenders import CONTENDERS, FLOOR, GATE
from gathering import PLAYS
from measure import Sample
from record import Record

BEGIN, END = "..\n  Figures begin.\n", "..\n  Figures end.\n"
FLEET, GATHERING, DEMO = "fleet", "gathering", "demo"
#: What the chart shows; the other rows are in the table only.
CHARTED = (FLOOR, GATE, "playbook", "role_play", "role_host", "gate_repeated", "assert", "validate")


def write(path: Path, records: Mapping[str, Record]) -> None:
    """Replace the figures of the page. Raises ValueError for a page without the two comments."""
    text = path.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"{path} must contain the comments {BEGIN!r} and {END!r} once each")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    path.write_text(
        f"{before}{BEGIN}\n" + "\n".join(figures(records)) + f"\n\n{END}{after}", encoding="utf-8"
    )


def figures(records: Mapping[str, Record]) -> list[str]:
    """Return all lines of the figures."""
    lines: list[str] = []
    for part, record in sorted(records.items(), key=lambda item: _order(item[0])):
        if lines:
            lines.append("")
        lines += [_title(part), "-" * len(_title(part)), ""]
        lines += [*_conditions(record), "", *_judgments(part, record), *_rows(part, record)]
        if part == FLEET:
            lines += ["", *_chart(record)]
    return lines


def judgments(part: str, record: Record) -> list[Judgment]:
    """Return the limits that the part has figures for."""
    times = record.medians()
    if part == DEMO:
        return [judge_demo(sample) for runs in times.values() for sample in runs.values()]
    return list(judge(record.conditions.core, times)) if part.startswith(FLEET) else []


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a list-table."""
    yield from (".. list-table::", "  :header-rows: 1", "")
    for row in (header, *rows):
        for number, cell in enumerate(row):
            yield f"  {'*' if number == 0 else ' '} - {cell}".rstrip()


def _order(part: str) -> tuple[int, str]:
    return next(at for at, kind in enumerate((FLEET, GATHERING, DEMO)) if part.startswith(kind)), part


def _title(part: str) -> str:
    if part.startswith(FLEET):
        core = part.removeprefix(FLEET).strip()
        return f"Facts at hand with ansible-core {core}" if core else "Facts at hand"
    return {GATHERING: "Role with gathering", DEMO: "Demo"}[part]


def _conditions(record: Record) -> list[str]:
    given = record.conditions
    return [
        f"* {given.machine}; load before the last run of this part: {given.load:.1f}",
        f"* {given.versions}",
        f"* {given.date}",
    ]


def _judgments(part: str, record: Record) -> list[str]:
    found = judgments(part, record)
    rows = [
        (each.name, each.what, each.limit, each.figure, "met" if each.is_met else "**missed**")
        for each in found
    ]
    return [*table(("Limit", "What", "Must be", "Is", "Result"), rows), ""] if rows else []


def _rows(part: str, record: Record) -> list[str]:
    titles = {each.key: each.title for each in CONTENDERS} | PLAYS | {DEMO: "``make demo``"}
    if part == DEMO:
        return list(
            table(
                ("Rounds", "What", "CPU s", "Wall s"),
                (
                    (record.rounds(size, name), titles[name], f"{sample.cpu:.1f}", f"{sample.wall:.1f}")
                    for size, runs in record.medians().items()
                    for name, sample in runs.items()
                ),
            )
        )
    return list(
        table(("Hosts", "Rounds", "What", "CPU s", "Wall s", "× debug", "× action"), _ratios(record, titles))
    )


def _ratios(record: Record, titles: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for size, times in sorted(record.medians().items()):
        for name, sample in times.items():
            ratios = tuple(_ratio(sample, times.get(of)) for of in (FLOOR, GATE))
            yield (
                f"{size:,}",
                record.rounds(size, name),
                titles[name],
                f"{sample.cpu:.2f}",
                f"{sample.wall:.2f}",
                *ratios,
            )


def _ratio(sample: Sample, of: Sample | None) -> str:
    return f"{sample.cpu / of.cpu:.2f}" if of is not None and of.cpu > 0 else ""


def _chart(record: Record) -> list[str]:
    titles = {each.key: each.title.replace("``", "") for each in CONTENDERS}
    medians = record.medians()
    series = {
        titles[name]: points
        for name in CHARTED
        if (points := [(size, runs[name].cpu) for size, runs in medians.items() if name in runs])
    }
    return [".. raw:: html", "", textwrap.indent("\n".join(log_log(series)), "  ")]
