# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the collection as the README says, then run its first play and its tutorial."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from following import ROOT, follow
from page_blocks import Step, steps_of
from terminal import Terminal

#: The titles of the sections that are run, per README: installation and tutorial.
SECTIONS = {"README.md": ("Installation", "Tutorial"), "README.zh.md": ("安装", "快速入门")}


def section(readme: str, title: str) -> Step:
    (found,) = (step for step in steps_of(ROOT / readme) if step.title == title)
    return found


def install(readme: str, terminal: Terminal, tarball: Path) -> None:
    """Run the first block of the installation beside the tarball, then go to an empty directory."""
    shutil.copy(tarball, terminal.folder())
    seen = follow(section(readme, SECTIONS[readme][0]).blocks[0], "", terminal, tarball)
    assert "was installed successfully" in seen
    terminal.type("mkdir empty && cd empty")


@pytest.mark.parametrize("readme", SECTIONS)
def test_the_first_play_prints_what_the_readme_shows(readme: str, terminal: Terminal, tarball: Path) -> None:
    install(readme, terminal, tarball)
    blocks = section(readme, "").blocks
    for block in blocks:
        if block.name:
            follow(block, "", terminal, tarball)
    (shown,) = (block for block in blocks if block.language == "console")
    command, _newline, output = shown.content.partition("\n")
    code, seen = terminal.type(command.removeprefix("$ "))
    assert code == 2, seen
    assert compared(seen) == compared(output)


def compared(output: str) -> list[str]:
    """Return the lines without blank lines, and without asterisks and spaces at their ends."""
    return [line.rstrip(" *") for line in output.splitlines() if line.strip()]


def test_the_tutorial_does_what_the_readme_says(terminal: Terminal, tarball: Path) -> None:
    install("README.md", terminal, tarball)
    seen = ""
    for block in section("README.md", "Tutorial").blocks:
        seen = follow(block, seen, terminal, tarball)
