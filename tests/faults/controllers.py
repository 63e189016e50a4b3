# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two controllers that start the same task at the same moment, on the same locks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import processes
from matrix import place_of, sent_twice, slots
from scene import Place, Scene
from scenes import SCENES
from station import Station

# The one that waits, and the one that does not.
TIMEOUTS = (8.0, 0.0)


@dataclass
class Round:
    """What came of one round. ``waited`` and ``refused`` count runs that were not the first."""

    name: str
    waited: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)


def play(count: int, folder: Path) -> list[Round]:
    """Play so many rounds, over all scenes by turns."""
    rounds: list[Round] = []
    scenes = [scene for scene in (make() for make in SCENES) if scene.locked]
    for number, scene in enumerate(scenes):
        turns = range(number, count, len(scenes))
        if not turns:
            continue
        with Station(folder / f"station-{number}", slots(scene, len(turns))) as station:
            for slot, turn in enumerate(turns):
                place = place_of(station, f"s{slot}", folder / f"round-{turn}")
                # The parity of a whole turn over all scenes, so that every scene meets both.
                rounds.append(_round(scene, place, TIMEOUTS[(turn // len(scenes)) % len(TIMEOUTS)]))
    return rounds


def _round(scene: Scene, place: Place, timeout: float) -> Round:
    said = Round(scene.name)
    scene.prepare(place)
    result: dict[str, Any] = {}
    for stage in range(scene.stages):
        if stage:
            scene.before(place, stage, result)
        place.station.call("DELETE", "/requests")
        name, args = scene.run(place, stage)
        args["lock_timeout"] = timeout
        pair = [processes.start(name, args, place.folder / f"controller-{one}") for one in range(2)]
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
        said.wrong += sent_twice(place, fault_after=False, strict=True)
    said.wrong += scene.wrong(place)
    said.wrong += [f"{item}: {found}" for item, found in scene.where(place).items() if len(found) != 1]
    return said
