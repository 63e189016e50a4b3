# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose the zones in which facts are read: some for each order that times without a zone may have.

What is derived from times depends on the order of those that are compared, and on the times themselves. So
the facts are read for each order with the extreme offsets that give it. An offset is a number of steps.
"""

from __future__ import annotations

import datetime as dt
import itertools
from bisect import bisect_left, bisect_right
from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from ..._facts import ZONE
from ..._time import EAST, WEST
from ..values.license_row import Status, normalize_count
from ..values.periods import DAY_S, days_after, days_later, read_fact_time
from .clocks import CLOCKS_AGREE_S
from .contradictions import TWO_CLOCKS_S
from .holdings import PREINSTALLED_DAYS
from .zones import Offsets, StatedTime, in_zones, license_rows, stated_times, times_without_zone

#: Offsets of zones in use are multiples of 15 minutes.
STEP = dt.timedelta(minutes=15)
#: With more combinations of zones, everything that depends on the times is unknown.
MOST_COMBINATIONS = 128
_MOST_COMPARED = 100_000
_MOST_POINTS = 5_000
_STEP_S = 900
_FIRST, _LAST = WEST // STEP, EAST // STEP
_FIXED = ""

_END, _LATER, _TOTAL, _EVENT, _FETCH, _READ, _NOW = "end", "later", "total", "event", "fetch", "read", "now"
# An end that is so far ahead has not come in any zone.
_AHEAD_DAYS = 3
_ROLES = {
    "expires_at": _END,
    "ends_at": _TOTAL,
    "issued_at": _EVENT,
    "installed_at": _EVENT,
    "fetched_at": _FETCH,
    "gathered_at": _READ,
}
# The times that rules compare, and the differences in seconds at which the result changes.
_COMPARED: Tuple[Tuple[str, str, Tuple[int, ...]], ...] = (
    (_END, _END, (0,)),
    (_END, _NOW, (0,)),
    (_END, _READ, (0,)),
    (_END, _FETCH, (0,)),
    (_LATER, _NOW, (0,)),
    (_LATER, _READ, (0,)),
    (_LATER, _FETCH, (0,)),
    (_TOTAL, _READ, (0,)),
    (_TOTAL, _NOW, (0,)),
    (_EVENT, _FETCH, (0, CLOCKS_AGREE_S, TWO_CLOCKS_S, DAY_S)),
    (_FETCH, _NOW, (0,)),
    (_READ, _NOW, (0,)),
)
# Only forecasts depend on each order of later ends; others depend on the first end, which has extremes.
_COMPARED_LATER = (
    (_LATER, _LATER, (0,)),
    (_LATER, _END, (0,)),
    (_TOTAL, _END, (-DAY_S, 0, DAY_S)),
    (_TOTAL, _LATER, (-DAY_S, 0, DAY_S)),
)
_OF_ORDERS = ("/contradictions", "/forecast", "/login/covered", "/login/missing_after")
# What a document without its licenses says otherwise than one with them.
_OF_LICENSES = ("/contradictions", "/effective/origin", "/effective/products")
_UNREAD = (
    "/licenses",
    "/license_totals/edition",
    "/license_totals/cpu_allowed",
    "/license_totals/ends_at",
    "/license_server/fetched_at",
    "/preinstalled/first_run_at",
)

# Seconds by role and clock; times with a zone have the clock "".
_Moments = Dict[str, Dict[str, Set[int]]]
_Point = Tuple[int, ...]


class _Line(NamedTuple):
    """Where an order changes: twice the steps that ``one`` is ahead of ``other``; odd between two steps."""

    one: str
    other: str
    twice: int

    @property
    def around(self) -> Sequence[int]:
        half = self.twice // 2
        return (half, half + 1) if self.twice % 2 else (half - 1, half, half + 1)


class Zoned(NamedTuple):
    """The facts in the zones in which their ``times`` may be; without such times ``trees`` is empty.

    There may be too many zones: facts at the pointers ``unproved`` are then unknown, whatever the trees say.
    """

    times: Tuple[StatedTime, ...]
    trees: Tuple[Mapping[str, object], ...]
    unproved: Tuple[str, ...] = ()


def in_possible_zones(facts: Mapping[str, object], as_of: dt.datetime) -> Zoned:
    """Return the facts in each combination of zones of clocks that can make a difference at ``as_of``."""
    times = tuple(time for time in times_without_zone(facts) if time.clock)
    for later, unproved in ((True, ()), (False, _OF_ORDERS)):
        offsets = combinations(facts, times, as_of, later)
        if offsets is not None:
            return Zoned(times, tuple(in_zones(facts, times, each) for each in offsets), unproved)
    listed = facts.get("unknown")
    entry = {"reason": ZONE, "because": [time.pointer for time in times]}
    unknown = {**(listed if isinstance(listed, Mapping) else {}), **dict.fromkeys(_UNREAD, entry)}
    return Zoned(times, ({**facts, "unknown": unknown},), _OF_LICENSES)


def combinations(
    facts: Mapping[str, object], times: Sequence[StatedTime], as_of: dt.datetime, later: bool = True
) -> Optional[Tuple[Offsets, ...]]:
    """Return the offsets of the clocks of ``times``: for each order of the times some, with the extreme ones.

    None if there are more than MOST_COMBINATIONS. Without ``later`` not every order of later ends is among
    them, but each clock that is compared only in such orders is the most eastern and the most western one.
    """
    clocks = sorted({time.clock for time in times if time.clock})
    lines = _lines(_moments(facts, times, as_of), _COMPARED + (_COMPARED_LATER if later else ()))
    if lines is None:
        return None
    groups = _groups(clocks, lines)
    free = [clock for group in groups for clock in group if not _of(group, lines)]
    # Clocks of which no time is compared with another one can move together.
    choices: List[List[Mapping[str, int]]] = []
    if free:
        ends = ((_FIRST, _LAST), (_LAST, _FIRST))
        choices.append([dict.fromkeys(free, steps) for steps, _other in ends])
        if not later:
            choices[0].extend(
                {**dict.fromkeys(free, steps), clock: other} for steps, other in ends for clock in free
            )
    count = len(choices[0]) if free else 1
    for group in groups:
        own = _of(group, lines)
        if own:
            found = _extremes(group, own)
            count *= len(found or ())
            if found is None or count > MOST_COMBINATIONS:
                return None
            choices.append(found)
    if not choices or count > MOST_COMBINATIONS:
        return None if choices else ()
    return tuple(
        {clock: steps * STEP for part in parts for clock, steps in part.items()}
        for parts in itertools.product(*choices)
    )


def _moments(facts: Mapping[str, object], times: Sequence[StatedTime], as_of: dt.datetime) -> _Moments:
    """Return the seconds of the times that are compared. Those of uninstalled licenses are not."""
    found: _Moments = {_NOW: {_FIXED: {_second(as_of)}}}
    server = facts.get("license_server")
    ahead = server.get("clock_skew_s") if isinstance(server, Mapping) else None
    if isinstance(ahead, int) and abs(ahead) > CLOCKS_AGREE_S:
        found[_NOW][_FIXED].add(_second(as_of) + ahead)
    later = days_later(as_of, _AHEAD_DAYS)
    local = {time.pointer for time in times}
    rows = dict(license_rows(facts))
    for time in stated_times(facts):
        row, _slash, name = time.pointer.rpartition("/")
        moment = time.local if time.pointer in local else read_fact_time(time.text)
        license_ = rows.get(row, {})
        if moment is None or not time.clock or license_.get("status") == Status.UNINSTALLED.value:
            continue
        clock = time.clock if time.pointer in local else _FIXED
        # The preinstalled licenses end after their first run (R10), others after their term (R12).
        days: object = PREINSTALLED_DAYS if name == "first_run_at" else None
        if name == "issued_at" and not isinstance(license_.get("expires_at"), str):
            days = normalize_count(license_.get("term_days"))
        end = days_after(moment, days) if isinstance(days, int) else None
        for role, each in ((_ROLES.get(name), moment), (_END, end)):
            if role is not None and each is not None:
                role = _LATER if role == _END and each > later else role
                found.setdefault(role, {}).setdefault(clock, set()).add(_second(each))
    return found


def _second(time: dt.datetime) -> int:
    return int(time.timestamp())


def _lines(moments: _Moments, pairs: Sequence[Tuple[str, str, Tuple[int, ...]]]) -> Optional[Set[_Line]]:
    """Return where the orders change within the offsets that clocks can have; None if these are too many."""
    found: Set[_Line] = set()
    compared = 0
    for left, right, tolerances in pairs:
        for (one, ours), (other, theirs) in itertools.product(
            moments.get(left, {}).items(), moments.get(right, {}).items()
        ):
            if one == other or (left == right and one > other):
                continue
            least = (_FIRST if one else 0) - (_LAST if other else 0)
            most = (_LAST if one else 0) - (_FIRST if other else 0)
            ordered = sorted(theirs)
            for mine, tolerance in itertools.product(ours, tolerances):
                first = bisect_left(ordered, mine - tolerance - most * _STEP_S)
                last = bisect_right(ordered, mine - tolerance - least * _STEP_S)
                compared += last - first
                if compared > _MOST_COMPARED:
                    return None
                for second in ordered[first:last]:
                    found.add(_line(one, other, mine - tolerance - second))
                    if left == _EVENT:
                        found.update(_midnights(one, mine))
                        found.update(_midnights(other, second))
    return found


def _line(one: str, other: str, apart_s: int) -> _Line:
    twice = 2 * (apart_s // _STEP_S) + (1 if apart_s % _STEP_S else 0)
    # A clock comes before a fixed time, and of two clocks the first by name.
    return _Line(other, one, -twice) if not one or (other and other < one) else _Line(one, other, twice)


def _midnights(clock: str, second: int) -> Iterator[_Line]:
    """Yield where a time is 00:00 UTC, which is read as a bare date."""
    if clock and second % _STEP_S == 0:
        steps = second % DAY_S // _STEP_S
        for each in (steps, steps - DAY_S // _STEP_S):
            if _FIRST <= each <= _LAST:
                yield _Line(clock, _FIXED, 2 * each)


def _groups(clocks: Sequence[str], lines: Set[_Line]) -> List[Tuple[str, ...]]:
    """Return the clocks in groups; times of different groups are not compared with each other."""
    groups = [{clock} for clock in clocks]
    for line in lines:
        joined = [group for group in groups if line.one in group or line.other in group]
        groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    return sorted(tuple(sorted(group)) for group in groups)


def _of(group: Tuple[str, ...], lines: Set[_Line]) -> List[_Line]:
    return sorted(line for line in lines if line.one in group)


def _extremes(group: Tuple[str, ...], lines: Sequence[_Line]) -> Optional[List[Mapping[str, int]]]:
    """Return for each order of the times the least and the greatest offset of each clock of ``group``."""
    points = _points(group, lines)
    if points is None:
        return None
    places = {clock: index for index, clock in enumerate(group)}
    pairs = [(places[line.one], places.get(line.other, -1), line.twice) for line in lines]
    orders: Dict[Tuple[int, ...], List[_Point]] = {}
    for point in points:
        ahead = (
            2 * (point[one] - (point[other] if other >= 0 else 0)) - twice for one, other, twice in pairs
        )
        orders.setdefault(tuple((each > 0) - (each < 0) for each in ahead), []).append(point)
    chosen = {
        choose(alike, key=lambda point, at=place: (point[at], point))  # type: ignore[misc]  # a default of a lambda has no type
        for alike in orders.values()
        for place in range(len(group))
        for choose in (min, max)
    }
    return [dict(zip(group, point)) for point in sorted(chosen)]


def _points(group: Tuple[str, ...], lines: Sequence[_Line]) -> Optional[Set[_Point]]:
    """Return offsets around each crossing of lines and limits, so that every possible order is among them."""
    own: Dict[str, Set[int]] = {clock: {_FIRST, _LAST} for clock in group}
    apart: Dict[Tuple[str, str], Set[int]] = {}
    for line in lines:
        if line.other:
            apart.setdefault((line.one, line.other), set()).update(line.around)
            apart.setdefault((line.other, line.one), set()).update(-each for each in line.around)
        else:
            own[line.one].update(each for each in line.around if _FIRST <= each <= _LAST)
    found: Set[_Point] = set()
    for sequence in itertools.permutations(group):
        partial: List[Dict[str, int]] = [{}]
        for clock in sequence:
            partial = [
                {**given, clock: steps}
                for given in partial
                for steps in own[clock].union(
                    earlier + each for name, earlier in given.items() for each in apart.get((clock, name), ())
                )
                if _FIRST <= steps <= _LAST
            ]
            if len(partial) > _MOST_POINTS:
                return None
        found.update(tuple(each[clock] for clock in group) for each in partial)
        if len(found) > _MOST_POINTS:
            return None
    return found
