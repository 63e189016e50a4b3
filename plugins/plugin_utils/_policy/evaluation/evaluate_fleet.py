# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate hosts against a policy and return a ComplianceResult, for filter, test and action."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..base.errors import PolicyError
from ..policy.bind import bind_policy
from ..policy.model import BoundPolicy
from ..subjects.host_identity import Inventory, own_facts
from ..subjects.host_reading import HostInput, is_host_facts
from .assessor import Assessor
from .result import Result
from .run import Run
from .slices import INSIDE, Partial, assess, header_of, merge


def evaluate(
    subjects: Iterable[HostInput],
    run: Run,
    expected_hosts: Iterable[str] | None = None,
    outside: Iterable[HostInput] = (),
    inventory: Inventory | None = None,
    policy: BoundPolicy | None = None,
) -> dict[str, Any]:
    """Return the ComplianceResult of ``subjects``.

    Hosts of ``expected_hosts`` without facts are unknown (``absent``), never left out. ``outside`` are hosts
    that only count in pools, as do systems of the entitlements without facts. The result does not depend on
    the order of the hosts. Facts about another host of ``inventory`` are not used for the host that submitted
    them, nor are facts of two systems that were read from one machine; without ``inventory`` it consists of
    the submitted and expected hosts. ``policy`` is the policy of ``run`` if it is bound already. Raises
    PolicyError or InvalidDocument for input that cannot be evaluated.
    """
    given, others = _with_plain(subjects, run), _with_plain(outside, run)
    named = {each.host for each in given}
    expected = set(expected_hosts or ())
    inventory = inventory or Inventory(frozenset({*named, *expected, *(each.host for each in others)}))
    given += [HostInput(host) for host in sorted(expected - named)]
    given = own_facts(given, inventory)
    assessor = assessor_of(run, policy)
    partial = assess(given, assessor, header_of(assessor), own_facts(others, inventory), inventory=inventory)
    return Result(partial, assessor, run).to_dict()


def evaluate_slice(
    subjects: Iterable[HostInput],
    run: Run,
    expected_hosts: Iterable[str],
    outside: Iterable[HostInput] = (),
    inventory: Inventory | None = None,
) -> Partial:
    """Assess the hosts of one slice, to be merged with the other slices of the run.

    ``expected_hosts`` are all hosts of the run, not of the slice. All slices need the same ``run`` and
    ``inventory``; the default inventory consists of the hosts of the run.
    """
    expected = frozenset(expected_hosts)
    inventory = inventory or Inventory(expected)
    assessor = assessor_of(run)
    given = own_facts(_with_plain(subjects, run), inventory)
    others = own_facts(_with_plain(outside, run), inventory)
    return assess(given, assessor, header_of(assessor), others, expected, inventory)


def finalize(slices: Iterable[Partial], run: Run) -> dict[str, Any]:
    """Return the ComplianceResult of a run whose hosts were assessed in slices; these decide on evidence.

    An expected host that is in no slice is unknown (``slice_missing``), so a lost slice never passes.
    Raises PolicyError ``slices_differ`` for slices of different runs, ``slices_none`` if there are no slices.
    """
    found = list(slices)
    if not found:
        raise PolicyError("slices_none")
    assessor = assessor_of(replace(run, evidence=bool(found[0].header.get("evidence"))))
    merged = Partial(header_of(assessor))
    for each in found:
        merged = merge(merged, each)
    submitted = {host for _ident, _kind, host, _sheet, place in merged.claims if place == INSIDE}
    missing = [HostInput(host, reason="slice_missing") for host in sorted(merged.expected - submitted)]
    merged = merge(merged, assess(missing, assessor, merged.header))
    return Result(merged, assessor, run).to_dict()


def _with_plain(given: Iterable[HostInput], run: Run) -> list[HostInput]:
    """Return ``given``; facts that are not HostFacts have the site's own names if the policy takes any."""
    if not run.policy.is_plain:
        return list(given)
    return [
        each if each.facts is None or is_host_facts(each.facts) else replace(each, plain=True)
        for each in given
    ]


def assessor_of(run: Run, policy: BoundPolicy | None = None) -> Assessor:
    """Return the assessor of a run. ``policy`` is the policy of ``run`` if it is bound already."""
    policy = policy or bind_policy(run.policy, run.horizon, run.catalog)
    as_of = run.as_of.replace(microsecond=0)
    limit = run.age_limit(policy.max_age_hours)
    return Assessor(policy, as_of, evidence=run.evidence, absent=run.absent, coerce=run.coerce, limit=limit)
