# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read paged lists completely, and raise an error for an incomplete list.

A list is complete once the number of different rows equals the total that the server states, or, without a
stated total, once a page is empty. A list that changes during reading is read again. This module sends no
requests.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Set

from ..._text import printable

# Maximum number of rows of a list; the largest valid list has a few thousand.
MOST_ROWS = 200_000
# Maximum number of attempts to read a list that changes during reading.
READINGS = 3

RawRow = Mapping[str, Any]
# Returns the id of a row, None for a row without one.
Namer = Callable[[RawRow], Optional[str]]


@dataclass(frozen=True)
class Page:
    """One page of a list, and the total number of rows that the page states (None: not stated)."""

    rows: List[RawRow]
    total: Optional[int]


@dataclass(frozen=True)
class PageStart:
    """Start of a page: after ``seen`` rows, as page ``number`` (from 1). ``limit`` None: the default."""

    seen: int = 0
    number: int = 1
    limit: Optional[int] = None


FIRST = PageStart()
PROBE = PageStart(limit=1)


class IncompleteList(ValueError):
    """A list of which not every row was read, or may not have been read.

    ``seen`` counts the different rows, ``total`` is the number that the server stated, ``repeated``
    identifies a row that was returned twice, ``limit`` is the bound that the list exceeds.
    """

    def __init__(
        self,
        seen: int,
        total: Optional[int] = None,
        repeated: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> None:
        super().__init__(seen)
        self.seen = seen
        self.total = total
        self.repeated = repeated
        self.limit = limit


class _ListChanged(IncompleteList):
    """The list changed during reading; another attempt may succeed."""


@dataclass
class _Reading:
    """Rows and total of one attempt so far."""

    rows: List[RawRow] = field(default_factory=list)
    names: Set[str] = field(default_factory=set)
    total: Optional[int] = None

    def state_total(self, total: Optional[int]) -> None:
        if total is None:
            return
        if self.total is not None and self.total != total:
            raise _ListChanged(len(self.names), total)
        self.total = total

    def add(self, rows: Sequence[RawRow], names: Sequence[str]) -> None:
        for row, name in zip(rows, names):
            if name in self.names:
                raise _ListChanged(len(self.names), self.total, repeated=name)
            self.names.add(name)
            self.rows.append(row)
        if len(self.rows) > MOST_ROWS:
            raise IncompleteList(len(self.rows), self.total, limit=MOST_ROWS)
        if self.total is not None and len(self.names) > self.total:
            raise _ListChanged(len(self.names), self.total)


def whole_list(fetch: Callable[[PageStart], Page], name: Namer, paged: bool = True) -> List[RawRow]:
    """Return every row of a list once; raises IncompleteList.

    ``fetch`` returns a page. ``name`` returns the id of a row, None for a row without one; such a row is
    identified by its complete content. ``paged`` False: the server returns everything at once, and the caller
    handles rows that share an id.
    """
    if not paged:
        rows = fetch(FIRST).rows
        if len(rows) > MOST_ROWS:
            raise IncompleteList(len(rows), limit=MOST_ROWS)
        return rows
    attempts_left = READINGS
    while True:
        attempts_left -= 1
        try:
            return _read_once(fetch, name)
        except _ListChanged:
            if not attempts_left:
                raise


def _read_once(fetch: Callable[[PageStart], Page], name: Namer) -> List[RawRow]:
    reading = _Reading()
    first: List[str] = []
    number = 1
    while True:
        page = fetch(PageStart(len(reading.rows), number))
        reading.state_total(page.total)
        if not page.rows:
            if reading.total is not None and len(reading.names) < reading.total:
                # The list ends before the total that the server states; another attempt would not help.
                raise IncompleteList(len(reading.names), reading.total)
            return reading.rows
        names = _names(page.rows, name)
        if number == 1:
            first = names
        elif number == 2 and names == first and reading.total is None and _is_unpaged(fetch, name, first):
            return reading.rows
        reading.add(page.rows, names)
        if len(reading.names) == reading.total:
            return reading.rows
        number += 1


def _is_unpaged(fetch: Callable[[PageStart], Page], name: Namer, first: Sequence[str]) -> bool:
    """Return whether the server ignores paging: a request for one row returns all of them again."""
    return _names(fetch(PROBE).rows, name) == list(first)


def _names(rows: Sequence[RawRow], name: Namer) -> List[str]:
    """Return an identity for each row of a page; equal rows without an id on one page are different rows."""
    found: List[str] = []
    alike: Dict[str, int] = {}
    for row in rows:
        named = name(row)
        if named is None:
            text = json.dumps(row, sort_keys=True, ensure_ascii=True)
            alike[text] = alike.get(text, 0) + 1
            named = "{0} #{1}".format(text, alike[text])
        found.append(named)
    return found


def shown(name: str) -> str:
    """Return the identity of a row for a message, shortened: a row without an id may be long."""
    text = printable(name)
    return text if len(text) <= 80 else text[:77] + "..."
