# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the subjects to blame for a pool's shortage, and the fewest unknown facts that decide the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ....module_utils._interval import Interval, total
from ..policy.pool_terms import Gap

Subject = tuple[str, str]
Because = tuple[str, str, str]  # subject id, pointer, reason
Named = tuple[str, str]  # subject id, row
ALL, OVER_ALLOCATION, NEWEST = "all", "over_allocation", "newest"


@dataclass(frozen=True)
class Unit:
    """A term of a balance: how much, and what is not known of it.

    Each of its ``owners`` has one like it, or they have a single one together (``shared``). ``maybe`` says
    that it may not be there at all.
    """

    demand: Interval
    owners: tuple[Subject, ...]
    label: str = ""
    added_at: str = ""
    gaps: tuple[Gap, ...] = ()
    shared: bool = False
    maybe: bool = False

    @property
    def all(self) -> Interval:
        """What it comes to for all of its owners."""
        return self.demand if self.shared else self.demand.times(len(self.owners))

    def each(self) -> Iterator[Unit]:
        """The terms that can be told apart."""
        if self.shared:
            yield self
        else:
            for owner in self.owners:
                yield replace(self, owners=(owner,))


def blamed(
    how: str, units: Sequence[Unit], everyone: Sequence[Subject], fits: Callable[[Sequence[Unit]], bool]
) -> tuple[list[Subject], tuple[Named, ...]]:
    """The subjects that a verdict is laid on and, unless those are all, the rows.

    ``over_allocation`` takes rows by demand descending, then id; ``newest`` by when they were added, those of
    which that is not known first; until the rest ``fits``.
    """
    if how == ALL:
        return list(everyone), ()
    rows = [row for unit in units for row in unit.each() if row.demand.high != 0]
    if how == OVER_ALLOCATION:
        rows.sort(
            key=lambda row: (row.demand.high is not None, -(row.demand.high or 0), row.owners, row.label)
        )
    else:
        rows.sort(key=lambda row: (row.owners, row.label))
        rows.sort(key=lambda row: row.added_at, reverse=True)
        rows.sort(key=lambda row: row.added_at != "")
    taken = _fewest(len(rows), lambda count: fits(rows[count:]))
    found = rows[:taken]
    labels = tuple(sorted({(row.owners[0][0], row.label) for row in found}))
    return sorted({owner for row in found for owner in row.owners}) or list(everyone), labels


def _fewest(most: int, enough: Callable[[int], bool]) -> int:
    """The least count that is enough, where more stay enough; ``most`` if none is."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    return low


def deciding(
    demands: Sequence[Unit],
    supplies: Sequence[Unit],
    demand_of: Callable[[Sequence[Unit]], Interval],
    fits: Callable[[Sequence[Unit], Interval], bool],
) -> tuple[Because, ...]:
    """The fewest facts that, if they turn out well, make the pool pass: whom to ask first.

    No smaller set of terms can settle a sum for the better; of other functions none of those named can be
    left out.
    """
    open_terms = [
        _Open(each, of_demand)
        for of_demand, units in ((True, demands), (False, supplies))
        for unit in units
        if not unit.demand.is_exact
        for each in unit.each()
    ]
    open_terms.sort(key=lambda term: term.order)
    fixed_demand = [unit for unit in demands if unit.demand.is_exact]
    fixed_supply = total(unit.all for unit in supplies if unit.demand.is_exact)

    def passes(settled: Sequence[_Open], rest: Sequence[_Open]) -> bool:
        wanted = [term.at_best() for term in settled if term.of_demand]
        wanted += [term.unit for term in rest if term.of_demand]
        have = [term.at_best().demand for term in settled if not term.of_demand]
        have += [term.unit.demand for term in rest if not term.of_demand]
        return fits([*fixed_demand, *wanted], total([fixed_supply, *have]))

    taken = _fewest(len(open_terms), lambda count: passes(open_terms[:count], open_terms[count:]))
    chosen, rest = open_terms[:taken], open_terms[taken:]
    if len(open_terms) <= 64:
        for term in reversed(tuple(chosen)):
            without = [each for each in chosen if each is not term]
            if passes(without, [*rest, term]):
                chosen, rest = without, [*rest, term]
    because = [(term.unit.owners[0][0], *gap) for term in chosen for gap in term.unit.gaps]
    return tuple(dict.fromkeys(because))


@dataclass(frozen=True)
class _Open:
    unit: Unit
    of_demand: bool

    @property
    def order(self) -> tuple[bool, int, bool, tuple[Subject, ...], str]:
        # What has no bound comes first, then what can change most.
        low, high = self.unit.demand.low, self.unit.demand.high
        width = 0 if high is None else high - low
        return (high is not None, -width, self.of_demand, self.unit.owners, self.unit.label)

    def at_best(self) -> Unit:
        """The term once it is known and as good as it can be."""
        low, high = self.unit.demand.low, self.unit.demand.high
        best = low if self.of_demand else (2**63 if high is None else high)
        return replace(self.unit, demand=Interval(best, best))
