# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the blocks of a guide or README in order: files to save, commands to type, output to expect."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(?P<language>[a-z]*)\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
DIRECTIVE = re.compile(
    r"^\.\. code-block::[ ]+(?P<language>[a-z]+)\n\n(?P<content>(?:[ \t]+\S.*\n|[ \t]*\n)+)", re.MULTILINE
)
SECTION = re.compile(r"^## (.+)\n", re.MULTILINE)
TITLE = re.compile(r"^(\S.*)\n-{3,}\n", re.MULTILINE)
FILE_NAME = re.compile(r"`(?P<name>[\w./-]+\.[a-z]+)`+[:：]$")
EXIT_CODE = re.compile(r"(?:exit code|退出码)\s*(?P<code>\d+)")
ELLIPSIS = "…"
FILES = ("yaml", "ini", "json")


class PageError(Exception):
    """A page breaks the form that its test needs; the text has the line."""


@dataclass(frozen=True)
class Block:
    """A code block. `name` is the file in which it is saved, `code` the exit code of its last command."""

    language: str
    content: str
    line: int
    name: str = ""
    code: int = 0


@dataclass(frozen=True)
class Step:
    """A section with its blocks in order."""

    title: str
    blocks: tuple[Block, ...]


def steps_of(page: Path) -> tuple[Step, ...]:
    """Return the sections of a guide (.rst) or README (.md) that have blocks.

    The blocks before the first section of a README are a step without a title. A console block has a command
    after ``$ `` and its complete output; a block without a language is skipped. Raises PageError for a file
    without a name and for a block of a language other than shell, console, text, yaml, ini and json.
    """
    text = page.read_text(encoding="utf-8")
    heading, block = (TITLE, DIRECTIVE) if page.suffix == ".rst" else (SECTION, FENCE)
    titles = list(heading.finditer(text))
    starts = [(0, ""), *((title.end(), title[1]) for title in titles)]
    ends = [*(title.start() for title in titles), len(text)]
    steps = []
    for (start, title), end in zip(starts, ends, strict=True):
        blocks = tuple(_blocks(text, start, end, block))
        if blocks:
            steps.append(Step(title, blocks))
    return tuple(steps)


def _blocks(text: str, start: int, end: int, pattern: re.Pattern[str]) -> Iterator[Block]:
    for found in pattern.finditer(text, start, end):
        before = text[start : found.start()].strip().rpartition("\n\n")[2]
        start = found.end()
        line = text.count("\n", 0, found.start()) + 1
        language = found["language"]
        if not language:
            continue
        content = textwrap.dedent(found["content"]).strip("\n") + "\n"
        name = FILE_NAME.search(before)
        code = EXIT_CODE.search(before)
        if language in FILES:
            if name is None:
                raise PageError(f"line {line}: the sentence before a file must end with its name and a colon")
            yield Block(language, content, line, name=name["name"])
        elif language == "shell":
            yield Block(language, content, line, code=int(code["code"]) if code else 0)
        elif language in ("console", "text"):
            yield Block(language, content, line)
        else:
            raise PageError(
                f"line {line}: a block must be shell, console, text, yaml, ini or json; got '{language}'"
            )


def missing(expected: str, seen: str) -> str | None:
    """Return the first line of `expected` that is missing in `seen` after the lines before it, or None.

    White space counts as one blank, since terminals fold lines; an ellipsis matches any text.
    """
    position = 0
    flat = " ".join(re.sub(r"[\"']", "", seen).split())
    for line in expected.splitlines():
        parts = [re.escape(" ".join(part.split())) for part in line.split(ELLIPSIS)]
        pattern = r"\s?.*?\s?".join(parts)
        found = re.compile(rf"(?<!\S){pattern}(?!\w)").search(flat, position)
        if found is None or (ELLIPSIS in line and len(found[0]) > len(line) + 120):
            return line
        position = found.end()
    return None
