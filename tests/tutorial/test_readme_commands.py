# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the collection as the README says, then run its first play and its tutorial."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ansible.release import __version__ as ansible_version
from following import ROOT, follow
from packaging.version import Version
from page_blocks import ELLIPSIS, Step, steps_of
from terminal import Terminal

#: The titles of the sections that are run, per README: installation and tutorial.
SECTIONS = {"README.md": ("Installation", "Tutorial"), "README.zh.md": ("安装", "快速入门")}
#: The beginnings of lines that every supported ansible-core prints.
COMMON = ("PLAY", "TASK", "ok:", "fatal:", "node")


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
    terminal.type("export ANSIBLE_FORKS=1")  # one host after the other, so the order of the lines is fixed
    code, seen = terminal.type(command.removeprefix("$ "))
    assert code == 2, seen
    assert compared(seen.replace(str(terminal.folder()), ELLIPSIS)) == compared(output)


def compared(output: str) -> list[str]:
    """Return the lines of an output that this ansible-core prints, without asterisks at their ends.

    Before 2.19, ansible-core prints a failed result without the error and its place in the playbook above it.
    """
    lines = [line.rstrip(" *") for line in output.splitlines() if line.strip()]
    if Version(ansible_version) >= Version("2.19"):
        return lines
    return [line for line in lines if line.startswith(COMMON)]


def test_the_tutorial_does_what_the_readme_says(terminal: Terminal, tarball: Path) -> None:
    install("README.md", terminal, tarball)
    seen = ""
    for block in section("README.md", "Tutorial").blocks:
        seen = follow(block, seen, terminal, tarball)
