# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends of lists that may be limits of the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.pages import (
    Ending,
    ListRead,
    Page,
    PageStart,
)

from .page_servers import NotAnswered, Row, by_id, count_of, ids, read_list, rows


class Paged:
    """Pages of ``everything`` as a server with a rule of its own makes them, and the requests for them."""

    def __init__(
        self, everything: list[Row], rows_at: Callable[[PageStart, int], slice], size: int = 10
    ) -> None:
        self.everything, self.rows_at, self.size = everything, rows_at, size
        self.asked: list[PageStart] = []
        self.beyond: Exception | None = None

    def fetch(self, place: PageStart) -> Page:
        self.asked.append(place)
        found = self.everything[self.rows_at(place, place.limit or self.size)]
        if not found and self.beyond is not None:
            raise self.beyond
        return Page(found, self.total(found))

    def total(self, found: list[Row]) -> int | None:
        return None

    def read(self, ending: Ending, **settings: Any) -> ListRead:
        return read_list(self.fetch, by_id, ending, size=self.size, **settings)


def by_offset(place: PageStart, limit: int) -> slice:
    return slice(place.seen, place.seen + limit)


def capped(most: int) -> Callable[[PageStart, int], slice]:
    return lambda place, limit: slice(place.seen, place.seen + min(limit, most))


def first_rows_only(place: PageStart, limit: int) -> slice:
    return slice(0, 0 if place.seen else limit)


def offset_of_pages(place: PageStart, limit: int) -> slice:
    return slice(place.seen * limit, place.seen * limit + limit)


@pytest.mark.parametrize("number", [0, 1, 2, 9, 10, 11, 25])
@pytest.mark.parametrize("most", [1, 2, 10])
@pytest.mark.parametrize("is_refused", [False, True])
def test_a_list_by_offset_is_read_to_its_end(number: int, most: int, is_refused: bool) -> None:
    """An empty page, and a page that is refused, are the end only if the last row is read again alone."""
    server = Paged(rows(*range(number)), capped(most))
    server.beyond = NotAnswered() if is_refused else None
    found = server.read(Ending.EMPTY_OFFSET)
    assert ids(found.rows) == list(range(number))
    # Pages of one row cannot show where a list ends, and a first page that is refused is no list.
    assert found.complete is not (is_refused and (most == 1 or number < 2))


@pytest.mark.parametrize("rows_at", [first_rows_only, offset_of_pages])
@pytest.mark.parametrize("is_refused", [False, True])
def test_an_end_that_is_a_limit_of_the_server_is_not_the_end(rows_at: Any, is_refused: bool) -> None:
    server = Paged(rows(*range(25)), rows_at)
    server.beyond = NotAnswered() if is_refused else None
    found = server.read(Ending.EMPTY_OFFSET)
    assert (ids(found.rows), found.complete) == (list(range(10)), False)


def test_a_count_proves_a_list_whose_next_page_is_refused() -> None:
    server = Paged(rows(1), by_offset)
    server.beyond = NotAnswered()
    assert server.read(Ending.EMPTY_OFFSET, count=count_of(1)).complete
    assert not server.read(Ending.EMPTY_OFFSET, count=count_of(2)).complete


def pages_of(number: int) -> Callable[[PageStart, int], slice]:
    """Return the rows of a server whose pages have at most ``number``."""

    def rows_at(place: PageStart, limit: int) -> slice:
        start = (place.number - 1) * min(limit, number)
        return slice(start, start + min(limit, number))

    return rows_at


@pytest.mark.parametrize("number", [0, 3, 5, 10, 12, 25])
def test_after_a_short_page_pages_have_its_size(number: int) -> None:
    """A server that returns 5 rows where 10 are requested may begin its pages after 5 rows, or after 10."""
    honest = Paged(rows(*range(number)), pages_of(5)).read(Ending.EMPTY_PAGE)
    assert (ids(honest.rows), honest.complete) == (list(range(number)), True)

    def rows_at(place: PageStart, limit: int) -> slice:
        start = (place.number - 1) * limit
        return slice(start, start + min(limit, 5))

    gaps = Paged(rows(*range(number)), rows_at).read(Ending.EMPTY_PAGE)
    assert (ids(gaps.rows), gaps.complete) == (list(range(number)), True)


