# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read paged lists, and return with the rows whether they were proved to be complete.

A list is complete once its different rows are as many as the stated total, or, without one, once a page is
empty or has no link. One more request verifies what may be a limit of the server: a total that equals a full
page, a full page without a link, the end of a list by offset. A list that changes is read again.
"""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Set

from ..._text import printable
from .errors import AuthenticationFailed, BadAnswer, BusinessError, HttpError, NotFound, Unreachable

# Errors of a further page after which the rows so far are kept.
_FAILURES = (Unreachable, HttpError, BadAnswer, BusinessError, NotFound, AuthenticationFailed)
# The largest valid list has a few thousand.
MOST_ROWS = 200_000
# Attempts to read a list that changes.
READINGS = 3
# Different rows with one id that are kept of a list that changed.
_MOST_ALIKE = 10

RawRow = Mapping[str, Any]
# Returns the id of a row, None for a row without one.
Namer = Callable[[RawRow], Optional[str]]


class Ending(enum.Enum):
    """How a list without a stated total ends."""

    AT_ONCE = "at_once"
    EMPTY_PAGE = "empty_page"
    # Pages begin after a number of rows, so that the end can be read again.
    EMPTY_OFFSET = "empty_offset"
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

    ``limit`` None: the default. The number of a page that verifies the end of a list is 0.
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

    ``seen`` counts the different rows, ``repeated`` is a row or link that was returned twice, ``limit`` the
    bound that the list exceeds.
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
    """The rows of a list that were read; ``why`` there may be more: an IncompleteList, or another error.

    A row of an incomplete list occurs once; rows with one id and different content are kept.
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
    largest: int = 0

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
        self.largest = max(self.largest, len(rows))
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


