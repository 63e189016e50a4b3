# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the guide on own facts: its files, its outputs and the rows of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from doc_examples import DIRECTIVE, ROOT, examples

GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_own_facts.rst"
_FILE = re.compile(r"# (\S+\.yml)\n")
_CELL = re.compile(r"^   (?:\* -|  -) (.*)$")


@dataclass(frozen=True)
class GuideOutput:
    """One output of the guide: the host and its decision if the first line names them, and the sentences."""

    host: str
    decision: str
    lines: tuple[str, ...]


def guide_examples() -> list[Any]:
    """Return the code blocks of the guide."""
    return [each for each in examples() if each.place.startswith("docs/docsite/rst/guide_own_facts.rst:")]


def files() -> dict[str, str]:
    """Return the files that the guide shows, by the name in their first line."""
    found = {}
    for each in guide_examples():
        match = _FILE.match(each.text)
        if match:
            found[match[1]] = each.text
    return found


def write_files(directory: Path) -> None:
    """Write the files of the guide below ``directory``."""
    for name, text in files().items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def outputs(section: str) -> list[GuideOutput]:
    """Return the outputs that the section with this title shows."""
    text = GUIDE.read_text(encoding="utf-8")
    start = text.index(f"\n{section}\n---")
    end = text.find("\n---", text.index("\n---", start) + 4)
    return [
        _output(block["body"]) for block in DIRECTIVE.finditer(text[start:end]) if block["language"] == "text"
    ]


def _output(body: str) -> GuideOutput:
    lines = [line.strip() for line in body.strip().splitlines()]
    match = re.fullmatch(r"(\w+): (compliant|non_compliant|undetermined)", lines[0])
    return GuideOutput(match[1], match[2], tuple(lines[1:])) if match else GuideOutput("", "", tuple(lines))


def table_rows() -> Iterator[dict[str, Any]]:
    """Yield the rows of the tables with a decision: schema and facts as data, options by their names."""
    cells: list[str] = []
    names: list[str] = []
    for line in [*GUIDE.read_text(encoding="utf-8").splitlines(), ""]:
        match = _CELL.match(line)
        if match is None or line.startswith("   * -"):
            if cells and not names:
                names = [cell.replace("Option ", "").strip("`") for cell in cells]
            elif cells and "Decision" in names:
                yield {name: _value(name, cell) for name, cell in zip(names, cells, strict=True)}
            cells = []
        if match is None:
            names = []
        else:
            cells.append(match[1])


def _value(name: str, cell: str) -> Any:
    code = re.match(r"``(.*?)``", cell)
    return yaml.safe_load(code[1]) if code and name != "Reason" else cell
