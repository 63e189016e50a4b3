# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the subjects to blame for a pool's shortage, and the fewest unknown facts that decide the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ....module_utils._interval import Interval, total
from ..policy.model import Subject
from ..policy.pool_terms import Gap

Because = tuple[str, str, str]  # subject id, pointer, reason
Named = tuple[str, str]  # subject id, row
ALL, OVER_ALLOCATION, NEWEST = "all", "over_allocation", "newest"


@dataclass(frozen=True)
class Unit:
    """A term of a balance: its quantity, and the facts of it that are unknown (``gaps``).

    Each of the ``owners`` has such a term, or they share a single one (``shared``). With ``maybe``, the term
    may not exist at all.
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
        """Return the quantity for all owners together."""
        return self.demand if self.shared else self.demand.times(len(self.owners))

    def each(self) -> Iterator[Unit]:
        """Yield the terms of the single owners, or the one shared term."""
        if self.shared:
            yield self
        else:
            for owner in self.owners:
                yield replace(self, owners=(owner,))


def blamed(
    how: str, units: Sequence[Unit], everyone: Sequence[Subject], fits: Callable[[Sequence[Unit]], bool]
) -> tuple[list[Subject], tuple[Named, ...]]:
    """Return the subjects to blame for a verdict and, unless all subjects are blamed, the rows.

    ``over_allocation`` blames rows by descending demand, then by id. ``newest`` blames rows by descending
    time of addition; rows with an unknown time come first. Rows are blamed until ``fits`` is true for the
    remaining rows.
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
    number = _fewest(len(rows), lambda count: fits(rows[count:]))
    found = rows[:number]
    labels = tuple(sorted({(row.owners[0][0], row.label) for row in found}))
    return sorted({owner for row in found for owner in row.owners}) or list(everyone), labels


def _fewest(most: int, enough: Callable[[int], bool]) -> int:
    """Return the smallest count that is ``enough`` (a monotonic condition); ``most`` if none is."""
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
    fits: Callable[[Sequence[Unit], Interval], bool],
) -> tuple[Because, ...]:
    """Return the fewest unknown facts with which, at their best values, the pool passes.

    For a sum, no smaller set of terms is sufficient. For other functions, none of the returned terms can be
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

    def passes(decided: Sequence[_Open], rest: Sequence[_Open]) -> bool:
        needed = [term.at_best() for term in decided if term.of_demand]
        needed += [term.unit for term in rest if term.of_demand]
        available = [term.at_best().demand for term in decided if not term.of_demand]
        available += [term.unit.demand for term in rest if not term.of_demand]
        return fits([*fixed_demand, *needed], total([fixed_supply, *available]))

    number = _fewest(len(open_terms), lambda count: passes(open_terms[:count], open_terms[count:]))
    chosen, rest = open_terms[:number], open_terms[number:]
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
        # Terms without an upper bound come first, then the terms with the widest interval.
        low, high = self.unit.demand.low, self.unit.demand.high
        width = 0 if high is None else high - low
        return (high is not None, -width, self.of_demand, self.unit.owners, self.unit.label)

    def at_best(self) -> Unit:
        """Return the term with its best possible value."""
        low, high = self.unit.demand.low, self.unit.demand.high
        best = low if self.of_demand else (2**63 if high is None else high)
        return replace(self.unit, demand=Interval(best, best))
