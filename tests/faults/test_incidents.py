# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A slice of the incidents and a short soak, and proof that their checks find lost and doubled licenses."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from controller_run import Count
from incident_matrix import incident_cases
from incidents import INCIDENTS
from kills import Kill
from ledger import Copy, Ledger, Sight
from testbed import STATES
from verdict import Verdict, Word

HERE = Path(__file__).parent
COLLECTIONS = HERE.parents[1] / ".collections"
COPY = Copy("west", "LS-000001", 10, "aa")


def figures_of(program: str, *arguments: str) -> dict[str, str]:
    run = subprocess.run(
        [sys.executable, str(HERE / program), *arguments],
        env={**os.environ, "PYTHONPATH": str(COLLECTIONS)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return dict(re.findall(r"^ *(.+): (\d+)$", run.stdout, re.MULTILINE))


def test_each_incident_happens_to_a_migration() -> None:
    figures = figures_of("run.py", "--fast", "--part", "incidents")

    assert int(figures["cases of incidents"]) == 2 * len(INCIDENTS)
    assert figures["incidents that ended right"] == figures["cases of incidents"]
    assert figures["licenses lost in an incident"] == "0"
    assert figures["licenses doubled in an incident"] == "0"
    assert figures["successes without a live license"] == "0"


def test_a_short_soak() -> None:
    figures = figures_of("soak.py", "--seed", "3", "--count", "40")

    assert int(figures["operations that sent or resumed a write"]) >= 40
    assert (figures["licenses lost"], figures["licenses doubled"]) == ("0", "0")
    assert figures["successes without a live license"] == "0"


def test_the_slice_has_every_incident_and_the_whole_has_every_state() -> None:
    assert [incident_case.incident for incident_case in incident_cases(fast=True)] == [
        incident.name for incident in INCIDENTS
    ]
    whole = incident_cases(fast=False)
    for name in ("the source is restored", "two journals", "an older file", "a folder of files is shared"):
        assert [incident_case.state for incident_case in whole if incident_case.incident == name] == list(
            STATES
        )


@pytest.mark.parametrize(
    ("live", "restored", "before", "words", "found"),
    [
        (1, 0, 0, [Word(False, "west")], []),
        (1, 0, 1, [Word(False)], []),
        (1, 0, 1, [Word(True, "east")], ["silent"]),
        (0, 1, 0, [Word(True)], []),
        (0, 1, 0, [], []),
        (0, 1, 0, [Word(False)], ["lost"]),
        (0, 0, 0, [Word(True)], ["lost"]),
        (0, 0, 1, [], ["lost"]),
        (2, 0, 2, [Word(True)], []),
        (2, 0, 2, [Word(False)], ["doubled"]),
        (2, 0, 2, [Word(False), Word(True)], []),
        (2, 0, 1, [Word(True)], ["doubled"]),
        (2, 0, 1, [], ["doubled"]),
    ],
)
def test_a_verdict_follows_the_definitions(
    live: int, restored: int, before: int, words: list[Word], found: list[str]
) -> None:
    verdict = Verdict()

    verdict.hold("one", Sight([COPY] * live, ["a file"] * restored), before, words)

    names = ("lost", "doubled", "silent")
    assert [name for name in names if getattr(verdict, name)] == found


class Told:
    """A simulator that says what a test wants: two servers, and what files are."""

    def __init__(self, **files: dict[str, Any]) -> None:
        self._files = files

    def call(self, method: str, path: str, body: Any = None) -> Any:
        if (method, path) == ("POST", "/platform/examine"):
            return self._files[base64.b64decode(body["file"]).decode()]
        rows = [{"id": "1", "quantity": 4, "sha256": "bought", "status": "uninstalled"}]
        issued = [
            {"sha256": "bought", "origin": None, "device": "of-east"},
            {"sha256": "other", "origin": None, "device": "of-east"},
        ]
        moved = [{"sha256": "other", "id": "2", "quantity": 3, "status": "in_use"}]
        return {
            "nodes": {
                "east": {"device": "of-east", "licenses": rows, "uninstall_files": ["bought"]},
                "west": {"device": "of-west", "licenses": moved},
                "system": {},
            },
            "platform": {"issued_files": issued},
        }


def test_a_ledger_sees_servers_and_files(tmp_path: Path) -> None:
    (tmp_path / "one.uak").write_text("genuine", encoding="ascii")
    (tmp_path / "two.uak").write_text("cut", encoding="ascii")
    (tmp_path / ".three.uak").write_text("genuine", encoding="ascii")
    told = Told(genuine={"kind": "uninstall_file", "origin": "bought"}, cut={"kind": "other"})

    seen = Ledger(told, tmp_path).look()  # type: ignore[arg-type]  # says as much as is asked

    assert seen["bought"].restored_by == ["the uninstall file that east keeps", str(tmp_path / "one.uak")]
    assert seen["bought"].sites == []
    assert (seen["other"].sites, seen["other"].quantity, seen["other"].restored_by) == (["west"], 3, [])


@pytest.mark.parametrize(
    ("kill", "left"),
    [
        (Kill(effect=1), ["made"]),
        (Kill(effect=2), ["made", "record.json"]),
        (Kill(step="second"), ["made", "record.json"]),
        (Kill(step="never"), ["made", "over", "record.json"]),
    ],
)
def test_a_run_dies_in_the_moment_after_its_effect(tmp_path: Path, kill: Kill, left: list[str]) -> None:
    record = json.dumps({"history": [{"step": "first"}, {"step": "second"}]})
    program = (
        "import os, sys; from pathlib import Path; from kills import Kill, Watch\n"
        f"os.chdir({str(tmp_path)!r})\n"
        f"Watch({kill!r}, Path('writes')).begin()\n"
        "os.mkdir('made')\n"
        f"Path('.new').write_text({record!r})\n"
        "os.replace('.new', 'record.json')\n"
        "Path('over').touch()\n"
    )

    subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": str(HERE)}, check=False, timeout=60)

    assert sorted(path.name for path in tmp_path.glob("[!.]*")) == left


def test_a_soak_wants_enough_of_everything() -> None:
    count = Count(2000, operations=2000)
    count.done.update({"migration": 400, "install": 400, "removal": 200, "client change": 200})
    count.done.update({"SIGKILL": 200, "restored snapshot": 99})

    assert count.missing() == {"restored snapshot": 1}
    assert not count.good
    count.done["restored snapshot"] += 1
    assert count.good
