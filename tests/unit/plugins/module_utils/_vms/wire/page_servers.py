# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of pages that tests script, without HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import BadAnswer
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.pages import (
    Ending,
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


def count_of(number: int | None) -> Callable[[], int | None]:
    return lambda: number


def linked(*reading: tuple[list[Row], int | None, str | None]) -> Callable[[PageStart], Page]:
    """Return a server whose page ``n`` is at the link ``n``."""
    return lambda place: Page(*reading[int(place.link or 0)])


class NotAnswered(BadAnswer):
    """A request that failed."""

    def __init__(self) -> None:
        super().__init__("answer_truncated", endpoint="https://10.1.0.10", method="GET", path="/hosts")
