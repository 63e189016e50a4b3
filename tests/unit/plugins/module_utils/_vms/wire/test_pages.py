# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read lists page by page: a list is complete only if every row was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import pages
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import BadAnswer
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.pages import (
    Ending,
    IncompleteList,
    ListRead,
    ListReader,
    Page,
    PageStart,
)

Row = Mapping[str, Any]


def by_id(row: Row) -> str | None:
    found = row.get("id")
    return None if found is None else str(found)


def rows(*ids: object) -> list[Row]:
    return [{"id": ident} for ident in ids]


def read_list(fetch: Callable[[PageStart], Page], *settings: Any, **named: Any) -> ListRead:
    return ListReader(fetch, *settings, **named).read()


def whole_list(fetch: Callable[[PageStart], Page], name: Any, paged: bool = True) -> list[Row]:
    """Return the rows of a list that must be complete; raises IncompleteList."""
    found = read_list(fetch, name, Ending.EMPTY_PAGE if paged else Ending.AT_ONCE)
    if found.why is not None:
        raise found.why
    return found.rows


class Server:
    """Answers each reading from its own list of pages; a reading starts at the first row."""

    def __init__(
        self, *readings: Sequence[tuple[list[Row], int | None]], probe: list[Row] | None = None
    ) -> None:
        self.readings = [list(reading) for reading in readings]
        self.probe = probe
        self.started = 0
        self.asked: list[PageStart] = []

    def fetch(self, place: PageStart) -> Page:
        self.asked.append(place)
        if place.limit is not None:
            assert self.probe is not None, "asked for one row"
            return Page(self.probe, None)
        if place.number == 1:
            self.started += 1
        reading = self.readings[min(self.started, len(self.readings)) - 1]
        found, total = reading[place.number - 1] if place.number <= len(reading) else ([], None)
        return Page(found, total)


def ids(found: Sequence[Row]) -> list[Any]:
    return [row["id"] for row in found]


def test_a_list_ends_when_its_number_of_different_rows_is_read() -> None:
    server = Server([(rows(1, 2), 3), (rows(3), 3)])
    assert ids(whole_list(server.fetch, by_id)) == [1, 2, 3]
    assert [(place.seen, place.number) for place in server.asked] == [(0, 1), (2, 2)]


def test_a_list_without_a_number_ends_with_an_empty_page() -> None:
    server = Server([(rows(1, 2), None), (rows(3), None)])
    assert ids(whole_list(server.fetch, by_id)) == [1, 2, 3]
    assert [(place.seen, place.number) for place in server.asked] == [(0, 1), (2, 2), (3, 3)]


@pytest.mark.parametrize(
    "reading",
    [
        [(rows(1, 2), 3), (rows(2), 3)],
        [(rows(1, 1), 2)],
        [(rows(1, 2), 3), (rows(3), 4)],
        [(rows(1, 2, 3), 2)],
        [(rows(1, 2), None), (rows(2, 3), None)],
        [(rows(1, 2), 4), (rows(1, 2), 4)],
    ],
    ids=["repeated", "repeated on a page", "number changed", "number too low", "overlap", "first page again"],
)
def test_a_list_that_keeps_changing_is_read_again_and_then_incomplete(reading: Any) -> None:
    server = Server(reading)
    with pytest.raises(IncompleteList):
        whole_list(server.fetch, by_id)
    assert server.started == 3


def test_a_list_that_stops_changing_is_complete() -> None:
    server = Server([(rows(1, 2), 3), (rows(2), 3)], [(rows(1, 3), 3), (rows(2), 3)])
    assert ids(whole_list(server.fetch, by_id)) == [1, 3, 2]
    assert server.started == 2


def test_a_list_that_ends_before_its_number_is_incomplete_at_once() -> None:
    server = Server([(rows(1, 2), 3), ([], 3)])
    with pytest.raises(IncompleteList) as caught:
        whole_list(server.fetch, by_id)
    assert (caught.value.seen, caught.value.total, server.started) == (2, 3, 1)


