# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A README as its reader takes it: files to write, commands to type, and what one then sees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(?P<language>[a-z]*)\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"`(?P<name>[\w./-]+\.[a-z]+)`[:：]$")
EXIT_CODE = re.compile(r"(?:exit code|退出码)\s*(?P<code>\d+)")
ELLIPSIS = "…"
FILES = ("yaml", "ini", "json")


class ReadmeError(Exception):
    """The README does not keep its own form; the text says where."""


@dataclass(frozen=True)
class Block:
    """A fenced block; `name` is the file it goes into, `code` how its commands end."""

    language: str
    content: str
    line: int
    name: str = ""
    code: int = 0


@dataclass(frozen=True)
class Step:
    """A part of the path with its heading."""

    title: str
    blocks: tuple[Block, ...]


def path_of(readme: Path, heading: str) -> tuple[Step, ...]:
    """The steps below the heading of the path, in order."""
    text = readme.read_text(encoding="utf-8")
    start = text.index(f"\n## {heading}\n")
    end = text.index("\n## ", start + 1)
    parts = re.split(r"^### (.+)$", text[start:end], flags=re.MULTILINE)
    steps = []
    position = start + len(parts[0])
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        position = text.index(f"### {title}\n", position)
        steps.append(Step(title, tuple(_blocks(body, text.count("\n", 0, position) + 1))))
    return tuple(steps)


def _blocks(body: str, line: int) -> list[Block]:
    found = []
    end = 0
    for fence in FENCE.finditer(body):
        before = body[end : fence.start()].strip().rpartition("\n\n")[2]
        end = fence.end()
        language, content = fence["language"], fence["content"]
        here = line + body.count("\n", 0, fence.start())
        name = FILE_NAME.search(before)
        code = EXIT_CODE.search(before)
        if language in FILES:
            if name is None:
                raise ReadmeError(f"line {here}: the sentence before a file ends with its name and a colon")
            found.append(Block(language, content, here, name=name["name"]))
        elif language == "shell":
            found.append(Block(language, content, here, code=int(code["code"]) if code else 0))
        elif language == "text":
            found.append(Block(language, content, here))
        else:
            raise ReadmeError(f"line {here}: a block of the path is shell, text, or a file, not '{language}'")
    return found


def missing(expected: str, seen: str) -> str | None:
    """Return the first line of `expected` that is missing in `seen` after the lines before it, or None.

    White space counts as one blank, since terminals fold lines; an ellipsis stands for anything.
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
