# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate in check mode decides as in a real run, sends no request and leaves no file."""

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
from apis import APIS
from operation import Site
from simulator import Simulator
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


@pytest.mark.parametrize(("api", "seed"), [("first", 1), ("second", 5)])
def test_the_gate_says_in_check_mode_what_it_really_says(api: str, seed: int, tmp_path: Path) -> None:
    processes.load()
    dice = random.Random(seed)  # noqa: S311 - chance to be repeated, no secret
    folder = tmp_path / "work"
    folder.mkdir()
    with Simulator(tmp_path / "simulator", scenario(dice), APIS[api]) as simulator:
        facts = {}
        for slot in range(SLOTS):
            site = Site(simulator, f"s{slot}", tmp_path / f"s{slot}")
            if slot % 2:
                processes.run("license_client", client(site, dice), site.folder / "runs")
            name, args = reads_system(site, dice)
            facts[site.slot] = processes.run(name, args, site.folder / "runs")["ansible_facts"]
        (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": facts}}), encoding="utf-8")
        (folder / "play.json").write_text(json.dumps(PLAY), encoding="utf-8")
        at = (dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        site = Site(simulator, "gate", folder)
        before, disk = simulator.call("GET", "/state"), on_disk(site)
        simulator.call("DELETE", "/requests")

        foretold = decide(folder, at, "--check")
        done = decide(folder, at)

        assert simulator.requests() == []
        assert simulator.call("GET", "/state")["nodes"] == before["nodes"]
        assert on_disk(site) == disk
    told, stopped = done
    assert len(told["result"]["subjects"]) == SLOTS
    assert (told["failed"], stopped["failed"]) == (False, True)
    assert foretold == done
