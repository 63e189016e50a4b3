# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two controllers that start the same task at the same time, with the same locks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import processes
from matrix import sent_twice, site_of, slots
from operation import Operation, Site
from operations import OPERATIONS
from simulator import Simulator

# The one that waits, and the one that does not.
TIMEOUTS = (8.0, 0.0)


@dataclass
class Round:
    """The result of one round. ``waited`` and ``refused`` count runs that were not the first."""

    name: str
    waited: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)


def play(count: int, folder: Path) -> list[Round]:
    """Play so many rounds, over all operations by turns."""
    rounds: list[Round] = []
    operations = [operation for operation in (make() for make in OPERATIONS) if operation.locked]
    for number, operation in enumerate(operations):
        turns = range(number, count, len(operations))
        if not turns:
            continue
        with Simulator(folder / f"simulator-{number}", slots(operation, len(turns))) as simulator:
            for slot, turn in enumerate(turns):
                site = site_of(simulator, f"s{slot}", folder / f"round-{turn}")
                # The parity of a whole turn over all operations, so that every operation meets both.
                rounds.append(_round(operation, site, TIMEOUTS[(turn // len(operations)) % len(TIMEOUTS)]))
    return rounds


def _round(operation: Operation, site: Site, timeout: float) -> Round:
    said = Round(operation.name)
    operation.prepare(site)
    result: dict[str, Any] = {}
    for stage in range(operation.stages):
        if stage:
            operation.before(site, stage, result)
        site.simulator.call("DELETE", "/requests")
        name, args = operation.run(site, stage)
        args["lock_timeout"] = timeout
        pair = [processes.start(name, args, site.folder / f"controller-{one}") for one in range(2)]
        results = [process.result() for process in pair]
        good = [one for one in results if not one.get("failed")]
        bad = [one for one in results if one.get("failed")]
        said.refused += len(bad)
        said.waited += max(0, len(good) - 1)
        said.wrong += [
            f"failed with {one.get('msg')} {one.get('crash', '')}"
            for one in bad
            if one.get("failure", {}).get("code") != "lock_held"
        ]
        if sum(bool(one.get("changed")) for one in good) != 1:
            said.wrong.append(f"{[one.get('changed') for one in good]} changed in stage {stage + 1}")
        if not good:
            return said
        result = good[0]
        said.wrong += sent_twice(site, fault_after=False, strict=True)
    said.wrong += operation.wrong(site)
    said.wrong += [f"{item}: {found}" for item, found in operation.where(site).items() if len(found) != 1]
    return said
