# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate in check mode decides as it really does, asks nobody anything and leaves nothing behind."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import processes
import pytest
from scene import Place
from station import Station
from test_check_mode import SLOTS, client, on_disk, reads_system, scenario

COLLECTIONS = Path(__file__).parents[2] / ".collections"
MARK = "the gate said: "

PLAY: list[dict[str, Any]] = [
    {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {
                "unicloud.usphere.license_compliance": {
                    "policy": "vendor",
                    "as_of": "{{ at }}",
                    "fail": fail,
                },
                "register": name,
                "ignore_errors": True,
                "run_once": True,
            }
            for name, fail in (("told", False), ("stopped", True))
        ]
        + [
            {
                "ansible.builtin.debug": {"msg": f"{MARK}{{{{ {name} | to_json | b64encode }}}}"},
                "run_once": True,
            }
            for name in ("told", "stopped")
        ],
    }
]


def decide(folder: Path, at: str, *more: str) -> list[dict[str, Any]]:
    """Run the gate over the facts in ``folder``; return what it said, letting and stopping."""
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(folder / "hosts.json")]
    run = subprocess.run(
        [*command, "-e", json.dumps({"at": at}), *more, str(folder / "play.json")],
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_HOME": str(folder.parent / "home"),
            "LC_ALL": "C.UTF-8",
        },
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    found = re.findall(rf"{MARK}([A-Za-z0-9+/=]+)", run.stdout)
    return [json.loads(base64.b64decode(text)) for text in found]


@pytest.mark.parametrize("seed", [1, 5])
def test_the_gate_says_in_check_mode_what_it_really_says(seed: int, tmp_path: Path) -> None:
    processes.load()
    dice = random.Random(seed)  # noqa: S311 - chance to be repeated, no secret
    folder = tmp_path / "work"
    folder.mkdir()
    with Station(tmp_path / "station", scenario(dice)) as station:
        facts = {}
        for slot in range(SLOTS):
            place = Place(station, f"s{slot}", tmp_path / f"s{slot}")
            if slot % 2:
                processes.run("license_client", client(place, dice), place.folder / "runs")
            name, args = reads_system(place, dice)
            facts[place.slot] = processes.run(name, args, place.folder / "runs")["ansible_facts"]
        (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": facts}}), encoding="utf-8")
        (folder / "play.json").write_text(json.dumps(PLAY), encoding="utf-8")
        at = (dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        place = Place(station, "gate", folder)
        before, disk = station.call("GET", "/state"), on_disk(place)
        station.call("DELETE", "/requests")

        foretold = decide(folder, at, "--check")
        done = decide(folder, at)

        assert station.requests() == []
        assert station.call("GET", "/state")["nodes"] == before["nodes"]
        assert on_disk(place) == disk
    told, stopped = done
    assert len(told["result"]["subjects"]) == SLOTS
    assert (told["failed"], stopped["failed"]) == (False, True)
    assert foretold == done
