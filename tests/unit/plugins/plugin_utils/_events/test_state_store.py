# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each lapse once, over restarts; a state once for as long as it lasts."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._events import state_store as told_module
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.notice import EventSubject, Notice
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.state_store import StateStore
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError

from .conftest import NOW

HZ, CD = EventSubject("system", "hangzhou"), EventSubject("system", "chengdu")


def lapse(ident: str, end: str = "2026-12-06T00:00:00Z", subject: EventSubject = HZ) -> Notice:
    return Notice(subject, ("lapse", subject.name, ident, end), {}, True, NOW + timedelta(days=12))


def state(kind: str, subject: EventSubject = HZ) -> Notice:
    return Notice(subject, (kind, subject.kind, subject.name), {}, False)


def tell(told: StateStore, *notices: Notice, subject: EventSubject = HZ, was_read: bool = True) -> list[str]:
    found = told.news({subject}, notices, was_read)
    for notice in found:
        told.add(notice)
    return [notice.key[0] for notice in found]


def test_a_lapse_is_told_once_however_often_it_is_seen() -> None:
    told = StateStore()
    assert tell(told, lapse("LS-1"), lapse("LS-1"), lapse("LS-2")) == ["lapse", "lapse"]
    assert tell(told, lapse("LS-1"), lapse("LS-2")) == []
    assert tell(told) == []
    assert tell(told, lapse("LS-1")) == [], "not even after it was gone for a while"


def test_a_new_end_is_told_anew() -> None:
    told = StateStore()
    tell(told, lapse("LS-1"))
    assert tell(told, lapse("LS-1", "2027-01-06T00:00:00Z")) == ["lapse"]


def test_the_same_license_of_two_systems_is_told_for_both() -> None:
    told = StateStore()
    tell(told, lapse("LS-1"))
    assert tell(told, lapse("LS-1", subject=CD), subject=CD) == ["lapse"]


def test_a_state_is_told_anew_when_it_comes_back() -> None:
    told = StateStore()
    assert tell(told, state("unread"), was_read=False) == ["unread"]
    assert tell(told, state("unread"), was_read=False) == []
    assert tell(told) == []
    assert tell(told, state("unread"), was_read=False) == ["unread"]


def test_a_state_stands_while_nothing_can_be_read() -> None:
    told = StateStore()
    tell(told, state("unknown"))
    tell(told, state("unread"), was_read=False)
    assert tell(told, state("unknown")) == [], "it was never seen to be over"


def test_reading_one_system_says_nothing_of_another() -> None:
    told = StateStore()
    tell(told, state("unread", CD), subject=CD, was_read=False)
    tell(told, subject=HZ)
    assert tell(told, state("unread", CD), subject=CD, was_read=False) == []


def test_a_system_may_have_any_name() -> None:
    told = StateStore()
    odd = EventSubject("system", "lapse")
    tell(told, lapse("LS-1", subject=odd), subject=odd)
    tell(told, subject=odd)
    assert tell(told, lapse("LS-1", subject=odd), subject=odd) == []


def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "told.json"
    first = StateStore(str(path))
    tell(first, lapse("LS-1"), state("unknown"))
    first.save()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    second = StateStore(str(path))
    assert tell(second, lapse("LS-1"), state("unknown"), lapse("LS-2")) == ["lapse"]


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    path = tmp_path / "told.json"
    told = StateStore(str(path))
    told.save()
    assert not path.exists()
    tell(told, lapse("LS-1"))
    told.save()
    before = path.stat().st_ino
    tell(told, lapse("LS-1"))
    told.save()
    assert path.stat().st_ino == before


def test_what_is_long_gone_is_forgotten(tmp_path: Path) -> None:
    told = StateStore(str(tmp_path / "told.json"))
    tell(told, lapse("LS-1"), state("unknown"))
    told.forget(NOW + timedelta(days=12 + 366), 7)
    assert tell(told, lapse("LS-1"), state("unknown")) == []
    told.forget(NOW + timedelta(days=12 + 400), 500)
    assert tell(told, lapse("LS-1"), state("unknown")) == [], "a longer look back remembers longer"
    told.forget(NOW + timedelta(days=12 + 367), 7)
    assert tell(told, lapse("LS-1"), state("unknown")) == ["lapse"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b'{"kind": "LicenseExpiryState", "version": 2, "told": []}',
        b'{"kind": "LicenseExpiryState", "version": 1}',
        b'{"kind": "LicenseExpiryState", "version": 1, "told": [{}]}',
        b'{"kind": "LicenseExpiryState", "version": 1, "told": [{"key": ["lapse", 1]}]}',
        b'{"kind": "LicenseExpiryState", "version": 1, "told": [{"key": ["lapse"], "end": "soon"}]}',
        b'{"kind": "LicenseExpiryState", "version": 1, "told": ["lapse"]}',
    ],
    ids=range(11),
)
def test_a_state_file_that_cannot_be_used_stops_the_source(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "told.json"
    path.write_bytes(content)
    with pytest.raises(PolicyError) as raised:
        StateStore(str(path))
    assert "every event would be sent again" in str(raised.value)
    assert path.read_bytes() == content


def test_a_folder_is_no_state_file(tmp_path: Path) -> None:
    with pytest.raises(PolicyError):
        StateStore(str(tmp_path))


def test_a_state_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: str, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(told_module, "replace_file", full)
    told = StateStore(str(tmp_path / "told.json"))
    tell(told, lapse("LS-1"))
    with pytest.raises(PolicyError, match="No space left on device"):
        told.save()


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "told.json"
    told = StateStore(str(path))
    tell(told, lapse("LS-1"), state("unknown"))
    told.save()
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "kind": "LicenseExpiryState",
        "version": 1,
        "told": [
            {"key": ["lapse", "hangzhou", "LS-1", "2026-12-06T00:00:00Z"], "end": "2026-12-06T00:00:00Z"},
            {"key": ["unknown", "system", "hangzhou"]},
        ],
    }
