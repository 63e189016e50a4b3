# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU sockets that VMS manages and its hosts do not have, or the reverse, as rows of a pool (R31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ....module_utils._facts import CONFLICT
from ....module_utils._interval import Interval
from ....module_utils._licensing.reading.contradictions import MANAGED
from ....module_utils._pointer import lookup
from ..facts.facts import Facts
from ..policy.model import Pool
from .pool_row import Key, PoolRow

_SOCKETS = "cpu_sockets"


def with_other_sockets(pool: Pool, facts: Facts, rows: Sequence[PoolRow]) -> list[PoolRow]:
    """Return the rows of a pool that sums the sockets of hosts, with the range that a contradiction leaves.

    If VMS manages more sockets than its hosts have, a further row may have the others. If it manages fewer,
    the hosts of a group may have that many fewer.
    """
    low, high = facts.bounds.get(MANAGED, (None, None))
    by_sockets = pool.rows == "/hosts" and pool.aggregate == "sum" and list(pool.term.facts()) == [_SOCKETS]
    if not by_sockets or facts.unknown.get(MANAGED) != CONFLICT or high is None or not rows:
        return list(rows)
    managed = lookup(facts.tree, MANAGED)
    counted = (low or 0) if managed == high else high
    gap = (MANAGED, CONFLICT)
    if counted < high:
        keys = {row.key for row in rows}
        own: Key = tuple(values[0] if len(set(values)) == 1 else None for values in zip(*keys, strict=True))
        return [*rows, PoolRow(None, own, Interval(0, high - counted), (gap,), MANAGED, maybe=True)]
    left = dict.fromkeys((row.key for row in rows), counted - (low or 0))
    found = []
    for row in rows:
        fewer = min(left[row.key], row.demand.low)
        left[row.key] -= fewer
        demand = row.demand._replace(low=row.demand.low - fewer)
        found.append(replace(row, demand=demand, gaps=(*row.gaps, gap)) if fewer else row)
    return found
