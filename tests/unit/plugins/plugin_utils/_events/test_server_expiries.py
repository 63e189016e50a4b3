# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licenses due at a License Server, by client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.notice import (
    EventSubject,
    Notice,
    Window,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.payload import Words
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.server_expiries import ServerLook

SERVER = EventSubject("license_server", "ls-east")


def record(ident: str, expires_at: object = "2026-12-06T00:00:00Z", **more: Any) -> dict[str, Any]:
    return {
        "id": ident,
        "product": "vms_standard",
        "arch": "x86_64",
        "kind": "temporary",
        "quantity": 8,
        "expires_at": expires_at,
        "status": "in_use",
        "key": "****7Q2A",
        "assigned": [],
        **more,
    }


def held(**clients: int) -> list[dict[str, Any]]:
    return [{"client": name, "quantity": amount} for name, amount in clients.items()]


@pytest.fixture
def notices_of(window: Window) -> Callable[..., list[Notice]]:
    def run(*records: dict[str, Any], **more: Any) -> list[Notice]:
        return ServerLook(SERVER, window, Words(), **more).notices({"licenses": list(records)})

    return run


def test_each_client_has_its_event(notices_of: Callable[..., list[Notice]]) -> None:
    found = notices_of(
        record("LS-1", assigned=held(hangzhou=4, chengdu=2, none=0)), systems={"hangzhou": "hz"}
    )
    assert [notice.body.get("client") for notice in found] == ["hangzhou", "chengdu"]
    assert [notice.body.get("system") for notice in found] == ["hz", None]
    assert [notice.body["license"]["assigned"] for notice in found] == [4, 2]  # type: ignore[index]
    assert len({notice.key for notice in found}) == 2
    assert {notice.body["days_left"] for notice in found} == {12}


def test_an_unassigned_license_has_an_event_without_a_client(notices_of: Callable[..., list[Notice]]) -> None:
    (notice,) = notices_of(record("LS-1"))
    assert "client" not in notice.body
    assert "system" not in notice.body
    assert "ls-east: the temporary license LS-1 for 8 of vms_standard expires" in str(notice.body["message"])
    assert set(notice.body["then"]["unknown"].values()) == {"absent"}  # type: ignore[index]


def test_a_client_name_of_the_server_does_not_select_a_system(
    notices_of: Callable[..., list[Notice]],
) -> None:
    (notice,) = notices_of(record("LS-1", assigned=held(all=4)))
    assert notice.body["client"] == "all"
    assert "system" not in notice.body


def test_a_system_that_is_read_itself_has_no_event_of_the_server(
    notices_of: Callable[..., list[Notice]],
) -> None:
    shared = record("LS-1", assigned=held(hangzhou=4, chengdu=2))
    systems = {"hangzhou": "hangzhou", "chengdu": "chengdu"}
    (notice,) = notices_of(shared, systems=systems, watched=frozenset({"hangzhou"}))
    assert notice.body["system"] == "chengdu"


def test_both_sources_of_a_system_have_one_key(notices_of: Callable[..., list[Notice]]) -> None:
    (notice,) = notices_of(record("LS-1", assigned=held(hangzhou=4)), systems={"hangzhou": "hangzhou"})
    assert notice.key == ("lapse", "hangzhou", "LS-1", "2026-12-06T00:00:00Z")


@pytest.mark.parametrize(
    ("record_", "count"),
    [
        (record("LS-1", "never"), 0),
        (record("LS-1", "2027-12-06T00:00:00Z"), 0),
        (record("LS-1", status="uninstalled"), 0),
        (record("LS-1", status="unusable"), 0),
        (record("LS-1", "2026-11-23T00:00:00Z", status="expired"), 1),
        (record("LS-1", "2026-11-01T00:00:00Z", status="expired"), 0),
    ],
)
def test_due_licenses_have_a_notice(
    notices_of: Callable[..., list[Notice]], record_: dict[str, Any], count: int
) -> None:
    assert len(notices_of(record_)) == count


@pytest.mark.parametrize("end", [None, "soon"])
def test_an_unreadable_end_is_an_event(notices_of: Callable[..., list[Notice]], end: object) -> None:
    (notice,) = notices_of(record("LS-1", end))
    assert (notice.body["type"], notice.body["what"]) == ("unknown", "end")
    assert not notice.lasting


@pytest.mark.parametrize(
    ("end", "reason"),
    [(None, "absent"), ("soon", "value"), ("1970-01-22T21:57:36Z", "value"), ("2026-11-24T06:00:00", "zone")],
)
def test_the_reason_of_an_unknown_end(
    notices_of: Callable[..., list[Notice]], end: object, reason: str
) -> None:
    (notice,) = notices_of(record("LS-1", end))
    assert notice.body["reason"] == reason


def test_an_end_without_a_zone_is_due_on_its_earliest_day(notices_of: Callable[..., list[Notice]]) -> None:
    (notice,) = notices_of(record("LS-1", "2026-12-06T00:00:00"))
    assert notice.body["expires_at"] == "2026-12-05T10:00:00Z"


def test_a_server_without_a_license_list_is_an_event(window: Window) -> None:
    (notice,) = ServerLook(SERVER, window, Words()).notices({"lacking": ["licenses"]})
    assert (notice.body["type"], notice.body["what"], notice.lasting) == ("unknown", "licenses", False)
