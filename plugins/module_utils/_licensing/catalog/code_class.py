# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixed and flexible license codes (R24–R26): class, splits of a grant, placement on a shared server."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

# Maximum number of placements to try before the result is unknown.
_MAX_STEPS = 20000


class CodeClass(enum.Enum):
    """Class of a license code by its first four digits (R24)."""

    FIXED = "fixed"
    FLEXIBLE = "flexible"
    UNKNOWN = "unknown"


def code_class(code: Optional[str]) -> CodeClass:
    """Return FIXED for 3130, FLEXIBLE for 3132, else UNKNOWN; also for a missing code (R24)."""
    prefix = (code or "")[:4]
    if prefix == "3130":
        return CodeClass.FIXED
    return CodeClass.FLEXIBLE if prefix == "3132" else CodeClass.UNKNOWN


def unheld(code: Optional[str], quantity: int, held: int) -> int:
    """Return the unassigned quantity of a license; 0 if a fixed one is partly assigned (R25)."""
    if held > 0 and code_class(code) is CodeClass.FIXED:
        return 0
    return max(0, quantity - held)


@dataclass(frozen=True)
class GrantSplit:
    """Purchased quantity of a grant compared with its allocations (R26)."""

    code_class: CodeClass
    allocated: int
    unallocated: int
    overdrawn: int
    allocations: int
    systems: int

    @property
    def splits_ok(self) -> Optional[bool]:
        """True if the allocations comply with R25, None if unknown.

        A fixed grant must be allocated completely and to one system; a partial allocation or several
        allocations are a split. If the code class is UNKNOWN, several allocations give None.
        """
        if self.allocations == 0 or self.code_class is CodeClass.FLEXIBLE:
            return True
        if self.code_class is CodeClass.FIXED:
            return self.allocations == 1 and self.unallocated == 0
        return True if self.allocations == 1 else None


def grant_split(
    code: Optional[str], purchased: int, quantities: Sequence[int], systems: Sequence[Optional[str]] = ()
) -> GrantSplit:
    """Return the totals of one grant.

    ``systems`` names the system of each allocation; every None counts as a separate node.
    """
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
    """A fixed license to place: its complete quantity goes to one client (R25)."""

    id: str
    product: str
    arch: str
    quantity: int


# Quotas of each client by (product, arch); None: the client has no quotas and no limit.
Quotas = Mapping[str, Optional[Mapping[Tuple[str, str], int]]]


def fixed_unfit(licenses: Sequence[FixedLicense], quotas: Quotas) -> Optional[Tuple[str, ...]]:
    """Return ids of fixed licenses that cannot be placed unsplit within the quotas; empty if all can (R25).

    A single client can take every license. Return None (unknown) if several clients share the server and none
    has quotas, or if the search exceeds its limit.
    """
    if len(quotas) <= 1 or not licenses:
        return ()
    rows = [quota for quota in quotas.values() if quota is not None]
    if not rows:
        return None
    if len(rows) < len(quotas):
        return ()  # a client without quotas can take every license
    unfit: List[str] = []
    for key in sorted({(item.product, item.arch) for item in licenses}):
        sizes = sorted(
            (item for item in licenses if (item.product, item.arch) == key),
            key=lambda item: (-item.quantity, item.id),
        )
        unplaceable = _unplaceable(sizes, sorted((quota.get(key, 0) for quota in rows), reverse=True))
        if unplaceable is None:
            return None
        unfit.extend(unplaceable)
    return tuple(unfit)


def _unplaceable(items: Sequence[FixedLicense], capacities: Sequence[int]) -> Optional[List[str]]:
    """Return the ids of the largest items to leave out so that the rest fits; None beyond the step limit."""
    too_large = [item.id for item in items if item.quantity > max(capacities, default=0)]
    remaining = [item for item in items if item.id not in too_large]
    for start in range(len(remaining) + 1):
        steps = _Steps()
        fits = _place([item.quantity for item in remaining[start:]], list(capacities), steps)
        if steps.exhausted:
            return None
        if fits:
            return too_large + [item.id for item in remaining[:start]]
    return too_large


class _Steps:
    def __init__(self) -> None:
        self.taken = 0

    @property
    def exhausted(self) -> bool:
        return self.taken > _MAX_STEPS


def _place(sizes: List[int], capacities: List[int], steps: _Steps) -> bool:
    """Place the largest size into each distinct capacity and recurse, within a limit on the steps."""
    steps.taken += 1
    if steps.exhausted:
        return False
    if not sizes:
        return True
    if sum(sizes) > sum(capacities):
        return False
    tried: Dict[int, bool] = {}
    for index, capacity in enumerate(capacities):
        if capacity >= sizes[0] and capacity not in tried:
            tried[capacity] = True
            capacities[index] -= sizes[0]
            if _place(sizes[1:], capacities, steps):
                return True
            capacities[index] += sizes[0]
    return False
