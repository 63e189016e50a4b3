# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated plays against the simulator: no host passes the check without a read of it in the same run.

A host passes if it is in the group ``usphere_compliant``, or if it goes on after a check that ran in its play
and stops the play. A host that goes on because the play ignores or rescues the failure of the check, or
because the check ran for no host (tags, a condition that is false everywhere), has not passed; such plays are
counted. A read is an answer 200 of the system's own host list, as its server has logged it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import play_books
from play_choices import Play, plays
from systems import holding, row

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "tests" / "simulator"
ACCOUNT = {"usphere_username": "automation", "usphere_password": "evidence-only"}
CHECK = "unicloud.usphere.license_compliance"
HOUR = 3600
#: Age of the facts in the fact cache, in hours: a nightly read, and older than any facts may be.
AGES = {"young": 23, "old": 40}


@dataclass
class Figures:
    """Plays, those in which every host was read and passed, and hosts that passed without a read."""

    played: int = 0
    passed: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    greens: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        self.played += other.played
        self.passed += other.passed
        self.kinds.update(other.kinds)
        self.greens += other.greens
        self.crashes += other.crashes


class Site:
    """A simulator with one License Server and a licensed system per host. Ends with the ``with`` block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._state = folder / "simulator"
        license_ = {"product": "vms_enterprise", "arch": "x86_64", "kind": "formal", "code": "3132A0XY"}
        machine = {"name": "cvk", "cpu_sockets": 2, "cpu_cores": 8, "arch": "x86_64", "count": 2}
        names = play_books.HOSTS
        scenario = {
            "clock": "now",
            "credentials": {"username": "automation", "password": ACCOUNT["usphere_password"]},
            "license_servers": {
                "ls": {
                    "licenses": [{**license_, "quantity": 4} for _name in names],
                    "clients": [
                        {
                            "name": name,
                            "password": "of-client",
                            "quota": [{"product": "vms_enterprise", "arch": "x86_64", "quantity": 4}],
                        }
                        for name in names
                    ],
                }
            },
            "vms": {
                name: {
                    "version": "E0760P03",
                    "arch": "x86_64",
                    "hosts": [machine],
                    "license_server": {"server": "ls", "client": name},
                }
                for name in names
            },
        }
        (folder / "scenario.yml").write_text(json.dumps(scenario), encoding="utf-8")

    def __enter__(self) -> Site:
        self._command("start", "--scenario", str(self.folder / "scenario.yml"))
        self.endpoints: dict[str, Any] = json.loads((self._state / "endpoints.json").read_bytes())
        return self

    def __exit__(self, *_reason: object) -> None:
        self._command("stop")

    def control(self, method: str, path: str) -> Any:
        request = urllib.request.Request(self.endpoints["control"] + path, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def _command(self, *arguments: str) -> None:
        command = [sys.executable, str(PROGRAM), *arguments, "--state", str(self._state)]
        subprocess.run(command, check=True, capture_output=True, timeout=90)

    def run(self, play: Play) -> tuple[int, str, list[dict[str, Any]], set[str]]:
        """Run a play. Return exit code, output, the results of its tasks, and the hosts that were read."""
        folder = self.folder / f"play-{play.number}"
        folder.mkdir()
        (folder / "site.yml").write_text(json.dumps(play_books.playbook(play)), encoding="utf-8")
        hosts = play_books.inventory(play, self.endpoints, ACCOUNT)
        (folder / "inventory.json").write_text(json.dumps(hosts), encoding="utf-8")
        log = folder / "log.ndjson"
        log.touch()
        if play["cache"] != "nothing":
            _fill_cache(folder / "cache", AGES[play["cache"]])
        self.control("DELETE", "/requests")
        done = subprocess.run(
            [
                str(Path(sys.executable).parent / "ansible-playbook"),
                "-i",
                str(folder / "inventory.json"),
                *play_books.options(play),
                str(folder / "site.yml"),
            ],
            cwd=folder,
            env=_environment(folder, log),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        return done.returncode, done.stdout + done.stderr, rows, self._read_hosts()

    def _read_hosts(self) -> set[str]:
        found = set()
        for each in self.control("GET", "/requests"):
            if each["node"] in play_books.HOSTS and each["status"] == 200 and "/host" in each["path"]:
                found.add(each["node"])
        return found


def _environment(folder: Path, log: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("USPHERE_", "ANSIBLE_"))}
    return {
        **own,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".collections"),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "evidence_log",
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(folder / "cache"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "EVIDENCE_LOG": str(log),
        "LC_ALL": "C.UTF-8",
    }


def _fill_cache(folder: Path, hours: int) -> None:
    """Write facts of every host as an earlier run would have left them: they complied."""
    folder.mkdir()
    gathered = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - hours * HOUR))
    for name in play_books.HOSTS:
        facts = holding(
            row(f"LS-{name}", "vms_enterprise"),
            subject={"kind": "system", "id": name},
            source={"via": "rest", "gathered_at": gathered},
        )
        facts["license_server"] = {"id": "ls-east", "client": name, "state": "connected"}
        cached = json.dumps({"usphere": facts})
        (folder / name).write_text(cached, encoding="utf-8")
        # The same, as ansible-core 2.19 and newer write it.
        (folder / f"s1_{name}").write_text(json.dumps({"__payload__": cached}), encoding="utf-8")


def judge(play: Play, rows: list[dict[str, Any]], read: set[str]) -> tuple[set[str], str]:
    """Return the hosts that passed, and of what kind the play is."""
    checked = [each for each in rows if each["action"] == CHECK and each["state"] != "skipped"]
    complies = {each["host"] for each in rows if each["task"] == "compliant" and each["state"] == "ok"}
    went_on = {each["host"] for each in rows if each["task"] == "after" and each["state"] == "ok"}
    if not checked:
        return _passed_unchecked(play, complies, went_on)
    failed = any(each["state"] in ("failed", "ignored", "unreachable") for each in rows)
    if failed and play_books.ignores_failures(play):
        return complies, "a failed check is ignored"
    if play["stop"] == "none" and play["entry"] not in ("playbook", "action"):
        return complies, "the check only groups hosts"
    if play["entry"] == "action" and play["cache"] == "young":
        # Facts of the cache within their age are those of the site's choice in a check without a read.
        return went_on & read, "stored facts within their age are judged"
    return complies | went_on, "the check stops the play"


def _passed_unchecked(play: Play, complies: set[str], went_on: set[str]) -> tuple[set[str], str]:
    """Return who passed a check that ran for no host: those for which the play asks for it.

    ansible-core skips a task that runs once by the condition of the first host, and calls no action. So a
    task of license_compliance cannot see that; roles and playbook have to.
    """
    asked = play_books.asked(play)
    if not asked:
        return complies, "the check is switched off for every host"
    if play["entry"] == "action":
        return complies, "the condition of the first host skipped the task"
    return complies | (went_on & asked), "the check ran for no host"


def play_all(count: int, seed: int, folder: Path, share: int = 0, shares: int = 1) -> Figures:
    """Run ``share`` of ``shares`` of the plays with a simulator of its own."""
    figures = Figures()
    with Site(folder) as site:
        for play in plays(count, seed)[share::shares]:
            _code, output, rows, read = site.run(play)
            passed, kind = judge(play, rows, read)
            figures.played += 1
            figures.kinds[kind] += 1
            figures.passed += (
                set(play_books.HOSTS[: 1 if play["limit"] == "first" else None]) <= passed & read
            )
            unread = sorted(passed - read)
            if unread:
                figures.greens.append(f"{play}: {', '.join(unread)} passed, read: {sorted(read)}")
            if "Traceback (most recent call last)" in output or "Unexpected failure" in output:
                figures.crashes.append(f"{play}: {output[-400:]}")
    return figures
