# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A testbed: License Servers with licenses, brought to a state of a migration as often as needed."""

from __future__ import annotations

import copy
import dataclasses
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import processes
from apis import FIRST, Api
from kills import Kill
from ledger import Ledger
from processes import Args
from simulator import Simulator

FEATURE = {"product": "srm", "arch": "x86_64", "code": "3132A0XS", "kind": "formal"}
# The license that every incident is about, one of the same size that moves with it, one of another size,
# and one that has been on the destination for a long time.
MOVING, EQUAL, OTHER, OLD = "moving", "equal", "other", "old"
SIZES = {MOVING: 10, EQUAL: 10, OTHER: 6, OLD: 10}
EAST, NORTH, WEST, SOUTH = "east", "north", "west", "south"
SOURCES = {MOVING: EAST, EQUAL: NORTH, OTHER: NORTH}
OLD_KEY, NEW_KEY = "KEY-OLD", "KEY-NEW"
TASK_MS = 20
# Servers work in 20 ms; a write that never arrived is waited for until this time is up.
PATIENCE = {"timeout": 2.0, "wait_timeout": 1.0, "wait_interval": 0.05, "lock_timeout": 5.0}
JOURNAL = "journal"

# The work that a request starts; which request that is, depends on the API.
UNINSTALL, INSTALL = "uninstall", "install"
# Where a run ends that brings a migration to a state: None is its own end.
WITHOUT_FILE: dict[str, Kill | None] = {
    "planned": Kill(step="planned"),
    "uninstall sent": Kill(step="uninstall_sent"),
    "uninstall answered": Kill(request=UNINSTALL),
    "source_uninstalled": Kill(step="source_uninstalled"),
    "uninstall_file_saved": Kill(step="uninstall_file_saved"),
    "transfer_requested": Kill(step="transfer_requested"),
    "waiting_for_activation_file": None,
}
WITH_FILE: dict[str, Kill | None] = {
    "activation file received": Kill(step="activation_file_received"),
    "install sent": Kill(step="install_sent"),
    "install answered": Kill(request=INSTALL),
    "installed": Kill(step="installed"),
    "verified": None,
}
STATES = (*WITHOUT_FILE, *WITH_FILE)


@dataclass
class Task:
    """A task of ``license_migration`` as the operator keeps it, and the license that it is about."""

    about: str
    source: str
    destination: str
    license_ids: list[str]
    journal: str = JOURNAL
    files: list[Args] = field(default_factory=list)


@dataclass
class Notes:
    """What the operator knows: the tasks, the files that the platform issued, by license."""

    tasks: dict[str, Task] = field(default_factory=dict)
    issued: dict[str, Path] = field(default_factory=dict)
    snapshots: dict[str, int] = field(default_factory=dict)
    bought: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Saved:
    number: int
    folder: Path
    notes: Notes


