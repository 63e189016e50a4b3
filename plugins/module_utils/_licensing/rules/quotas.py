# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the quotas of clients with their assigned shares and with the license supply.

Rules R25 and R26.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Iterable, Mapping, Optional, Sequence, Tuple, TypeVar

from ..catalog.code_class import CodeClass, code_class, unheld
from ..values.model import Arch

K = TypeVar("K")
# Product and architecture of a quota.
Line = Tuple[str, str]
Amounts = Mapping[Line, int]


def line_of(product: Optional[str], arch: Optional[str]) -> Line:
    """Return the key of a quota; an ``arch`` of None and of ``any`` is the empty string."""
    return product or "", "" if arch in (None, Arch.ANY.value) else str(arch)


def amounts(rows: Iterable[Tuple[K, int]]) -> Dict[K, int]:
    """Return the sum of the quantities by key."""
    found: Dict[K, int] = {}
    for key, quantity in rows:
        found[key] = found.get(key, 0) + quantity
    return found


@dataclass(frozen=True)
class Stock:
    """One valid license; ``held`` is the assigned quantity by client name."""

    line: Line
    quantity: int
    code: Optional[str] = None
    held: Mapping[str, int] = field(default_factory=dict)

    @property
    def free(self) -> int:
        return unheld(self.code, self.quantity, sum(self.held.values()))

    def fits(self, missing: int) -> int:
        """Return the quantity for a client that still needs ``missing``; fixed ones are not split (R25)."""
        fixed = code_class(self.code) is CodeClass.FIXED
        return 0 if fixed and self.free > missing else self.free


def is_share_unmet(name: str, quotas: Mapping[str, Amounts], held: Amounts, stocks: Sequence[Stock]) -> bool:
    """Return True if the next fetch of the client ``name`` would change its share because of its quota.

    ``quotas`` are those of all clients of the server, empty for a client without quotas; ``held`` is the
    current share of ``name``. The share changes if it exceeds the quota, or if it is below the quota and the
    server has an unassigned quantity that no other quota claims. Without a quota, only the single client of
    a server has a claim, which is to the complete supply.
    """
    bounds = quotas[name]
    if not bounds:
        return len(quotas) == 1 and any(stock.free for stock in stocks)
    if any(amount > bounds.get(line, 0) for line, amount in held.items()):
        return True
    others = {other: quota for other, quota in quotas.items() if other != name}
    return any(
        _is_available(line, bound - held.get(line, 0), others, stocks) for line, bound in bounds.items()
    )


def _is_available(line: Line, missing: int, others: Mapping[str, Amounts], stocks: Sequence[Stock]) -> bool:
    if missing <= 0:
        return False
    own = [stock for stock in stocks if stock.line == line]
    waiting = sum(
        max(0, quota.get(line, 0) - sum(stock.held.get(other, 0) for stock in own))
        for other, quota in others.items()
    )
    return sum(stock.fits(missing) for stock in own) > waiting


@dataclass(frozen=True)
class Beyond:
    """A line where the quota of one client and those of the ``others`` exceed the ``supply``."""

    line: Line
    promised: int
    others: int
    supply: int


def beyond_supply(
    promised: Amounts, others: Sequence[Amounts], supply: Iterable[Tuple[Line, Optional[int]]]
) -> Tuple[Beyond, ...]:
    """Return each line where the sum of all quotas exceeds the supply (R26).

    ``supply`` are the valid licenses. A quantity of None is unknown; its line is not checked.
    """
    rows = list(supply)
    open_lines = {line for line, quantity in rows if quantity is None}
    available = amounts((line, quantity) for line, quantity in rows if quantity is not None)
    checked = [line for line in promised if line not in open_lines]
    taken = {line: sum(quota.get(line, 0) for quota in others) for line in checked}
    return tuple(
        Beyond(line, promised[line], taken[line], available.get(line, 0))
        for line in checked
        if promised[line] + taken[line] > available.get(line, 0)
    )
