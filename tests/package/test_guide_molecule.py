# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follow the guide "Test your own role with molecule" block by block, with the built tarball.

The directory and the home directory are empty, and pip has no index: the role installs the requirements of
the simulator from wheels of the packages that run the tests.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from page_blocks import missing
from terminal import Terminal, clean_environment

ROOT = Path(__file__).resolve().parents[2]
SIMULATOR = ROOT / "tests" / "simulator"
PROGRAMS = Path(sys.executable).parent
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_molecule.rst"
BLOCK = re.compile(
    r"(?P<before>(?:^\S.*\n)+)?\n?^\.\. code-block:: (?P<language>\w+)\n\n(?P<body>(?:^ {4}.*\n|^\n)+)", re.M
)
NAME = re.compile(r"``(?P<name>[\w./-]+\.yml)``")


@dataclass(frozen=True)
class Block:
    """A code block: commands, expected output, or the content of the file that the text before it names."""

    language: str
    content: str
    line: int
    name: str = ""


def blocks() -> list[Block]:
    text = GUIDE.read_text(encoding="utf-8")
    found = []
    for each in BLOCK.finditer(text):
        line = text.count("\n", 0, each.start("body")) + 1
        names = NAME.findall(each["before"] or "")
        assert (each["language"] == "yaml") == bool(names), f"line {line}: a file has a name before its block"
        content = textwrap.dedent(each["body"]).strip("\n") + "\n"
        found.append(Block(each["language"], content, line, names[-1] if names else ""))
    assert len(found) == text.count(".. code-block::") > 10
    return found


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    wheels, home, work = (tmp_path / name for name in ("wheels", "home", "work"))
    home.mkdir()
    work.mkdir()
    subprocess.run(
        [sys.executable, "tests/tools/wheelhouse.py", str(SIMULATOR / "requirements.txt"), str(wheels)],
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    environment = {**clean_environment(home, PROGRAMS), "PIP_FIND_LINKS": str(wheels), "NO_COLOR": "1"}
    with Terminal(work, environment) as opened:
        yield opened
    for left in tmp_path.rglob("endpoints.json"):
        subprocess.run([sys.executable, str(SIMULATOR), "stop", "--state", str(left.parent)], check=False)


def test_the_tarball_has_the_simulator(tarball: Path) -> None:
    with tarfile.open(tarball) as built:
        names = set(built.getnames())
    sources = {
        str(path.relative_to(ROOT))
        for path in SIMULATOR.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert {"tests/simulator/__main__.py", "tests/simulator/requirements.txt"} <= sources <= names
    assert "roles/simulator/tasks/main.yml" in names


def test_every_block_of_the_guide(terminal: Terminal, tarball: Path, tmp_path: Path) -> None:
    seen = ""
    for block in blocks():
        if block.name:
            (terminal.folder() / block.name).write_text(block.content, encoding="utf-8")
        elif block.language == "text":
            # Molecule prints another arrow where the output is not a terminal.
            lost = missing(block.content.replace("➜", ">"), re.sub(r"\[(\S+ > \S+)\]", r"\1:", seen))
            assert lost is None, f"line {block.line}: '{lost}' is missing in:\n{seen}"
        else:
            code, seen = terminal.type(re.sub(r"^\$ ", "", block.content, flags=re.M))
            assert code == 0, f"line {block.line}: exit code {code}:\n{seen}"
            if "-m venv" in block.content:
                # The environment sees the packages that run the tests; they are not downloaded.
                (site,) = (terminal.folder() / ".venv").glob("lib/python*/site-packages")
                (site / "lent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
                shutil.copy(tarball, terminal.folder())
    plain = " ".join(re.sub(r"[│]", " ", seen).split())
    assert "chengdu: NOT COMPLIANT" in plain
    recaps = [
        re.search(
            rf"{host} : ok=\d+ changed=\d+ unreachable=0 failed=0 skipped=\d+ rescued={rescued} ", plain
        )
        for host, rescued in (("hangzhou", 0), ("chengdu", 1))
    ]
    assert all(recaps), "both systems ran, and only chengdu was stopped"
    assert list(tmp_path.rglob("endpoints.json")) == [], "the simulator has ended"
    installed = tmp_path / "home/.ansible/collections/ansible_collections/unicloud/usphere"
    assert installed.is_dir(), "the collection was installed from the tarball"
    assert list(installed.rglob("usim/__pycache__")) == [], "nothing is written into the collection"
