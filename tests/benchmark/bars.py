# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits of the benchmark and whether figures meet them. Nothing fails: a missed limit is printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contenders import ASSERT, FLOOR, GATE, VALIDATE
from measure import Sample

NEWEST = (9, 99)


@dataclass(frozen=True)
class Bar:
    """A limit of the ratio (``over`` - ``less``) / (``under`` - ``less``) of CPU times of a fleet.

    ``cores`` are the oldest and the newest ansible-core that the limit is for.
    """

    name: str
    what: str
    over: str
    under: str
    limit: float
    size: int = 1000
    less: str = ""
    at_least: bool = False
    cores: tuple[tuple[int, int], tuple[int, int]] = ((2, 17), NEWEST)

    def figure(self, times: Mapping[str, Sample]) -> float | None:
        """Return the ratio; None if a part of it was not measured, or if it has no meaning."""
        if not {self.over, self.under, *filter(None, [self.less])} <= set(times):
            return None
        less = times[self.less].cpu if self.less else 0.0
        under = times[self.under].cpu - less
        return (times[self.over].cpu - less) / under if under > 0 else None


@dataclass(frozen=True)
class Judgment:
    """A figure beside its limit."""

    name: str
    what: str
    limit: str
    figure: str
    is_met: bool


BARS = (
    Bar("B1", "playbook ÷ action", "playbook", GATE, 1.35),
    Bar("B1", "playbook ÷ assert", "playbook", ASSERT, 0.16),
    Bar("B1", "role, stop: play ÷ action", "role_play", GATE, 1.5),
    Bar("B1", "role, stop: play ÷ assert", "role_play", ASSERT, 0.18),
    Bar("B1", "role, stop: host ÷ action", "role_host", GATE, 2.5),
    Bar("B1, repeated facts", "playbook ÷ action", "playbook_repeated", "gate_repeated", 1.35),
    Bar("B1, repeated facts", "playbook ÷ assert", "playbook_repeated", ASSERT, 0.16),
    Bar("B1, repeated facts", "role, stop: play ÷ action", "role_repeated", "gate_repeated", 1.5),
    Bar("B1, repeated facts", "role, stop: play ÷ assert", "role_repeated", ASSERT, 0.18),
    Bar("B1b", "action ÷ debug", GATE, FLOOR, 1.35),
    Bar("B1b", "action ÷ debug", GATE, FLOOR, 1.25, size=5000),
    Bar("B1b", "action ÷ debug", GATE, FLOOR, 2.0, cores=((2, 16), (2, 16))),
    Bar("B1b", "(assert - debug) ÷ (action - debug)", ASSERT, GATE, 38, less=FLOOR, at_least=True),
    Bar("B1b, repeated facts", "action ÷ debug", "gate_repeated", FLOOR, 1.35),
    Bar("B1b, repeated facts", "action ÷ debug", "gate_repeated", FLOOR, 1.25, size=5000),
    Bar("B1b, repeated facts", "action ÷ debug", "gate_repeated", FLOOR, 2.0, cores=((2, 16), (2, 16))),
    Bar(
        "B1b, repeated facts",
        "(assert - debug) ÷ (action - debug)",
        ASSERT,
        "gate_repeated",
        38,
        less=FLOOR,
        at_least=True,
    ),
    Bar("B7", "host_compliance, JSON Schema ÷ assert", "host_schema", ASSERT, 1.25),
    Bar("B7", "host_compliance, JSON Schema ÷ validate", "host_schema", VALIDATE, 0.4),
    Bar("B7, repeated facts", "host_compliance, vendor ÷ assert", "host_vendor_repeated", ASSERT, 1.5),
    Bar("B7", "host_compliance, vendor ÷ assert", "host_vendor", ASSERT, 2.3),
)
#: Wall seconds of the demo.
DEMO_LIMIT = 35


def judge(core: tuple[int, int], times: Mapping[int, Mapping[str, Sample]]) -> Iterator[Judgment]:
    """Yield each limit of an ansible-core that was measured, by the medians of each size of fleets."""
    for goal in BARS:
        oldest, newest = goal.cores
        figure = goal.figure(times.get(goal.size, {})) if oldest <= core <= newest else None
        if figure is not None:
            relation = "≥" if goal.at_least else "≤"
            yield Judgment(
                goal.name,
                f"{goal.what}, {goal.size:,} hosts",
                f"{relation} {goal.limit:g}",
                f"{figure:.2f}",
                figure >= goal.limit if goal.at_least else figure <= goal.limit,
            )


def judge_demo(sample: Sample) -> Judgment:
    """Return the limit of the demo, which is of wall time."""
    return Judgment(
        "B8",
        "make demo, wall time",
        f"≤ {DEMO_LIMIT} s",
        f"{sample.wall:.0f} s",
        sample.wall <= DEMO_LIMIT,
    )