def test_a_server_without_paging_returns_all_rows_for_one() -> None:
    server = Server([(rows(1, 2), None), (rows(1, 2), None)], probe=rows(1, 2))
    assert ids(whole_list(server.fetch, by_id)) == [1, 2]


@pytest.mark.parametrize("probe", [rows(1), rows(1, 2, 3), rows(2, 3), []])
def test_a_repeated_first_page_with_a_number_is_not_accepted(probe: list[Row]) -> None:
    server = Server([(rows(1, 2), None), (rows(1, 2), None)], probe=probe)
    with pytest.raises(IncompleteList):
        whole_list(server.fetch, by_id)


def test_pages_that_repeat_are_not_a_list() -> None:
    server = Server([(rows(1), None), (rows(2), None), (rows(1), None)])
    with pytest.raises(IncompleteList):
        whole_list(server.fetch, by_id)


def test_rows_without_an_id_are_compared_by_all_values() -> None:
    same: list[Row] = [{"name": "a", "n": 1}, {"name": "a", "n": 1}]
    assert len(whole_list(Server([(same, 2)]).fetch, by_id)) == 2
    with pytest.raises(IncompleteList):
        whole_list(Server([(same, 4), (same, 4)]).fetch, by_id)


def test_a_list_in_one_page_is_unchanged() -> None:
    server = Server([(rows(1, 1), 2)])
    assert ids(whole_list(server.fetch, by_id, paged=False)) == [1, 1]
    assert len(server.asked) == 1


def test_a_list_in_one_page_with_a_larger_total_is_incomplete() -> None:
    server = Server([(rows(1, 2), 9)])
    with pytest.raises(IncompleteList) as caught:
        whole_list(server.fetch, by_id, paged=False)
    assert (caught.value.seen, caught.value.total) == (2, 9)


@pytest.mark.parametrize("paged", [True, False])
def test_no_list_exceeds_the_limit(monkeypatch: pytest.MonkeyPatch, paged: bool) -> None:
    monkeypatch.setattr(pages, "MOST_ROWS", 5)
    reading = [(rows(*range(number * 3, number * 3 + 3)), None) for number in range(9)]
    server = Server(reading if paged else [(rows(*range(6)), None)])
    with pytest.raises(IncompleteList) as caught:
        whole_list(server.fetch, by_id, paged)
    assert caught.value.limit == 5


def paged_by(everything: list[Row], size: int, total: int | None) -> Callable[[PageStart], Page]:
    def fetch(place: PageStart) -> Page:
        limit = size if place.limit is None else min(place.limit, size)
        return Page(everything[place.seen : place.seen + limit], total)

    return fetch


@pytest.mark.parametrize(("count", "size"), list(product([0, 1, 2, 3, 7], [1, 2, 3, 10])))
@pytest.mark.parametrize("stated", [True, False])
def test_a_consistent_server_is_read_completely(count: int, size: int, stated: bool) -> None:
    everything = rows(*range(count))
    assert whole_list(paged_by(everything, size, count if stated else None), by_id) == everything


SHORT = list(product((1, 2, 3), repeat=2))


@pytest.mark.parametrize("total", [None, 3])
@pytest.mark.parametrize("first", [[], [1], [2, 1], [1, 2]])
def test_no_sequence_of_two_pages_hides_a_row(first: list[int], total: int | None) -> None:
    """For three rows, any two pages and an empty third: complete only where all three rows were returned."""
    for second in ([], [1], [2], [3], *map(list, SHORT)):
        server = Server([(rows(*first), total), (rows(*second), total), ([], total)], probe=rows(1))
        try:
            found = ids(whole_list(server.fetch, by_id))
        except IncompleteList:
            continue
        assert len(set(found)) == len(found)
        if total is not None:
            assert set(found) == {1, 2, 3}


