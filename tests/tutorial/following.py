# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow the blocks of a page: save its files, run its commands, compare what they print."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path

from page_blocks import Block, missing
from terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent


def lend_packages(environment: Path) -> None:
    """Let a new environment use the packages of the one that runs the tests."""
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")


def follow(block: Block, after: str, terminal: Terminal, tarball: Path) -> str:
    """Follow one block; return the output of its commands, or `after` if it has none."""
    if block.name:
        file = terminal.folder() / block.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.content, encoding="utf-8")
        return after
    if block.language == "text":
        lost = missing(block.content, after)
        assert lost is None, f"line {block.line}: '{lost}' is not in the output, which is:\n{after}"
        return after
    code, seen = terminal.type(block.content)
    assert code == block.code, f"line {block.line}: exit code {code} instead of {block.code}:\n{seen}"
    folder = terminal.folder()
    if "-m venv" in block.content:
        lend_packages(folder / ".venv")
        shutil.copy(tarball, folder)
    return seen
