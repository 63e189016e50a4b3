# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read paged lists, and return with the rows whether they were proved to be complete.

A list is complete once the number of different rows equals the total that the server states, or, without a
stated total, once a page is empty or has no link to a further one. A list that changes during reading is read
again. This module sends no requests.
"""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Set, Tuple, Type

from ..._text import printable

# Maximum number of rows of a list; the largest valid list has a few thousand.
MOST_ROWS = 200_000
# Maximum number of attempts to read a list that changes during reading.
READINGS = 3
# Maximum number of different rows with one id that are kept of a list that changed.
_MOST_ALIKE = 10

RawRow = Mapping[str, Any]
# Returns the id of a row, None for a row without one.
Namer = Callable[[RawRow], Optional[str]]


class Ending(enum.Enum):
    """How a list without a stated total ends."""

    AT_ONCE = "at_once"
    EMPTY_PAGE = "empty_page"
    NO_LINK = "no_link"


@dataclass(frozen=True)
class Page:
    """One page of a list, and the total number of rows that the page states (None: not stated).

    ``next`` is the link to the next page as the server wrote it, None if there is none.
    """

    rows: List[RawRow]
    total: Optional[int]
    next: Optional[str] = None


@dataclass(frozen=True)
class PageStart:
    """Start of a page: after ``seen`` rows, as page ``number`` (from 1), at ``link`` if it is not "".

    ``limit`` None: the default.
    """

    seen: int = 0
    number: int = 1
    limit: Optional[int] = None
    link: str = ""


FIRST = PageStart()
PROBE = PageStart(limit=1)

Fetch = Callable[[PageStart], Page]


class IncompleteList(ValueError):
    """Why a list may have further rows.

    ``seen`` counts the different rows, ``total`` is the number that the server stated, ``repeated``
    identifies a row or a link that was returned twice, ``limit`` is the bound that the list exceeds.
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


@dataclass(frozen=True)
class ListRead:
    """The rows of a list that were read, and why there may be further ones; None: the list is complete.

    ``why`` is an IncompleteList, or the error of the request that ended the reading. ``total`` is the number
    of rows that the server stated. A row of an incomplete list occurs once, but rows with one id and
    different content are all kept.
    """

    rows: List[RawRow]
    why: Optional[Exception] = None
    total: Optional[int] = None

    @property
    def complete(self) -> bool:
        return self.why is None


@dataclass
class _Reading:
    """Rows and total of one attempt so far; ``returned`` counts repeated rows, too."""

    rows: List[RawRow] = field(default_factory=list)
    by_name: Dict[str, List[RawRow]] = field(default_factory=dict)
    total: Optional[int] = None
    returned: int = 0
    changed: Optional[_ListChanged] = None

    @property
    def seen(self) -> int:
        return len(self.by_name)

    def state_total(self, total: Optional[int]) -> None:
        if total is None:
            return
        if self.total is not None and self.total != total:
            self.mark_changed()
        self.total = total

    def add(self, rows: Sequence[RawRow], names: Sequence[str]) -> bool:
        """Add the rows of a page and return whether one of them is new."""
        before = self.seen
        for row, name in zip(rows, names):
            alike = self.by_name.setdefault(name, [])
            if alike:
                self.mark_changed(name)
                if len(alike) >= _MOST_ALIKE or row in alike:
                    continue
            alike.append(row)
            self.rows.append(row)
        self.returned += len(rows)
        if self.total is not None and self.seen > self.total:
            self.mark_changed()
        return self.seen > before

    def mark_changed(self, repeated: Optional[str] = None) -> None:
        if self.changed is None or self.changed.repeated is None:
            self.changed = _ListChanged(self.seen, self.total, repeated)

    def end(self) -> Optional[IncompleteList]:
        """Return why the rows are not proved to be all; the server has no further page."""
        if self.changed is not None:
            return _ListChanged(self.seen, self.total, self.changed.repeated)
        if self.total is not None and self.seen < self.total:
            # The list ends before the total that the server states; another attempt would not help.
            return IncompleteList(self.seen, self.total)
        return None