def test_an_incomplete_list_has_the_rows_of_its_best_reading() -> None:
    server = Server(
        [(rows(1, 2), 4), (rows(2, 3), 4)], [(rows(1), 4), (rows(1), 4)], [(rows(2), 4), (rows(2), 4)]
    )
    found = read_list(server.fetch, by_id)
    assert (ids(found.rows), found.total, found.complete) == ([1, 2, 3], 4, False)
    assert isinstance(found.why, IncompleteList)
    assert (found.why.seen, found.why.repeated) == (3, "2")


def test_a_list_that_changed_is_read_to_its_end() -> None:
    found = read_list(Server([(rows(1, 2), 5), (rows(2, 3), 5), (rows(4), 5)]).fetch, by_id)
    assert (ids(found.rows), found.complete) == ([1, 2, 3, 4], False)


def test_a_total_below_the_rows_of_a_page_does_not_end_the_list() -> None:
    found = read_list(paged_by(rows(*range(5)), 2, 1), by_id)
    assert (ids(found.rows), found.complete) == ([0, 1, 2, 3, 4], False)


def test_a_row_that_changed_is_kept_in_both_forms() -> None:
    one, other = {"id": 1, "sockets": 2}, {"id": 1, "sockets": 4}
    found = read_list(Server([([one], 2), ([other], 2), ([one], 2)]).fetch, by_id)
    assert (found.rows, found.complete) == ([one, other], False)


def count_of(number: int | None) -> Callable[[], int | None]:
    return lambda: number


@pytest.mark.parametrize(
    ("number", "expected", "complete"),
    [(3, [1, 2, 3], True), (1, [1, 2, 3], False), (4, [1, 2, 3], False), (None, [1, 2, 3], True)],
)
def test_a_count_is_the_total_of_a_list_that_states_none(
    number: int | None, expected: list[int], complete: bool
) -> None:
    server = Server([(rows(1, 2), None), (rows(3), None)])
    found = read_list(server.fetch, by_id, count=count_of(number))
    assert (ids(found.rows), found.complete) == (expected, complete)
    assert found.total == number


def test_a_count_that_equals_the_rows_does_not_end_the_list() -> None:
    """The count is of another call: the next page shows whether the list ends."""
    server = Server([(rows(1, 2), None), ([], None)])
    assert read_list(server.fetch, by_id, count=count_of(2)).complete
    assert len(server.asked) == 2


def test_rows_after_the_count_are_read() -> None:
    server = Server([(rows(1, 2), None), (rows(3), None), ([], None)])
    found = read_list(server.fetch, by_id, count=count_of(2))
    assert (ids(found.rows), found.complete) == ([1, 2, 3], False)


def test_a_server_that_ignores_paging_agrees_with_the_count() -> None:
    server = Server([(rows(1, 2), None), (rows(1, 2), None)])
    found = read_list(server.fetch, by_id, count=count_of(2))
    assert (ids(found.rows), found.complete) == ([1, 2], True)
    assert len(server.asked) == 2


def test_a_count_shows_that_an_empty_page_is_not_the_end() -> None:
    found = read_list(Server([([], None)]).fetch, by_id, count=count_of(3))
    assert (found.rows, found.complete) == ([], False)


def test_a_stated_total_needs_no_count() -> None:
    def count() -> int:
        raise AssertionError("counted")

    assert read_list(paged_by(rows(1, 2, 3), 2, 3), by_id, count=count).complete


def linked(*reading: tuple[list[Row], int | None, str | None]) -> Callable[[PageStart], Page]:
    """Return a server whose page ``n`` is at the link ``n``."""
    return lambda place: Page(*reading[int(place.link or 0)])


