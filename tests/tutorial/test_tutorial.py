# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the guide "Tutorial" as it is written, with the built tarball in an empty account.

The environment that the tutorial creates uses the packages of the one that runs the tests, so nothing is
downloaded. pip has no index, which proves that nothing else is needed.
"""

from __future__ import annotations

from pathlib import Path

import yaml
from following import ROOT, follow
from page_blocks import steps_of
from terminal import Terminal

GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_tutorial.rst"
PROMISED = (
    "Check two systems",
    "First own policy",
    "First failing host",
    "First waiver",
    "First migration",
)


def test_every_step_does_what_the_tutorial_says(terminal: Terminal, tarball: Path, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    seen = ""
    for step in steps_of(GUIDE):
        for block in step.blocks:
            seen = follow(block, seen, terminal, tarball)
    assert set(tmp_path.iterdir()) == before, "the tutorial removes its files"


def test_the_tutorial_has_its_steps() -> None:
    steps = {step.title: step for step in steps_of(GUIDE)}
    for title in PROMISED:
        languages = [block.language for block in steps[title].blocks]
        assert "shell" in languages, f"{title}: a command to type"
        assert "text" in languages, f"{title}: output to expect"
    commands = "".join(block.content for step in steps.values() for block in step.blocks if not block.name)
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    assert f"unicloud-usphere-{version}.tar.gz" in commands, "the tutorial names the tarball of this version"


def test_every_block_of_the_tutorial_is_followed() -> None:
    blocks = [block for step in steps_of(GUIDE) for block in step.blocks]
    assert len(blocks) == GUIDE.read_text(encoding="utf-8").count(".. code-block::")