def read_list(
    fetch: Fetch,
    name: Namer,
    ending: Ending = Ending.EMPTY_PAGE,
    count: Optional[Callable[[], Optional[int]]] = None,
    failures: Tuple[Type[Exception], ...] = (),
) -> ListRead:
    """Read a list, up to three times while it changes, and return its rows.

    ``fetch`` returns a page. ``name`` returns the id of a row, None for a row without one; such a row is
    identified by its complete content. With ``ending`` AT_ONCE the server returns everything at once, and the
    caller handles rows that share an id. ``count`` returns the number of rows of a list whose pages state no
    total, None if it is not known. After one of the errors ``failures`` the rows so far are returned.
    """
    best, best_why = _Reading(), None  # type: _Reading, Optional[Exception]
    for _attempt in range(READINGS):
        reading = _Reading()
        why: Optional[Exception]
        try:
            why = _fill(reading, fetch, name, ending, count)
        except failures as error:
            why = error
        if why is None:
            return ListRead(reading.rows, None, reading.total)
        if best_why is None or reading.seen >= best.seen:
            best, best_why = reading, why
        if not isinstance(why, _ListChanged):
            break
    return ListRead(best.rows, best_why, best.total)


def _fill(
    reading: _Reading,
    fetch: Fetch,
    name: Namer,
    ending: Ending,
    count: Optional[Callable[[], Optional[int]]],
) -> Optional[IncompleteList]:
    if ending is Ending.AT_ONCE:
        return _fill_at_once(reading, fetch(FIRST).rows, name, count)
    first: List[str] = []
    links: Set[str] = set()
    start = FIRST
    counted = False
    while True:
        page = fetch(start)
        reading.state_total(page.total)
        names = _names(page.rows, name)
        if start.number == 1:
            first = names
            if reading.total is None and count is not None:
                reading.state_total(count())
                counted = reading.total is not None
        elif counted and start.number == 2 and names == first and reading.seen == reading.total:
            # The server ignores paging, and the count agrees.
            return None
        elif (
            (start.number, reading.total, ending) == (2, None, Ending.EMPTY_PAGE)
            and names
            and names == first
            and _is_unpaged(fetch, name, first)
        ):
            return None
        is_new = reading.add(page.rows, names)
        # An empty page counts as a row, so that endless links to empty pages end, too.
        if reading.returned > MOST_ROWS or start.number > MOST_ROWS:
            return IncompleteList(reading.seen, reading.total, limit=MOST_ROWS)
        # A count of another call does not show that this list ends: the next page has to be without new rows.
        if reading.changed is None and reading.seen == reading.total and (not counted or not page.rows):
            return None
        is_last = page.next is None if ending is Ending.NO_LINK else not page.rows
        # Of a list that changed, further pages are read for the rows that they still have.
        if is_last or (reading.changed is not None and not is_new):
            return reading.end()
        link = page.next or ""
        if link in links:
            reading.mark_changed(link)
            return reading.end()
        if ending is Ending.NO_LINK:
            links.add(link)
        start = PageStart(reading.returned, start.number + 1, link=link)


def _fill_at_once(
    reading: _Reading, rows: List[RawRow], name: Namer, count: Optional[Callable[[], Optional[int]]]
) -> Optional[IncompleteList]:
    """Take a list that the server returns at once; the caller handles rows that share an id."""
    reading.rows = rows[:MOST_ROWS]
    if len(rows) > MOST_ROWS:
        return IncompleteList(len(rows), limit=MOST_ROWS)
    reading.total = count() if count is not None else None
    reading.by_name = {named: [] for named in _names(rows, name)}
    if reading.total is None or reading.seen == reading.total:
        return None
    # A host that was added between the two requests is counted by only one of them.
    return _ListChanged(reading.seen, reading.total)


def _is_unpaged(fetch: Fetch, name: Namer, first: Sequence[str]) -> bool:
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
