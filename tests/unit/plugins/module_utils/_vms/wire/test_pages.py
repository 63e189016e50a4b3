# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read lists page by page: a list is complete only if every row was read."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import pages
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.pages import (
    Ending,
    IncompleteList,
    ListRead,
    Page,
    PageStart,
)

from .page_servers import NotAnswered, Row, Server, by_id, count_of, ids, linked, read_list, rows, whole_list


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
