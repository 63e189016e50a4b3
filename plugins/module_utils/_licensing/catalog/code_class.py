# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixed and flexible licenses (R24–R26; decisions 19 and 20)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

# Placements that are tried before the question is given up as open.
_MOST_STEPS = 20000


class CodeClass(enum.Enum):
    """R24: what the first four digits of a license code say."""

    FIXED = "fixed"
    FLEXIBLE = "flexible"
    UNKNOWN = "unknown"


def code_class(code: Optional[str]) -> CodeClass:
    """3130 is fixed, 3132 flexible; anything else, or no code, is neither (R24)."""
    prefix = (code or "")[:4]
    if prefix == "3130":
        return CodeClass.FIXED
    return CodeClass.FLEXIBLE if prefix == "3132" else CodeClass.UNKNOWN


def unheld(code: Optional[str], quantity: int, held: int) -> int:
    """How much of a license is left to be drawn: a fixed one goes whole or not at all (R25)."""
    if held > 0 and code_class(code) is CodeClass.FIXED:
        return 0
    return max(0, quantity - held)


@dataclass(frozen=True)
class GrantSplit:
    """What was bought against what was allocated (R26, decision 20)."""

    code_class: CodeClass
    allocated: int
    unallocated: int
    overdrawn: int
    allocations: int
    systems: int

    @property
    def splits_ok(self) -> Optional[bool]:
        """R25: a fixed grant goes whole to one place. A part of it is a split, and so are two allocations.

        With a code that is neither fixed nor flexible several allocations are unknown (decision 20).
        """
        if self.allocations == 0 or self.code_class is CodeClass.FLEXIBLE:
            return True
        if self.code_class is CodeClass.FIXED:
            return self.allocations == 1 and self.unallocated == 0
        return True if self.allocations == 1 else None


def grant_split(
    code: Optional[str], purchased: int, quantities: Sequence[int], systems: Sequence[Optional[str]] = ()
) -> GrantSplit:
    """Sum the allocations of one grant. ``systems`` names where each goes; None is a node of its own."""
    allocated = sum(quantities)
    named = {system for system in systems if system is not None}
    return GrantSplit(
        code_class=code_class(code),
        allocated=allocated,
        unallocated=max(0, purchased - allocated),
        overdrawn=max(0, allocated - purchased),
        allocations=len(quantities),
        systems=len(named) + sum(1 for system in systems if system is None),
    )


@dataclass(frozen=True)
class FixedLicense:
    """A fixed license to be placed: it goes whole to one client (R25)."""

    id: str
    product: str
    arch: str
    quantity: int


# A client's quota by (product, arch); None: it has no quotas and takes anything.
Quotas = Mapping[str, Optional[Mapping[Tuple[str, str], int]]]


def fixed_unfit(licenses: Sequence[FixedLicense], quotas: Quotas) -> Optional[Tuple[str, ...]]:
    """Return ids of fixed licenses that no placement leaves whole; empty if one exists (R25, decision 19).

    A single client takes everything. None if several clients share the server without any quotas, or if the
    search is too long to settle it.
    """
    if len(quotas) <= 1 or not licenses:
        return ()
    rows = [quota for quota in quotas.values() if quota is not None]
    if not rows:
        return None
    if len(rows) < len(quotas):
        return ()  # one of them is unbounded
    unfit: List[str] = []
    for key in sorted({(item.product, item.arch) for item in licenses}):
        sizes = sorted(
            (item for item in licenses if (item.product, item.arch) == key),
            key=lambda item: (-item.quantity, item.id),
        )
        verdict = _unplaced(sizes, sorted((quota.get(key, 0) for quota in rows), reverse=True))
        if verdict is None:
            return None
        unfit.extend(verdict)
    return tuple(unfit)


def _unplaced(items: Sequence[FixedLicense], room: Sequence[int]) -> Optional[List[str]]:
    """Ids of the largest items that have to go before the rest fits; None if the search is too long."""
    alone = [item.id for item in items if item.quantity > max(room, default=0)]
    left = [item for item in items if item.id not in alone]
    for start in range(len(left) + 1):
        steps = _Steps()
        fits = _place([item.quantity for item in left[start:]], list(room), steps)
        if steps.exhausted:
            return None
        if fits:
            return alone + [item.id for item in left[:start]]
    return alone


class _Steps:
    def __init__(self) -> None:
        self.taken = 0

    @property
    def exhausted(self) -> bool:
        return self.taken > _MOST_STEPS


def _place(sizes: List[int], room: List[int], steps: _Steps) -> bool:
    """Largest first into each bin that differs, with a budget of steps."""
    steps.taken += 1
    if steps.exhausted:
        return False
    if not sizes:
        return True
    if sum(sizes) > sum(room):
        return False
    tried: Dict[int, bool] = {}
    for index, space in enumerate(room):
        if space >= sizes[0] and space not in tried:
            tried[space] = True
            room[index] -= sizes[0]
            if _place(sizes[1:], room, steps):
                return True
            room[index] += sizes[0]
    return False
