# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""One row of a pool."""

from __future__ import annotations

from dataclasses import dataclass

from ....module_utils._interval import Interval
from ..policy.pool_terms import Gap

#: Placeholder for the subject's id in keys, because a fact set does not depend on its subject.
SELF = ""
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class PoolRow:
    """One row of a pool.

    ``identity`` excludes the subject's id. It is None if a part of it is unknown; ``place`` then identifies
    the row. ``whole`` marks a placeholder for rows that were not read. With ``maybe``, the row may not count.
    """

    identity: tuple[str, ...] | None
    key: Key
    demand: Interval
    gaps: tuple[Gap, ...] = ()
    place: str = ""
    added_at: str = ""
    whole: bool = False
    maybe: bool = False
