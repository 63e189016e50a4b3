# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report on a policy's own tests: failures, verdict coverage and mutation score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ..base.errors import InvalidDocument
from ..policy.bind import bind_policy, with_values
from ..policy.model import Entry, PolicySet
from .mutation import Mutant, mutants
from .policy_tests import (
    VERDICT,
    Runner,
    Test,
    coverage,
    own_checks,
    own_tests,
    run_policy_tests,
    wanted_coverage,
)

NOTICED, SURVIVED, REFUSED = "noticed", "survived", "refused"


def policy_report(policy: PolicySet, catalog: Catalog | None = None) -> dict[str, Any]:
    """Return the report on a policy's own tests. ``catalog`` has the products, by default the built-in ones.

    ``tests``: number of tests, and the failed ones. ``coverage.percent``: share of the required verdicts that
    tests cover. ``mutation.percent``: share of the mutants for which a test fails; mutants that the loader
    rejects are counted separately. Percentages are integers, rounded down, so 100 means all.
    """
    outcomes = run_policy_tests(policy, catalog)
    failed = [
        {
            "name": each.name,
            "place": each.place,
            "check": each.check,
            "aspect": "verdict" if each.aspect == VERDICT else "effect",
            "expected": each.expected,
            "actual": each.actual,
        }
        for each in outcomes
        if not each.passed
    ]
    return {
        "policy": {name: policy.documents[-1][name] for name in ("id", "version")},
        "tests": {
            "total": len(own_tests(policy)),
            "expectations": len(outcomes),
            "failed": failed,
        },
        "coverage": _coverage(policy),
        "mutation": _mutation(policy, catalog),
    }


def _coverage(policy: PolicySet) -> dict[str, Any]:
    shown = coverage(policy)
    missing = {}
    wanted_total = 0
    for check, (entry, keys) in own_checks(policy).items():
        wanted = wanted_coverage(entry, keys)
        wanted_total += len(wanted)
        missing_verdicts = sorted(wanted - shown.get(check, frozenset()))
        if missing_verdicts:
            missing[check] = missing_verdicts
    covered = wanted_total - sum(len(each) for each in missing.values())
    return {
        "checks": len(own_checks(policy)),
        "wanted": wanted_total,
        "shown": covered,
        "missing": missing,
        "percent": _percent(covered, wanted_total),
    }


def _mutation(policy: PolicySet, catalog: Catalog | None) -> dict[str, Any]:
    counts = {NOTICED: 0, SURVIVED: 0, REFUSED: 0}
    survivors = []
    for mutant, outcome in judged(policy, catalog):
        counts[outcome] += 1
        if outcome == SURVIVED:
            survivors.append({"check": mutant.check, "place": mutant.place, "what": mutant.what})
    total = counts[NOTICED] + counts[SURVIVED]
    return {
        "total": total,
        "noticed": counts[NOTICED],
        "refused": counts[REFUSED],
        "survived": survivors,
        "percent": _percent(counts[NOTICED], total),
    }


def _percent(part: int, whole: int) -> int:
    # A policy without checks or mutants has 0 %, because its tests prove nothing.
    return part * 100 // whole if whole else 0


def judged(policy: PolicySet, catalog: Catalog | None = None) -> Iterator[tuple[Mutant, str]]:
    """Yield every mutant of the policy's own checks, with its outcome: noticed, survived or refused."""
    runner = Runner(policy, catalog)
    tests = [(test, _passing_checks(policy, runner, test)) for test in own_tests(policy)]
    for check, (entry, keys) in own_checks(policy).items():
        # A test that already fails without the mutation cannot detect a mutant.
        relevant = [test for test, passing in tests if check in passing]
        for mutant in mutants(entry, keys):
            yield mutant, _run_mutant(policy, runner, mutant, relevant, catalog)


def _passing_checks(policy: PolicySet, runner: Runner, test: Test) -> set[str]:
    """Return the checks for which all expectations of the test are met."""
    outcomes = list(runner.outcomes(policy, test))
    return {each.check for each in outcomes} - {each.check for each in outcomes if not each.passed}


def _run_mutant(
    policy: PolicySet, runner: Runner, mutant: Mutant, tests: list[Test], catalog: Catalog | None
) -> str:
    if bind_policy(_with(policy, mutant, {}), catalog=catalog).problems:
        return REFUSED
    for test in tests:
        changed = _with(policy, mutant, test[2].get("parameters", {}))
        try:
            outcomes = list(runner.outcomes(changed, test, mutant.check))
        except InvalidDocument:
            return REFUSED
        if not all(outcome.passed for outcome in outcomes):
            return NOTICED
    return SURVIVED


def _with(policy: PolicySet, mutant: Mutant, parameters: Mapping[str, Any]) -> PolicySet:
    # Other checks do not affect the result of this one. A run without them is faster.
    values = {
        name: parameter.value
        for name, parameter in with_values(policy, parameters, "test").parameters.items()
    }
    check = mutant.check
    section = "rules" if check in policy.rules else "pools"
    entry: Entry = getattr(policy, section)[check]
    changed = Entry(mutant.raw(values), entry.origin, entry.sources)
    sections: dict[str, Any] = {"rules": {}, "pools": {}}
    sections[section] = {check: changed}
    return replace(policy, **sections)