class Testbed:
    """One simulator and one folder of the operator, with journal, locks and files."""

    destinations = (WEST, SOUTH)

    def __init__(self, folder: Path, api: Api = FIRST) -> None:
        self.folder = folder / "operator"
        self._saved_in = folder / "saved"
        self._runs = folder / "runs"
        self.folder.mkdir(parents=True)
        licenses = [{**FEATURE, "quantity": SIZES[name]} for name in (MOVING, EQUAL, OTHER)]
        keys = [{**FEATURE, "key": key, "quantity": SIZES[OLD]} for key in (OLD_KEY, NEW_KEY)]
        scenario = {
            "license_servers": {
                EAST: {"licenses": licenses[:1]},
                NORTH: {"licenses": licenses[1:]},
                WEST: {},
                SOUTH: {},
            },
            "keys": keys,
            "task_ms": TASK_MS,
        }
        self.simulator = Simulator(folder / "simulator", scenario, api)
        self.ledger = Ledger(self.simulator, self.folder)
        self.notes = Notes()
        self._states: dict[tuple[str, str], _Saved] = {}
        self._begin()

    def __enter__(self) -> Testbed:
        return self

    def __exit__(self, *error: object) -> None:
        self.simulator.__exit__(*error)

    # Running modules

    def end(self, name: str) -> Args:
        node = self.simulator.node(name)
        wanted = ("host", "port", "username", "password", "client_id", "client_secret")
        return {option: node[option] for option in wanted}

    def port_of(self, name: str) -> int:
        return int(self.simulator.node(name)["port"])

    def start(self, task: Task, kill: Kill | None = None) -> processes.Process:
        args: Args = {
            **PATIENCE,
            **self.simulator.shared,
            "lock_dir": str(self.folder / "locks"),
            "journal": str(self.folder / task.journal),
            "source": self.end(task.source),
            "destination": self.end(task.destination),
            "license_ids": task.license_ids,
            "activation_files": task.files,
        }
        return processes.start("license_migration", args, self._runs, kill=kill)

    def run(self, task: Task) -> dict[str, Any]:
        return self.start(task).result()

    def license(self, server: str, **options: Any) -> dict[str, Any]:
        """A run of ``license`` that nothing disturbs."""
        args = {
            **PATIENCE,
            **self.end(server),
            **self.simulator.shared,
            "lock_dir": str(self.folder / "locks"),
            **options,
        }
        return processes.run("license", args, self._runs)

    def buy(self, server: str, key: str, folder: str) -> Path:
        """A license that somebody bought and installed on ``server``."""
        file = self.simulator.issue(self.folder / folder, server, key)
        done = self.license(server, activation_file=str(file))
        if done.get("failed"):
            raise RuntimeError(f"{key} was not installed on {server}: {done}")
        return file

    def hand_in(self, task: Task, uninstall_file: Path) -> Path:
        """What a person does on the platform. Raises simulator.Refused."""
        folder = self.folder / "issued" / task.about
        file = self.simulator.transfer(folder, task.destination, uninstall_file)
        self.notes.issued[task.about] = file
        return file

    def issued(self, task: Task) -> Path | None:
        """The file that the platform issued for the license of a task, if it did."""
        return self.notes.issued.get(task.about)

    def uninstall_file(self, task: Task) -> Path | None:
        """The uninstall file that the journal keeps for a task, if there is one."""
        kept = [file for file in self.kept_files(task.about) if file.suffix == ".uak"]
        return kept[0] if kept else None

    def settle(self) -> None:
        """Wait until the servers have done what they accepted."""
        end = time.monotonic() + 10
        while self.simulator.call("GET", "/state")["pending_messages"]:
            if time.monotonic() > end:
                raise RuntimeError("a server does not come to an end with what it accepted")
            time.sleep(0.01)

    # States

    def _begin(self) -> None:
        file = self.buy(WEST, OLD_KEY, "older")
        self.notes.issued[OLD] = file
        for name, source in SOURCES.items():
            (ident,) = (
                row["id"]
                for row in self.simulator.state(source)["licenses"]
                if (name == OTHER) == (row["quantity"] == SIZES[OTHER])
            )
            self.notes.tasks[name] = Task(name, source, WEST, [ident])
        by_site = {
            (copy_.server, copy_.quantity): bought
            for bought, sight in self.ledger.look().items()
            for copy_ in sight.live
        }
        for name, size in SIZES.items():
            self.notes.bought[name] = by_site[SOURCES.get(name, WEST), size]
        for server in (EAST, WEST):
            self.notes.snapshots[server] = self.simulator.call("POST", f"/nodes/{server}/snapshots")["id"]
        self._states["", ""] = self._save("begin")

    def _save(self, name: str) -> _Saved:
        folder = self._saved_in / name
        shutil.copytree(self.folder, folder)
        number = self.simulator.call("POST", "/snapshots")["id"]
        return _Saved(number, folder, copy.deepcopy(self.notes))

    def _put_back(self, saved: _Saved) -> None:
        self.simulator.call("DELETE", "/faults")
        self.simulator.call("POST", f"/snapshots/{saved.number}/restore")
        shutil.rmtree(self.folder)
        shutil.copytree(saved.folder, self.folder)
        self.notes = copy.deepcopy(saved.notes)

    def go_to(self, state: str, beside: str = "") -> Path:
        """Bring the migration of MOVING to a state; ``beside``: another one that waits with its file issued.

        Returns a folder with a copy of the operator's, as a backup would have it.
        """
        saved = self._states.get((state, beside))
        if saved is None:
            self._put_back(self._states["", ""])
            self._bring(state, beside)
            saved = self._states[state, beside] = self._save(f"{state} {beside}")
        else:
            self._put_back(saved)
        return saved.folder

    def _bring(self, state: str, beside: str) -> None:
        if beside:
            task = self.notes.tasks[beside]
            self.hand_in(task, self._waiting(task))
        task = self.notes.tasks[MOVING]
        if state in WITHOUT_FILE:
            self._until(task, WITHOUT_FILE[state])
        else:
            file = self.hand_in(task, self._waiting(task))
            task.files = [{"path": str(file), "license_id": task.license_ids[0]}]
            self._until(task, WITH_FILE[state])
        self.settle()

    def _waiting(self, task: Task) -> Path:
        done = self.run(task)
        if done.get("failed"):
            raise RuntimeError(f"{task.about} does not wait for its file: {done}")
        return Path(done["migrations"][0]["uninstall_files"][0])

    def _until(self, task: Task, kill: Kill | None) -> None:
        if kill is not None and kill.request:
            kill = dataclasses.replace(kill, request=self.simulator.api.end_of(kill.request))
        process = self.start(task, kill)
        result = process.result()
        if process.killed != (kill is not None) or (kill is None and result.get("failed")):
            raise RuntimeError(f"the migration did not get to its state: {kill} {result}")

    def put_back_server(self, server: str) -> None:
        """Restore a server from the snapshot that was taken before any migration began."""
        number = self.notes.snapshots[server]
        self.simulator.call("POST", f"/nodes/{server}/snapshots/{number}/restore")

    def kept_files(self, about: str) -> list[Path]:
        """The uninstall and activation files that the journal keeps of a migration."""
        ident = self.notes.tasks[about].license_ids[0]
        folders = (self.folder / JOURNAL).glob(f"*.{ident}-*")
        files = [file for folder in folders for file in folder.rglob("[!.]*")]
        return sorted(file for file in files if file.suffix in (".uak", ".ak"))