@pytest.mark.parametrize(
    ("reading", "complete"),
    [
        ([(rows(1, 2), None, "1"), (rows(3), None, None)], True),
        ([(rows(1, 2), None, "1"), ([], None, "2"), (rows(3), None, None)], True),
        ([(rows(1, 2), 3, "1"), (rows(3), 3, "2"), ([], 3, None)], True),
        ([(rows(1, 2), 4, "1"), (rows(3), 4, None)], False),
        ([(rows(1, 2), None, "1"), (rows(3), None, "1")], False),
        ([(rows(1, 2), None, "1"), (rows(2, 3), None, None)], False),
    ],
    ids=["last page", "empty page in between", "total", "ends before its total", "loop", "repeated row"],
)
def test_links_lead_to_the_last_page(reading: Any, complete: bool) -> None:
    found = read_list(linked(*reading), by_id, Ending.NO_LINK)
    assert (ids(found.rows), found.complete) == ([1, 2, 3], complete)


def test_endless_links_to_empty_pages_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_ROWS", 50)
    found = read_list(lambda place: Page([], None, str(place.number)), by_id, Ending.NO_LINK)
    assert isinstance(found.why, IncompleteList)
    assert found.why.limit == 50


class NotAnswered(BadAnswer):
    """A request that failed."""

    def __init__(self) -> None:
        super().__init__("answer_truncated", endpoint="https://10.1.0.10", method="GET", path="/hosts")


def failing(after: int, everything: list[Row]) -> Callable[[PageStart], Page]:
    def fetch(place: PageStart) -> Page:
        if place.number > after:
            raise NotAnswered
        return Page(everything[place.seen : place.seen + 2], None)

    return fetch


@pytest.mark.parametrize("pages_read", [0, 1, 2])
def test_the_rows_before_a_failed_request_are_kept(pages_read: int) -> None:
    found = read_list(failing(pages_read, rows(*range(9))), by_id)
    assert isinstance(found.why, NotAnswered)
    assert ids(found.rows) == list(range(2 * pages_read))


def test_other_errors_end_the_reading() -> None:
    def fetch(place: PageStart) -> Page:
        raise TypeError(place)

    with pytest.raises(TypeError):
        read_list(fetch, by_id)


def test_a_list_at_once_beyond_the_limit_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_ROWS", 2)
    found: ListRead = read_list(Server([(rows(1, 2, 3), None)]).fetch, by_id, Ending.AT_ONCE)
    assert (ids(found.rows), found.complete) == ([1, 2], False)


@pytest.mark.parametrize(
    ("counted", "why"), [(3, None), (None, None), (4, IncompleteList), (2, IncompleteList)]
)
def test_a_count_proves_a_list_that_is_returned_at_once(counted: int | None, why: Any) -> None:
    server = Server([(rows(1, 2, 3), None)] * pages.READINGS)
    found: ListRead = read_list(server.fetch, by_id, Ending.AT_ONCE, lambda: counted)
    assert ids(found.rows) == [1, 2, 3]
    assert found.complete is (why is None)
    assert why is None or isinstance(found.why, why)


def test_rows_of_one_id_are_counted_once_and_kept() -> None:
    twice: ListRead = read_list(Server([(rows(1, 1), None)]).fetch, by_id, Ending.AT_ONCE, lambda: 1)
    assert (ids(twice.rows), twice.complete) == ([1, 1], True)


@pytest.mark.parametrize("probe", [rows(2, 1), rows(1, 2)])
def test_a_server_without_paging_may_return_its_rows_in_another_order(probe: list[Row]) -> None:
    server = Server([(rows(1, 2), None), (rows(2, 1), None)], probe=probe)
    assert ids(whole_list(server.fetch, by_id)) == [1, 2]


def test_a_server_without_paging_in_another_order_agrees_with_the_count() -> None:
    server = Server([(rows(1, 2, 3), None), (rows(3, 1, 2), None)])
    found = read_list(server.fetch, by_id, count=count_of(3))
    assert (ids(found.rows), found.complete, len(server.asked)) == ([1, 2, 3], True, 2)


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
