# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client's quota promises, and whether its next fetch would give it another share than it holds.

Rules R25 and R26, decisions 9 and 28.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Iterable, Mapping, Optional, Sequence, Tuple, TypeVar

from ..catalog.code_class import CodeClass, code_class, unheld
from ..values.model import Arch

K = TypeVar("K")
# Product and architecture, as quotas count.
Line = Tuple[str, str]
Amounts = Mapping[Line, int]


def line_of(product: Optional[str], arch: Optional[str]) -> Line:
    """Return what quotas count by. A product without an architecture of its own reads as none or as any."""
    return product or "", "" if arch in (None, Arch.ANY.value) else str(arch)


def amounts(rows: Iterable[Tuple[K, int]]) -> Dict[K, int]:
    """Sum rows by what they are of: what stands in two rows is one amount."""
    found: Dict[K, int] = {}
    for key, quantity in rows:
        found[key] = found.get(key, 0) + quantity
    return found


@dataclass(frozen=True)
class Stock:
    """One license that works: ``held`` is how much of it each client holds, by name."""

    line: Line
    quantity: int
    code: Optional[str] = None
    held: Mapping[str, int] = field(default_factory=dict)

    @property
    def free(self) -> int:
        return unheld(self.code, self.quantity, sum(self.held.values()))

    def fits(self, missing: int) -> int:
        """How much of it may go to who misses so much: a fixed license whole or not at all (R25)."""
        fixed = code_class(self.code) is CodeClass.FIXED
        return 0 if fixed and self.free > missing else self.free


def is_share_unmet(name: str, quotas: Mapping[str, Amounts], held: Amounts, stocks: Sequence[Stock]) -> bool:
    """True if the next fetch of the client ``name`` would give it another share, by the quota that it has.

    ``quotas`` are of all clients of the server, empty for one that has none; ``held`` is what ``name`` holds
    now. It holds more than its quota, or less although there is some that nobody holds and no other quota is
    waiting for. Without a quota only a server's one client has a claim, to everything.
    """
    bounds = quotas[name]
    if not bounds:
        return len(quotas) == 1 and any(stock.free for stock in stocks)
    if any(amount > bounds.get(line, 0) for line, amount in held.items()):
        return True
    others = {other: quota for other, quota in quotas.items() if other != name}
    return any(
        _is_to_be_had(line, bound - held.get(line, 0), others, stocks) for line, bound in bounds.items()
    )


def _is_to_be_had(line: Line, missing: int, others: Mapping[str, Amounts], stocks: Sequence[Stock]) -> bool:
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
    """``promised`` to one client and ``others`` to the others are more than the ``supply`` of the line."""

    line: Line
    promised: int
    others: int
    supply: int


def beyond_supply(
    promised: Amounts, others: Sequence[Amounts], supply: Iterable[Tuple[Line, Optional[int]]]
) -> Tuple[Beyond, ...]:
    """Return each line of which all quotas together promise more than works (R26).

    ``supply`` are the licenses that work; None is a quantity that nobody knows, and leaves its line unjudged.
    """
    rows = list(supply)
    open_lines = {line for line, quantity in rows if quantity is None}
    there = amounts((line, quantity) for line, quantity in rows if quantity is not None)
    judged = [line for line in promised if line not in open_lines]
    taken = {line: sum(quota.get(line, 0) for quota in others) for line in judged}
    return tuple(
        Beyond(line, promised[line], taken[line], there.get(line, 0))
        for line in judged
        if promised[line] + taken[line] > there.get(line, 0)
    )
