# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each expiry is sent once, across restarts; a state is sent once while it lasts."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._events import state_store
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.notice import EventSubject, Notice
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.state_store import StateStore
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError

from .conftest import NOW

HZ, CD = EventSubject("system", "hangzhou"), EventSubject("system", "chengdu")


def lapse(ident: str, end: str = "2026-12-06T00:00:00Z", subject: EventSubject = HZ) -> Notice:
    return Notice(subject, ("lapse", subject.name, ident, end), {}, True, NOW + timedelta(days=12))


def state(kind: str, subject: EventSubject = HZ) -> Notice:
    return Notice(subject, (kind, subject.kind, subject.name), {}, False)


def send(store: StateStore, *notices: Notice, subject: EventSubject = HZ, was_read: bool = True) -> list[str]:
    found = store.news({subject}, notices, was_read)
    for notice in found:
        store.add(notice)
    return [notice.key[0] for notice in found]


def test_an_expiry_is_sent_once_however_often_it_is_read() -> None:
    store = StateStore()
    assert send(store, lapse("LS-1"), lapse("LS-1"), lapse("LS-2")) == ["lapse", "lapse"]
    assert send(store, lapse("LS-1"), lapse("LS-2")) == []
    assert send(store) == []
    assert send(store, lapse("LS-1")) == [], "not even after it was missing for a while"


def test_a_new_end_is_sent_again() -> None:
    store = StateStore()
    send(store, lapse("LS-1"))
    assert send(store, lapse("LS-1", "2027-01-06T00:00:00Z")) == ["lapse"]


def test_one_license_of_two_systems_is_sent_for_both() -> None:
    store = StateStore()
    send(store, lapse("LS-1"))
    assert send(store, lapse("LS-1", subject=CD), subject=CD) == ["lapse"]


def test_a_state_is_sent_again_when_it_recurs() -> None:
    store = StateStore()
    assert send(store, state("unread"), was_read=False) == ["unread"]
    assert send(store, state("unread"), was_read=False) == []
    assert send(store) == []
    assert send(store, state("unread"), was_read=False) == ["unread"]


def test_a_state_lasts_while_nothing_can_be_read() -> None:
    store = StateStore()
    send(store, state("unknown"))
    send(store, state("unread"), was_read=False)
    assert send(store, state("unknown")) == [], "no reading showed its end"


def test_reading_one_system_does_not_end_states_of_another() -> None:
    store = StateStore()
    send(store, state("unread", CD), subject=CD, was_read=False)
    send(store, subject=HZ)
    assert send(store, state("unread", CD), subject=CD, was_read=False) == []


def test_a_system_can_have_any_name() -> None:
    store = StateStore()
    odd = EventSubject("system", "lapse")
    send(store, lapse("LS-1", subject=odd), subject=odd)
    send(store, subject=odd)
    assert send(store, lapse("LS-1", subject=odd), subject=odd) == []


def test_a_restart_continues_with_the_stored_state(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "told.json"
    first = StateStore(str(path))
    send(first, lapse("LS-1"), state("unknown"))
    first.save()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    second = StateStore(str(path))
    assert send(second, lapse("LS-1"), state("unknown"), lapse("LS-2")) == ["lapse"]


def test_nothing_is_written_without_a_change(tmp_path: Path) -> None:
    path = tmp_path / "told.json"
    store = StateStore(str(path))
    store.save()
    assert not path.exists()
    send(store, lapse("LS-1"))
    store.save()
    before = path.stat().st_ino
    send(store, lapse("LS-1"))
    store.save()
    assert path.stat().st_ino == before


def test_old_entries_are_removed(tmp_path: Path) -> None:
    store = StateStore(str(tmp_path / "told.json"))
    send(store, lapse("LS-1"), state("unknown"))
    store.forget(NOW + timedelta(days=12 + 366), 7)
    assert send(store, lapse("LS-1"), state("unknown")) == []
    store.forget(NOW + timedelta(days=12 + 400), 500)
    assert send(store, lapse("LS-1"), state("unknown")) == [], "a longer look back remembers longer"
    store.forget(NOW + timedelta(days=12 + 367), 7)
    assert send(store, lapse("LS-1"), state("unknown")) == ["lapse"]


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
def test_an_unusable_state_file_stops_the_source(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "told.json"
    path.write_bytes(content)
    with pytest.raises(PolicyError) as raised:
        StateStore(str(path))
    assert "every event would be sent again" in str(raised.value)
    assert path.read_bytes() == content


def test_a_directory_is_not_a_state_file(tmp_path: Path) -> None:
    with pytest.raises(PolicyError):
        StateStore(str(tmp_path))


def test_a_state_that_cannot_be_written_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: str, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(state_store, "replace_file", full)
    store = StateStore(str(tmp_path / "told.json"))
    send(store, lapse("LS-1"))
    with pytest.raises(PolicyError, match="No space left on device"):
        store.save()


def test_the_file_has_a_kind_and_a_version(tmp_path: Path) -> None:
    path = tmp_path / "told.json"
    store = StateStore(str(path))
    send(store, lapse("LS-1"), state("unknown"))
    store.save()
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "kind": "LicenseExpiryState",
        "version": 1,
        "told": [
            {"key": ["lapse", "hangzhou", "LS-1", "2026-12-06T00:00:00Z"], "end": "2026-12-06T00:00:00Z"},
            {"key": ["unknown", "system", "hangzhou"]},
        ],
    }


def test_a_symbolic_link_stays_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    link = tmp_path / "state.json"
    link.symlink_to(tmp_path / "volume" / "state.json")
    store = StateStore(str(link))
    assert send(store, lapse("LS-1")) == ["lapse"]
    store.save()
    assert link.is_symlink()
    assert (tmp_path / "volume" / "state.json").is_file()
    assert send(StateStore(str(link)), lapse("LS-1")) == []
