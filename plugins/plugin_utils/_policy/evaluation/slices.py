# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assess slices of a fleet and merge them; the result equals that of one run over all hosts.

Merging is a union: the order, number and grouping of merges do not change the result. Rounding, packs,
verdicts of pools, blame, waivers and counts follow once, after all slices are merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ....module_utils._time import format_time
from ..base.errors import PolicyError
from ..subjects.host_reading import HostInput
from .assessor import Assessor, Sheet

INSIDE, OUTSIDE = "inside", "outside"
#: Id and kind of a subject, the host that submitted its facts, the key of the sheet, INSIDE or OUTSIDE.
Claim = tuple[str, str, str, str, str]


@dataclass
class Partial:
    """Assessed hosts of a slice. ``header`` must be equal in all slices of a run.

    ``expected`` are the hosts of the complete run; those that are in no slice are unknown in the result.
    """

    header: dict[str, Any]
    expected: frozenset[str] = frozenset()
    claims: set[Claim] = field(default_factory=set)
    sheets: dict[str, Sheet] = field(default_factory=dict)


def header_of(assessor: Assessor) -> dict[str, Any]:
    """Return the header that all slices of a run must have in common."""
    policy = assessor.policy
    header = {
        "as_of": format_time(assessor.as_of),
        "policy": policy.digest,
        "parameters": {name: each.value for name, each in sorted(policy.parameters.items())},
        "evidence": assessor.evidence,
    }
    return {**header, "catalog": policy.catalog_digest} if policy.catalog_digest else header


def assess(
    given: Iterable[HostInput],
    assessor: Assessor,
    header: Mapping[str, Any],
    outside: Iterable[HostInput] = (),
    expected: Iterable[str] = (),
) -> Partial:
    """Assess the hosts of one slice. ``outside`` are hosts that only count in pools."""
    partial = Partial(dict(header), frozenset(expected))
    for place, hosts in ((INSIDE, given), (OUTSIDE, outside)):
        for ident, kind, host, sheet in assessor.claims(hosts):
            partial.sheets[sheet.key] = sheet
            partial.claims.add((ident, kind, host, sheet.key, place))
    return partial


def merge(left: Partial, right: Partial) -> Partial:
    """Merge two slices. Raises PolicyError ``slices_differ`` if they are not of one run."""
    for name in sorted({*left.header, *right.header}):
        if left.header.get(name) != right.header.get(name):
            raise PolicyError(
                "slices_differ",
                what=name,
                left=str(left.header.get(name)),
                right=str(right.header.get(name)),
            )
    return Partial(
        dict(left.header),
        left.expected | right.expected,
        left.claims | right.claims,
        {**right.sheets, **left.sheets},
    )
