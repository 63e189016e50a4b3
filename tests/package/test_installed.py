# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built collection, installed into an empty path and stripped to what it must work with."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SIMULATOR = ROOT / "tests" / "simulator"
SCENARIO = ROOT / "extensions" / "molecule" / "default" / "scenario.yml"
INVENTORY = ROOT / "extensions" / "molecule" / "inventory.yml"
NEEDED = {"meta", "plugins", "roles", "playbooks"}
KEPT = {*NEEDED, "MANIFEST.json", "FILES.json"}
DOCUMENTED = ("module", "lookup", "filter", "test", "callback", "inventory", "role")


def run(command: list[str], environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=180, env=environment, cwd=folder
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installed")


@pytest.fixture(scope="module")
def environment(folder: Path) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANSIBLE_", "PYTHONPATH", "MYPYPATH", "MOLECULE_", "USPHERE_"))
    }
    return {
        **inherited,
        "HOME": str(folder),
        "ANSIBLE_HOME": str(folder / "ansible-home"),
        "ANSIBLE_COLLECTIONS_PATH": str(folder / "collections"),
        "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }


@pytest.fixture(scope="module")
def installed(folder: Path, environment: dict[str, str], tarball: Path) -> Path:
    done = run(
        [
            str(BIN / "ansible-galaxy"),
            *("collection", "install", str(tarball), "-p", str(folder / "collections"), "--offline"),
        ],
        environment,
        folder,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    place = folder / "collections" / "ansible_collections" / "unicloud" / "usphere"
    for entry in place.iterdir():
        if entry.name in KEPT:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    return place


@pytest.fixture(scope="module")
def simulator(folder: Path) -> Iterator[Path]:
    state = folder / "simulator"
    command = [sys.executable, str(SIMULATOR)]
    subprocess.run(
        [*command, "start", "--state", str(state), "--scenario", str(SCENARIO)], check=True, timeout=60
    )
    yield state
    subprocess.run([*command, "stop", "--state", str(state)], check=True, timeout=60)


def test_only_what_is_needed_is_left(installed: Path) -> None:
    assert {entry.name for entry in installed.iterdir() if entry.is_dir()} == NEEDED


def test_nothing_of_the_workshop_is_built_in(folder: Path, installed: Path) -> None:
    files = json.loads((installed / "FILES.json").read_text(encoding="utf-8"))["files"]
    names = {entry["name"] for entry in files}
    workshop = re.compile(
        r"^\.(venv|cache|collections|git|ci|mypy_cache|ruff_cache|pytest_cache|hypothesis|ansible|nox)(/|$)|^build/"
    )
    assert not [name for name in names if workshop.match(name) or name.endswith(".tar.gz")]
    assert "plugins/modules/license.py" in names
    assert {f"plugins/plugin_utils/fact_maps/{name}.yml" for name in ("flat", "ansible_facts")} <= set(names)


def test_the_compliance_playbook_stops_only_who_does_not_comply(
    folder: Path, environment: dict[str, str], installed: Path, simulator: Path
) -> None:
    result = folder / "result.json"
    done = run(
        [
            str(BIN / "ansible-playbook"),
            *("-i", str(INVENTORY), "-e", json.dumps({"license_compliance_result_file": str(result)})),
            "unicloud.usphere.compliance",
        ],
        {**environment, "USPHERE_SIMULATOR_STATE": str(simulator)},
        folder,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    recap = dict(re.findall(r"^(\S+)\s+: ok=\d+.* (failed=\d+)", done.stdout, re.MULTILINE))
    assert recap == {"hangzhou": "failed=0", "chengdu": "failed=1", "localhost": "failed=0"}, done.stdout
    assert json.loads(result.read_text(encoding="utf-8"))["kind"] == "ComplianceResult"
    assert str(ROOT / "plugins") not in done.stdout + done.stderr


def test_an_empty_pattern_is_not_a_pass(
    folder: Path, environment: dict[str, str], installed: Path, simulator: Path
) -> None:
    done = run(
        [
            str(BIN / "ansible-playbook"),
            *("-i", str(INVENTORY), "-e", "usphere_hosts=nobody", "unicloud.usphere.compliance"),
        ],
        {**environment, "USPHERE_SIMULATOR_STATE": str(simulator)},
        folder,
    )
    assert done.returncode == 2
    assert "got 'nobody', which matches none" in " ".join(done.stdout.split())


@pytest.mark.parametrize("kind", DOCUMENTED)
def test_every_page_is_complete(
    kind: str, folder: Path, environment: dict[str, str], installed: Path
) -> None:
    listed = run([str(BIN / "ansible-doc"), "-t", kind, "-l", "-j", "unicloud.usphere"], environment, folder)
    names = sorted(json.loads(listed.stdout))
    assert names, f"no {kind} is listed"
    shown = run([str(BIN / "ansible-doc"), "-t", kind, "-j", *names], environment, folder)
    assert shown.returncode == 0, shown.stderr
    pages = json.loads(shown.stdout)
    assert sorted(pages) == names
    if kind == "role":
        assert all(entry["options"] for page in pages.values() for entry in page["entry_points"].values())
        return
    for name, page in pages.items():
        assert page["doc"]["short_description"], name
        if kind == "callback":  # it is enabled in a configuration and returns nothing
            assert page["doc"]["options"], name
            continue
        assert page["examples"].strip(), name
        if kind == "inventory":  # it lists hosts and returns nothing
            assert page["doc"]["options"], name
            continue
        assert page["return"], name
