# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate hosts against a policy and return a ComplianceResult, for filter, test and action."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ..base.errors import PolicyError
from ..findings.decision import DECISIONS, FAIL_ON
from ..findings.waivers import WaiverSet
from ..policy.bind import bind_policy
from ..policy.model import PolicySet
from ..subjects.entitlements import Entitlements
from ..subjects.host_identity import Inventory, own_facts
from ..subjects.host_reading import HostInput
from .assessor import Assessor
from .result import Result, Servers
from .slices import Partial, assess, header_of, merge

__all__ = ["DECISIONS", "FAIL_ON", "check_fail_on", "evaluate", "evaluate_slice", "finalize"]


def evaluate(
    subjects: Iterable[HostInput],
    policy: PolicySet,
    as_of: datetime,
    horizon: int | None = None,
    expected_hosts: Iterable[str] | None = None,
    fail_on: Sequence[str] = FAIL_ON,
    waivers: WaiverSet | None = None,
    entitlements: Entitlements | None = None,
    outside: Iterable[HostInput] = (),
    evidence: bool = True,
    servers: Servers | None = None,
    catalog: Catalog | None = None,
    inventory: Inventory | None = None,
) -> dict[str, Any]:
    """Return the ComplianceResult of ``subjects`` under ``policy`` at ``as_of`` (aware, UTC).

    ``horizon`` is in days. Hosts of ``expected_hosts`` without facts are unknown (``absent``), never left
    out. ``waivers`` accept findings for a limited time. The grants of ``entitlements`` and the License
    Servers (``servers``, of read_servers) are evaluated as well.
    ``outside`` are hosts that only count in pools, as do systems of the entitlements without facts.
    ``evidence`` adds the facts that passed checks depend on, and the balance of every pool. Products are
    those of ``catalog``, the site's catalog (R2), else of the built-in catalog. The result does not depend on
    the order of the hosts. Facts about another host of ``inventory`` are not used for the host that submitted
    them; without ``inventory`` it consists of the submitted and expected hosts. Raises PolicyError or
    InvalidDocument for input that cannot be evaluated.
    """
    check_fail_on(fail_on)
    given = list(subjects)
    others = list(outside)
    named = {each.host for each in given}
    expected = set(expected_hosts or ())
    inventory = inventory or Inventory(frozenset({*named, *expected, *(each.host for each in others)}))
    given = own_facts(given, inventory)
    given += [HostInput(host) for host in sorted(expected - named)]
    assessor = _assessor(policy, as_of, horizon, evidence, catalog)
    header = header_of(assessor.policy, assessor.as_of, evidence=evidence)
    partial = assess(given, assessor, header, own_facts(others, inventory))
    return Result(partial, assessor, entitlements, waivers, servers).to_dict(fail_on)


def evaluate_slice(
    subjects: Iterable[HostInput],
    policy: PolicySet,
    as_of: datetime,
    expected_hosts: Iterable[str],
    horizon: int | None = None,
    outside: Iterable[HostInput] = (),
    evidence: bool = True,
    catalog: Catalog | None = None,
    inventory: Inventory | None = None,
) -> Partial:
    """Assess the hosts of one slice, to be merged with the other slices of the run.

    ``expected_hosts`` are all hosts of the run, not of the slice. All slices need the same ``catalog`` and
    ``inventory``; the default inventory consists of the hosts of the run.
    """
    expected = frozenset(expected_hosts)
    inventory = inventory or Inventory(expected)
    assessor = _assessor(policy, as_of, horizon, evidence, catalog)
    header = header_of(assessor.policy, assessor.as_of, evidence=evidence)
    return assess(own_facts(subjects, inventory), assessor, header, own_facts(outside, inventory), expected)


def finalize(
    slices: Iterable[Partial],
    policy: PolicySet,
    as_of: datetime,
    horizon: int | None = None,
    fail_on: Sequence[str] = FAIL_ON,
    waivers: WaiverSet | None = None,
    entitlements: Entitlements | None = None,
    servers: Servers | None = None,
    catalog: Catalog | None = None,
) -> dict[str, Any]:
    """Return the ComplianceResult of a run whose hosts were assessed in slices.

    An expected host that is in no slice is unknown (``slice_missing``), so a lost slice never passes.
    Raises PolicyError ``slices_differ`` for slices of different runs, ``slices_none`` if there are no slices.
    """
    check_fail_on(fail_on)
    found = list(slices)
    if not found:
        raise PolicyError("slices_none")
    evidence = bool(found[0].header.get("evidence"))
    assessor = _assessor(policy, as_of, horizon, evidence, catalog)
    merged = Partial(header_of(assessor.policy, assessor.as_of, evidence=evidence))
    for each in found:
        merged = merge(merged, each)
    submitted = {host for _ident, _kind, host, _sheet, place in merged.claims if place == "inside"}
    missing = [HostInput(host, reason="slice_missing") for host in sorted(merged.expected - submitted)]
    merged = merge(merged, assess(missing, assessor, merged.header))
    return Result(merged, assessor, entitlements, waivers, servers).to_dict(fail_on)


def _assessor(
    policy: PolicySet, as_of: datetime, horizon: int | None, evidence: bool, catalog: Catalog | None
) -> Assessor:
    return Assessor(bind_policy(policy, horizon, catalog), as_of.replace(microsecond=0), evidence=evidence)


def check_fail_on(fail_on: Sequence[str]) -> None:
    """Raise PolicyError ``fail_on_invalid`` unless ``fail_on`` is FAIL_ON; ``undetermined`` is optional."""
    wanted = set(fail_on)
    if not {"error", "non_compliant"} <= wanted <= set(FAIL_ON):
        raise PolicyError("fail_on_invalid", value=sorted(str(item) for item in fail_on))
