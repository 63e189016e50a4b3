# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator of a migration: follows the instructions of the last message, and nothing else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from ledger import GONE
from simulator import Refused, Simulator
from testbed import Task

Result = dict[str, Any]


class Desk(Protocol):
    """What an operator works with."""

    simulator: Simulator
    folder: Path
    destinations: tuple[str, ...]

    def hand_in(self, task: Task, uninstall_file: Path) -> Path:
        """What a person does on the platform. Raises simulator.Refused."""

    def issued(self, task: Task) -> Path | None:
        """The file that the platform issued for the license of a task, if it did."""

    def uninstall_file(self, task: Task) -> Path | None:
        """The uninstall file that the journal keeps for a task, if there is one."""

    def license(self, server: str, **options: Any) -> Result:
        """A run of ``license`` that nothing disturbs."""

    def port_of(self, name: str) -> int:
        """The console's port of a server."""


class Puzzled(Exception):
    """The words do not say what to do, or not about what."""


def codes_of(result: Result) -> list[str]:
    """The code of a failure, and those of what lies behind it."""
    failure = result.get("failure") or {}
    causes = failure.get("causes") or ()
    found = [failure.get("code"), *(cause.get("code") for cause in causes)]
    return [code for code in found if code]


class Operator:
    """Acts on one result at a time; ``backup`` is a copy of the folder from before the incident happened."""

    def __init__(self, desk: Desk, backup: Path) -> None:
        self._desk = desk
        self._backup = backup
        self._acts: dict[str, Callable[[Task, Result], None]] = {
            "migration_live_on_both": self._uninstall_surplus,
            "migration_source_live": self._uninstall_surplus,
            "activation_file_ambiguous": self._name_the_license,
            "activation_file_without_part": self._give_the_right_file,
            "activation_file_claimed": self._give_the_right_file,
            "activation_file_early": self._give_the_right_file,
            "activation_file_present": self._give_the_right_file,
            "activation_file_not_sent": self._name_the_license,
            "activation_file_older": self._give_the_right_file,
            "activation_file_other_device": self._give_the_right_file,
            "activation_file_not_taken": self._give_the_right_file,
            "server_refused": self._give_the_right_file,
            "migration_yield_differs": self._give_the_right_file,
            "journal_file_changed": self._put_files_back,
            "migration_files_damaged": self._put_files_back,
            "migration_other_destination": self._name_the_destination,
        }

    def act(self, task: Task, result: Result) -> None:
        """Do what a result says. Raises Puzzled."""
        if result.get("failed"):
            known = [code for code in codes_of(result) if code in self._acts]
            if known:
                self._acts[known[0]](task, result)
            elif "migration_interrupted" not in codes_of(result):
                raise Puzzled(f"{codes_of(result)}: {result.get('msg')} {result.get('crash', '')}")
        elif result["state"] != "verified" and result.get("now"):
            self._hand_in(task, result)

    def _hand_in(self, task: Task, result: Result) -> None:
        for migration in result["migrations"]:
            for file in migration["uninstall_files"]:
                try:
                    issued = self._desk.hand_in(task, Path(file))
                except Refused as refusal:
                    # It was submitted before: use the file that the platform issued then.
                    known = self._desk.issued(task)
                    if known is None or "uninstall_file_used" not in str(refusal):
                        raise Puzzled(f"the platform does not take {file}: {refusal}") from refusal
                    issued = known
                self._give(task, issued)

    def _give(self, task: Task, file: Path) -> None:
        task.files = [{"path": str(file), "license_id": task.license_ids[0]}]

    def _give_the_right_file(self, task: Task, _result: Result) -> None:
        """Return the file that was issued for the license, or have it issued."""
        file, kept = self._desk.issued(task), self._desk.uninstall_file(task)
        task.files = []
        if file is None and kept is not None:
            file = self._desk.hand_in(task, kept)
        if file is not None:
            self._give(task, file)

    def _name_the_license(self, task: Task, result: Result) -> None:
        self._give_the_right_file(task, result)

    def _uninstall_surplus(self, task: Task, result: Result) -> None:
        """The copy on the source, as the words name it."""
        rows = self._desk.simulator.state(task.source)["licenses"]
        named = [row["id"] for row in rows if row["status"] != GONE and row["id"] in result["msg"]]
        if not named:
            raise Puzzled(f"no license of {task.source} is named: {result['msg']}")
        kept = str(self._desk.folder / "surplus")
        done = self._desk.license(task.source, state="absent", license_ids=named, artifacts_dir=kept)
        if done.get("failed"):
            raise Puzzled(f"{named} cannot be uninstalled on {task.source}: {done['msg']}")

    def _put_files_back(self, _task: Task, result: Result) -> None:
        """Each file whose path the words name, out of the backup of the journal."""
        named = re.findall(re.escape(str(self._desk.folder)) + r"[^\s,;()]*", result["msg"])
        if not named:
            raise Puzzled(f"no file is named: {result['msg']}")
        for path in named:
            copy = self._backup / Path(path).relative_to(self._desk.folder)
            if copy.is_file():
                shutil.copyfile(copy, path)

    def _name_the_destination(self, task: Task, result: Result) -> None:
        """The one that the words say the migration is on its way to."""
        for name in self._desk.destinations:
            if name != task.destination and str(self._desk.port_of(name)) in result["msg"]:
                task.destination = name
                return
        raise Puzzled(f"no other destination is named: {result['msg']}")
