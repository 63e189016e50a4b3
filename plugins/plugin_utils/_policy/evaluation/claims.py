# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settle over all assessed hosts which facts count for which subject, and which systems are not judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..findings.sheet import Sheet
from ..fleet.coverage import REQUIRED, Coverage, coverage_of
from ..fleet.settlement import settle
from ..policy.model import Subject
from ..subjects.host_reading import HostInput
from ..subjects.sought import sought_system
from .assessor import Assessor
from .run import Run
from .slices import INSIDE, Claim, Partial, assess


@dataclass(frozen=True)
class SettledClaims:
    """The claims that count, sorted, with their sheets; the managers of pairs on standby; the coverage."""

    claims: tuple[Claim, ...]
    sheets: Mapping[str, Sheet]
    standby: Mapping[Subject, tuple[str, ...]]
    coverage: Coverage


def settle_claims(partial: Partial, assessor: Assessor, run: Run) -> SettledClaims:
    """Return the claims of a run.

    A host whose facts do not count has a sheet with their error. Systems of the entitlements without facts
    count in pools. If coverage is required, named systems that are not judged are subjects without facts.
    """
    settled = settle(partial.traces)
    sheets = dict(partial.sheets)
    claims = {trace.claim for trace in settled.traces}
    for trace, error in settled.errors.items():
        ((_ident, _kind, _host, sheet),) = assessor.claims([HostInput(trace.host, error=error)])
        sheets[sheet.key] = sheet
        claims.add((trace.id, trace.kind, trace.host, sheet.key, trace.place))
    judged = [trace for trace in (*settled.traces, *settled.errors) if trace.place == INSIDE]
    coverage = coverage_of(run.coverage, run.entitlements, judged)
    missing = sorted({each.name for each in coverage.not_judged}) if coverage.mode == REQUIRED else []
    systems = set() if run.entitlements is None else set(run.entitlements.systems)
    unread = systems - {claim[0] for claim in claims} - set(missing)
    found = assess(
        [HostInput(name, sought=sought_system(name)) for name in missing],
        assessor,
        partial.header,
        [HostInput(name) for name in sorted(unread)],
    )
    return SettledClaims(
        tuple(sorted(claims | found.claims)), {**sheets, **found.sheets}, settled.standby, coverage
    )
