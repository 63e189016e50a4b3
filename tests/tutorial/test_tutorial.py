# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the tutorial of the README as it is written, with the built tarball in an empty account.

The environment that the tutorial creates sees the packages of the one that runs the tests, so nothing is
downloaded. pip has no index, which proves that nothing else is needed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from readme import Block, Step, missing, path_of
from terminal import Terminal, clean_environment

ROOT = Path(__file__).resolve().parents[2]
SIMULATOR = ROOT / "tests" / "simulator"
PROGRAMS = Path(sys.executable).parent
HEADINGS = {"README.md": "Tutorial", "README.zh.md": "快速入门"}
PROMISED = ("Quick start", "First own policy", "First failing host", "First waiver", "First migration")


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tarball")
    subprocess.run(
        [str(PROGRAMS / "ansible-galaxy"), "collection", "build", str(ROOT), "--output-path", str(folder)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (built,) = folder.glob("unicloud-usphere-*.tar.gz")
    return built


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    home = tmp_path / "home"
    home.mkdir()
    with Terminal(tmp_path, clean_environment(home, PROGRAMS)) as opened:
        yield opened
    for left in tmp_path.rglob("endpoints.json"):
        subprocess.run(
            [sys.executable, str(ROOT / "tests" / "simulator"), "stop", "--state", str(left.parent)],
            check=False,
        )


def lend_packages(environment: Path) -> None:
    """Let a fresh environment see what is installed in the one that runs the tests."""
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")


def follow(block: Block, after: str, terminal: Terminal, tarball: Path) -> str:
    """Do what one block says; return what its commands print."""
    if block.name:
        (terminal.folder() / block.name).write_text(block.content, encoding="utf-8")
        return after
    if block.language == "text":
        lost = missing(block.content, after)
        assert lost is None, f"line {block.line}: '{lost}' is not what one sees, which is:\n{after}"
        return after
    code, seen = terminal.type(block.content)
    assert code == block.code, f"line {block.line}: exit code {code} instead of {block.code}:\n{seen}"
    folder = terminal.folder()
    if "-m venv" in block.content:
        lend_packages(folder / ".venv")
        shutil.copy(tarball, folder)
    return seen


def test_every_step_does_what_the_readme_says(terminal: Terminal, tarball: Path, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    seen = ""
    for step in path_of(ROOT / "README.md", HEADINGS["README.md"]):
        for block in step.blocks:
            seen = follow(block, seen, terminal, tarball)
    assert set(tmp_path.iterdir()) == before, "the tutorial removes its files"


def test_the_readme_keeps_its_promise() -> None:
    steps = {step.title: step for step in path_of(ROOT / "README.md", HEADINGS["README.md"])}
    for title in PROMISED:
        languages = [block.language for block in steps[title].blocks]
        assert "shell" in languages, f"{title}: something to type"
        assert "text" in languages, f"{title}: something to see"
    commands = "".join(block.content for step in steps.values() for block in step.blocks if not block.name)
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    assert f"unicloud-usphere-{version}.tar.gz" in commands, "the README names the tarball of this version"


def test_both_languages_have_the_same_blocks() -> None:
    english, chinese = (path_of(ROOT / name, heading) for name, heading in HEADINGS.items())

    def shown(steps: tuple[Step, ...]) -> list[list[Block]]:
        return [[replace(block, line=0) for block in step.blocks] for step in steps]

    assert shown(english) == shown(chinese)


def published() -> set[str]:
    """What people can call by name: plugins, roles, playbooks, event sources, guides."""
    folders = ("modules", "filter", "lookup", "test", "callback", "inventory")
    found = {path.stem for folder in folders for path in (ROOT / "plugins" / folder).glob("*.py")}
    found |= {path.parent.parent.name for path in ROOT.glob("roles/*/meta/main.yml")}
    found |= {path.stem for path in ROOT.glob("playbooks/*.yml")}
    found |= {path.stem for path in ROOT.glob("extensions/eda/plugins/event_source/*.py")}
    return found | {path.name for path in ROOT.glob("docs/docsite/rst/guide_*.rst")}


@pytest.mark.parametrize("name", HEADINGS)
def test_it_names_all_that_there_is(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert len(published()) > 30
    unnamed = {entry for entry in published() if f"`{entry}`" not in text and f"/{entry})" not in text}
    assert unnamed == set()


@pytest.mark.parametrize("name", HEADINGS)
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = [found for found in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in found]
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize(
    ("expected", "seen", "lost"),
    [
        ("hangzhou: compliant (… rules)", "x\n - 'hangzhou: compliant (14\n   rules)'", None),
        (
            "hangzhou: compliant (… rules)",
            "hangzhou: NOT COMPLIANT (14 rules)",
            "hangzhou: compliant (… rules)",
        ),
        ("one\ntwo", "two one", "two"),
        ("changed=1", "unchanged=1", "changed=1"),
        ("ls-west : ok=2 changed=0", "ls-west    : ok=2    changed=0    failed=0", None),
        ("ls-west : ok=2 changed=0", "ls-west : ok=2 changed=02", "ls-west : ok=2 changed=0"),
        ("first … last", "first " + "word " * 60 + "last", "first … last"),
    ],
)
def test_what_one_does_not_see_is_noticed(expected: str, seen: str, lost: str | None) -> None:
    assert missing(expected, seen) == lost