@pytest.mark.parametrize("spacing", [5, 10])
@pytest.mark.parametrize("number", [3, 5, 7, 25])
def test_short_pages_of_a_fixed_size_need_a_total(spacing: int, number: int) -> None:
    """Nothing shows whether a server that ignores the size of a page has rows between its pages."""

    def rows_at(place: PageStart, limit: int) -> slice:
        return slice((place.number - 1) * spacing, (place.number - 1) * spacing + 5)

    found = Paged(rows(*range(number)), rows_at).read(Ending.EMPTY_PAGE)
    assert found.complete is (number <= 5 or (spacing, number) == (10, 7))
    counted = Paged(rows(*range(number)), rows_at).read(Ending.EMPTY_PAGE, count=count_of(number))
    assert counted.complete is (number <= 5 or spacing == 5)


@pytest.mark.parametrize("total", [None, 12])
def test_a_short_page_before_a_further_one_shows_gaps(total: int | None) -> None:
    """Without a total, a list with a short page in between is not complete."""
    parts = [rows(*range(5)), rows(*range(5, 8)), rows(*range(8, 12)), []]
    found = read_list(lambda place: Page(parts[place.number - 1], total), by_id, size=5)
    assert (ids(found.rows), found.complete) == (list(range(12)), total == 12)
    counted = read_list(lambda place: Page(parts[place.number - 1], None), by_id, count=count_of(12), size=5)
    assert counted.complete


@pytest.mark.parametrize(
    ("number", "total", "complete", "requests"),
    [(9, None, True, 1), (10, None, True, 2), (11, None, True, 2), (25, 10, False, 12), (25, 0, False, 12)],
)
@pytest.mark.parametrize("counted", [True, False])
def test_a_total_that_equals_a_full_page_needs_another_proof(
    number: int, total: int | None, complete: bool, requests: int, counted: bool
) -> None:
    """``total`` None: the number of rows; 0: that of the page, as some servers state it."""
    server = Paged(rows(*range(number)), by_offset)
    server.total = lambda found: len(found) if total == 0 else total or number  # type: ignore[method-assign]
    found = server.read(Ending.EMPTY_OFFSET, count=count_of(number) if counted else None)
    assert (len(found.rows), found.complete) == (number, complete)
    assert len(server.asked) == (requests - (counted and (number, total) == (10, None)))


@pytest.mark.parametrize("number", [1, 9, 10, 20])
@pytest.mark.parametrize("has_links", [True, False])
@pytest.mark.parametrize("size", [1, 10])
def test_a_full_page_without_a_link_is_the_last_if_a_page_of_one_row_has_one(
    number: int, has_links: bool, size: int
) -> None:
    everything = rows(*range(number))

    def fetch(place: PageStart) -> Page:
        start, limit = int(place.link or 0), place.limit or size
        end = start + limit
        return Page(everything[start:end], None, str(end) if has_links and end < number else None)

    found = read_list(fetch, by_id, Ending.NO_LINK, size=size)
    assert found.complete is (has_links or number < size or number == 1 == size)
    assert len(found.rows) == (number if has_links else min(number, size))


def test_a_server_that_ignores_the_size_of_a_page_without_a_link_is_not_believed() -> None:
    found = read_list(lambda place: Page(rows(1, 2), None), by_id, Ending.NO_LINK, size=2)
    assert (ids(found.rows), found.complete) == ([1, 2], False)


@pytest.mark.parametrize("number", [None, 3, 4, 9])
def test_a_count_that_differs_from_a_full_page_makes_the_list_incomplete(number: int | None) -> None:
    """The total of the only page equals its size, and the next page is empty."""
    server = Paged(rows(1, 2, 3), first_rows_only, size=3)
    server.total = lambda found: 3  # type: ignore[method-assign]
    found = server.read(Ending.EMPTY_OFFSET, count=count_of(number))
    assert (ids(found.rows), found.complete) == ([1, 2, 3], number in (None, 3))


def test_a_count_confirms_a_full_page_without_a_link() -> None:
    asked: list[PageStart] = []

    def fetch(place: PageStart) -> Page:
        asked.append(place)
        return Page(rows(1, 2), None)

    assert read_list(fetch, by_id, Ending.NO_LINK, count_of(2), size=2).complete
    assert len(asked) == 1
