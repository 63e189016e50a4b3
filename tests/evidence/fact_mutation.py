# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A changed fact never gives a better decision than the same fact listed as unknown.

What is compared follows from what the changed fact says (`legible.Says`):

- unreadable, removed, under a misspelt key: the decision is at most the one with the fact unknown;
- another spelling of the true value: at most the better one of the true facts and of the fact unknown;
- the id of another row: the two rows may be one. The decision is at most undetermined, or the one with the id
  unknown;
- another value: it is a statement of its own. A system that certainly does not comply while the fact is
  unknown does not comply with any value of it, so it is not compliant with this one.

No mutation is left out. The figures count each of the four.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from check_policies import PLAIN, SITE
from legible import Says, says
from mutations import Mutation, chosen, mutations
from systems import AS_OF, Facts, systems

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.bind import bind_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

#: From the worst to the best.
ORDER = ("error", "non_compliant", "undetermined", "compliant", "not_applicable")
POLICIES: dict[str, Any] = {"vendor": "vendor", "site": SITE, "plain schema": PLAIN}


@dataclass
class Figures:
    """Mutations by what they say, the greens and the crashes, each with its smallest description."""

    judged: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    greens: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        self.judged += other.judged
        self.kinds.update(other.kinds)
        self.greens += other.greens
        self.crashes += other.crashes


class Judge:
    """One policy, prepared once; judges one system at a time."""

    def __init__(self, policy: Any) -> None:
        self._run = Run(load_policy(policy), AS_OF, evidence=False)
        self._bound = bind_policy(self._run.policy, self._run.horizon, self._run.catalog)
        self.interprets = not self._run.policy.is_plain

    def decision(self, facts: Mapping[str, Any]) -> str:
        given = [HostInput("hangzhou", facts)]
        return str(evaluate_fleet.evaluate(given, self._run, policy=self._bound)["decision"])


def with_unknown(base: Facts, pointer: str) -> Facts:
    return {**base, "unknown": {**base.get("unknown", {}), pointer: {"reason": "absent"}}}


def is_green(says_: Says, found: str, true: str, unknown: str) -> bool:
    """Return whether ``found`` is better than the property allows."""
    rank, best = ORDER.index(found), ORDER.index(unknown)
    if says_ is Says.SAME:
        return rank > max(best, ORDER.index(true))
    if says_ is Says.AGAIN:
        return rank > max(best, ORDER.index("undetermined"))
    if says_ is Says.OTHER:
        return unknown in ORDER[:2] and rank > ORDER.index("undetermined")
    return rank > best


def judge_system(name: str, base: Facts, policy: str, judge: Judge, count: int, seed: int) -> Figures:
    """Judge ``count`` mutations of a system with one policy."""
    figures = Figures()
    true = judge.decision(base)
    best: dict[str, str] = {}
    for each in chosen(list(mutations(base)), count, seed):
        if each.pointer not in best:
            best[each.pointer] = judge.decision(with_unknown(base, each.pointer))
        meaning = _meaning(base, each, judge.interprets)
        figures.judged += 1
        figures.kinds[meaning.value] += 1
        where = f"{policy}, {name}: {each}"
        try:
            found = judge.decision(each.facts)
        except Exception as error:  # noqa: BLE001 - any exception of the engine is what this looks for
            figures.crashes.append(f"{where}: {type(error).__name__}: {error}")
            continue
        if is_green(meaning, found, true, best[each.pointer]):
            figures.greens.append(f"{where}: {found}, unknown: {best[each.pointer]}, true: {true}")
    return figures


def _meaning(base: Facts, mutation: Mutation, interprets: bool) -> Says:
    if mutation.kind in ("removed", "misspelt key"):
        return Says.NOTHING
    return says(base, mutation.path, mutation.value, interprets)


def judge_all(count: int, seed: int, share: int = 0, shares: int = 1) -> Figures:
    """Judge about ``count`` mutations of all systems with all policies; ``share`` of ``shares`` of them."""
    figures = Figures()
    cases = [(policy, name) for name in systems() for policy in POLICIES]
    for policy, document in POLICIES.items():
        judge = Judge(document)
        for name, base in systems().items():
            place = cases.index((policy, name))
            if place % shares == share:
                figures.add(judge_system(name, base, policy, judge, -(-count // len(cases)), seed + place))
    return figures
