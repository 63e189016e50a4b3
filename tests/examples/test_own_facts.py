# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plays of the guide on own facts, with its inventory, schemas and data: who fails, and why."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from own_facts_guide import guide_examples, outputs, write_files

RECAP = re.compile(r"^(\w+) +: ok=(\d+).* failed=(\d+)", re.MULTILINE)


def play(directory: Path, name: str, *arguments: str) -> tuple[int, str]:
    """Run a play of the guide in ``directory``; return the exit code and everything that was printed."""
    program = str(Path(sys.executable).parent / "ansible-playbook")
    done = subprocess.run(
        [program, "-i", "inventory.yml", name, *arguments],
        cwd=directory,
        env={
            **os.environ,
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
            "LC_ALL": "C.UTF-8",
            "TMPDIR": str(directory),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def failed_hosts(printed: str) -> set[str]:
    recap = RECAP.findall(printed)
    assert recap, printed
    return {host for host, _ok, failed in recap if failed != "0"}


def squeezed(text: str) -> str:
    return "".join(text.split())


def sentence(line: str) -> str:
    """Return a sentence of the guide without its number of properties, which a unit test compares."""
    return re.sub(r"^\d+ of \d+ properties", "properties", line)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write_files(tmp_path)
    return tmp_path


def test_the_commands_of_the_guide_are_played() -> None:
    shown = {
        line.split()[-1]
        for each in guide_examples()
        for line in each.text.splitlines()
        if line.startswith("$ ansible-playbook")
    }
    assert shown == {"variables.yml", "setup.yml", "cmdb.yml"}


@pytest.mark.parametrize(
    ("name", "section"),
    [("variables.yml", "Check host variables"), ("cmdb.yml", "Check a file of a CMDB")],
)
def test_the_hosts_of_the_guide_fail_with_its_sentences(name: str, section: str, directory: Path) -> None:
    code, printed = play(directory, name)
    shown: list[Any] = outputs(section)
    assert code == 2, printed
    assert failed_hosts(printed) == {each.host for each in shown}
    for each in shown:
        missing = [line for line in each.lines if squeezed(sentence(line)) not in squeezed(printed)]
        assert missing == [], printed


@pytest.mark.parametrize("name", ["mapping.yml", "assert.yml"])
def test_one_variable_complies(name: str, directory: Path) -> None:
    code, printed = play(directory, name)
    assert code == 0, printed
    assert failed_hosts(printed) == set()


def test_an_assertion_fails_with_the_report(directory: Path) -> None:
    path = directory / "assert.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("cpu_count: 4", "cpu_count: 16"), encoding="utf-8"
    )
    code, printed = play(directory, "assert.yml")
    assert code == 2, printed
    assert squeezed("/cpu_count is 16; it must be at most 8") in squeezed(printed)
    assert "plan" not in printed.lower().replace("explan", "")


def test_the_facts_of_setup_comply(directory: Path) -> None:
    # The limits of the guide are those of a node, not of the machine that runs the tests.
    path = directory / "policies/setup.schema.yml"
    text = path.read_text(encoding="utf-8")
    assert "maximum: 8" in text
    path.write_text(text.replace("maximum: 8", "maximum: 4096"), encoding="utf-8")
    code, printed = play(directory, "setup.yml")
    assert code == 0, printed
    assert failed_hosts(printed) == set()


def test_a_host_that_setup_has_not_read_fails(directory: Path) -> None:
    path = directory / "setup.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("gather_facts: true", "gather_facts: false"), encoding="utf-8")
    code, printed = play(directory, "setup.yml")
    assert code == 2, printed
    assert failed_hosts(printed) == {"cvk1", "cvk2", "cvk3"}


@pytest.mark.parametrize(("coerce", "failed"), [("false", {"cvk1"}), ("true", set())])
def test_text_from_the_command_line_needs_a_conversion(
    coerce: str, failed: set[str], directory: Path
) -> None:
    path = directory / "variables.yml"
    option = f"        policy: policies/node.schema.yml\n        coerce: {coerce}"
    text = path.read_text(encoding="utf-8").replace("        policy: policies/node.schema.yml", option)
    path.write_text(text, encoding="utf-8")
    _code, printed = play(directory, "variables.yml", "-e", "cpu_count=8", "--limit", "cvk1")
    assert failed_hosts(printed) == failed


@pytest.mark.parametrize(
    ("absent", "decision"),
    [("undetermined", "undetermined"), ("allowed", "compliant"), ("violation", "non_compliant")],
)
def test_the_option_absent_decides_about_missing_properties(
    absent: str, decision: str, directory: Path
) -> None:
    path = directory / "variables.yml"
    option = f"        policy: policies/node.schema.yml\n        absent: {absent}\n        fail: false"
    text = path.read_text(encoding="utf-8").replace("        policy: policies/node.schema.yml", option)
    path.write_text(text, encoding="utf-8")
    code, printed = play(directory, "variables.yml", "--limit", "cvk3", "-v")
    assert code == 0, printed
    assert re.findall(r"decision: (\w+)", printed) == [decision]