@dataclass(frozen=True)
class ListReader:
    """Reads one list.

    ``fetch`` returns a page, ``name`` the id of a row, None without one: its content then identifies it.
    ``count`` returns the number of rows where pages state no total. ``size`` is the requested number of rows
    of a page, 0 if not known.
    """

    fetch: Fetch
    name: Namer
    ending: Ending = Ending.EMPTY_PAGE
    count: Optional[Callable[[], Optional[int]]] = None
    size: int = 0

    def read(self) -> ListRead:
        """Read the list, up to three times while it changes, and return its rows."""
        best, best_why = _Reading(), None  # type: _Reading, Optional[Exception]
        for _attempt in range(READINGS):
            reading = _Reading()
            why: Optional[Exception]
            try:
                why = self._fill_at_once(reading) if self.ending is Ending.AT_ONCE else self._fill(reading)
            except _FAILURES as error:
                why = error
            if why is None:
                return ListRead(reading.rows, None, reading.total)
            if best_why is None or reading.seen >= best.seen:
                best, best_why = reading, why
            if not isinstance(why, _ListChanged):
                break
        return ListRead(best.rows, best_why, best.total)

    def _fill(self, reading: _Reading) -> Optional[IncompleteList]:
        first: List[str] = []
        links: Set[str] = set()
        start = FIRST
        limit: Optional[int] = None
        counted = has_gaps = False
        before = self.size
        while True:
            try:
                page = self.fetch(start)
            except _FAILURES:
                # Some servers refuse a page after the end instead of returning an empty one.
                if start.number == 1 or not self._is_at_end(reading, counted):
                    raise
                return None
            reading.state_total(page.total)
            names = _names(page.rows, self.name)
            if start.number == 1:
                first = names
                if reading.total is None and self.count is not None:
                    reading.state_total(self.count())
                    counted = reading.total is not None
            elif start.number == 2 and names and sorted(names) == sorted(first):
                # The server ignores paging if the count agrees, or if one row is requested and all return.
                if counted and reading.seen == reading.total:
                    return None
                if reading.total is None and self.ending is not Ending.NO_LINK and self._is_unpaged(first):
                    return None
            if self.ending is Ending.EMPTY_PAGE:
                if start.number == 1 and 0 < len(page.rows) < self.size:
                    # The next page may begin after these rows, or after as many as are requested.
                    limit = len(page.rows)
                elif page.rows and before < (limit or self.size):
                    has_gaps = reading.total is None or counted
                elif page.rows and limit is not None and start.number == 2 and reading.total is None:
                    has_gaps = not self._follows(limit, names[0])
            before = len(page.rows)
            is_new = reading.add(page.rows, names)
            # An empty page counts as a row, so that endless links to empty pages end, too.
            if reading.returned > MOST_ROWS or start.number > MOST_ROWS:
                return IncompleteList(reading.seen, reading.total, limit=MOST_ROWS)
            # A count of another call does not show that this list ends: the next page has to be without rows.
            is_whole = reading.changed is None and reading.seen == reading.total
            is_full = start.number == 1 and 0 < self.size <= before
            if is_whole and (not counted or not page.rows) and not (is_full and self._is_limit(reading)):
                return None
            is_last = page.next is None if self.ending is Ending.NO_LINK else not page.rows
            # Of a list that changed, further pages are read for the rows that they still have.
            if reading.changed is not None and (is_last or not is_new):
                return reading.end()
            if is_last:
                is_open = reading.total is None or (is_whole and not counted)
                if has_gaps or (is_full and is_open and not self._has_link()):
                    return IncompleteList(reading.seen, reading.total)
                if reading.total is None and self._has_only_last(reading) is False:
                    return IncompleteList(reading.seen)
                return reading.end()
            link = page.next or ""
            if link in links:
                reading.mark_changed(link)
                return reading.end()
            if self.ending is Ending.NO_LINK:
                links.add(link)
            start = PageStart(reading.returned, start.number + 1, limit, link)

    def _fill_at_once(self, reading: _Reading) -> Optional[IncompleteList]:
        """Take a list that the server returns at once."""
        page = self.fetch(FIRST)
        rows = page.rows
        reading.rows = rows[:MOST_ROWS]
        if len(rows) > MOST_ROWS:
            return IncompleteList(len(rows), limit=MOST_ROWS)
        if page.total is not None and page.total > len(rows):
            return IncompleteList(len(rows), page.total)
        reading.total = self.count() if self.count is not None else None
        reading.by_name = {named: [] for named in _names(rows, self.name)}
        if reading.total is None or reading.seen == reading.total:
            return None
        # A host that was added between the two requests is counted by only one of them.
        return _ListChanged(reading.seen, reading.total)

    def _is_unpaged(self, first: Sequence[str]) -> bool:
        """Return whether the server ignores paging: a request for one row returns all of them again."""
        return sorted(_names(self.fetch(PROBE).rows, self.name)) == sorted(first)

    def _is_limit(self, reading: _Reading) -> bool:
        """Return whether a total that equals a full page may be that of the page: no count confirms it."""
        number = self.count() if self.count is not None else None
        reading.total = reading.total if number is None else number
        return number != reading.seen

    def _has_link(self) -> bool:
        """Return whether a full page without a link is the last: a page of one row has a link."""
        if self.ending is not Ending.NO_LINK:
            return True
        if self.size == 1:
            # A page of two rows is not full if there is only one.
            return len(self.fetch(PageStart(limit=2)).rows) == 1
        page = self.fetch(PROBE)
        return len(page.rows) == 1 and page.next is not None

    def _has_only_last(self, reading: _Reading) -> Optional[bool]:
        """Return whether the page from the last row on has only that row, None if no page can show it."""
        if self.ending is not Ending.EMPTY_OFFSET or reading.largest < 2:
            return None
        rows, last = self.fetch(PageStart(reading.returned - 1, 0, 2)).rows, reading.rows[-1]
        named = self.name(last)
        return len(rows) == 1 and (rows[0] == last if named is None else self.name(rows[0]) == named)

    def _follows(self, seen: int, named: str) -> bool:
        """Return whether the row after ``seen`` rows begins the second page, which has no gap then."""
        return _names(self.fetch(PageStart(seen, seen + 1, 1)).rows, self.name) == [named]

    def _is_at_end(self, reading: _Reading, counted: bool) -> bool:
        """Return whether a list ended before a page that the server refuses."""
        if reading.changed is not None or reading.total not in (None, reading.seen):
            return False
        try:
            return (counted and reading.seen == reading.total) or self._has_only_last(reading) is True
        except _FAILURES:
            return False


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
