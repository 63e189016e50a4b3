# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache of systems: what it stores, and when an entry is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.survey import Survey
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import Unreachable
from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory import cache
from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory.managers import Manager, ReadOutcome

NOW = 1_795_507_200.5
OPTIONS: dict[str, Any] = {
    "host": "10.1.0.10",
    "port": 8443,
    "username": "automation",
    "password": "secret-1",
    "profile": "usphere_7",
    "license_server": {"host": "10.1.0.5", "port": 28443, "username": "u", "password": "secret-2"},
}
ONE, TWO = Manager("one", OPTIONS), Manager("two", OPTIONS)
VALID = {"kind": "HostFacts", "schema_version": 1}
SURVEY = Survey(VALID, ({"id": "1", "name": "cvk1"},))


def stored(*managers: Manager, now: float = NOW) -> Any:
    outcomes = [ReadOutcome(manager, SURVEY) for manager in managers]
    return json.loads(json.dumps(cache.renewed(managers, {}, {}, outcomes, now)))


def test_a_stored_system_is_found() -> None:
    assert cache.kept([ONE, TWO], stored(ONE), NOW + 10, 3600) == {"one": SURVEY}


def test_no_secret_is_stored() -> None:
    assert "secret" not in json.dumps(stored(ONE))


@pytest.mark.parametrize(
    ("age", "seconds", "found"),
    [(10, 60, True), (61, 60, False), (10_000_000, 0, True), (-5, 60, False), (-5, 0, False)],
)
def test_an_entry_is_used_up_to_its_maximum_age(age: int, seconds: int, found: bool) -> None:
    assert bool(cache.kept([ONE], stored(ONE), NOW + age, seconds)) is found


def test_reading_one_system_does_not_renew_another() -> None:
    old = stored(ONE)
    new = cache.renewed([ONE, TWO], old, {"one": SURVEY}, [ReadOutcome(TWO, SURVEY)], NOW + 50)
    assert set(cache.kept([ONE, TWO], new, NOW + 55, 60)) == {"one", "two"}
    assert set(cache.kept([ONE, TWO], new, NOW + 100, 60)) == {"two"}


def test_an_unread_system_is_not_stored() -> None:
    assert cache.renewed([ONE], {}, {}, [ReadOutcome(ONE)], NOW) == {}


def test_a_system_with_an_unread_part_is_not_stored() -> None:
    outcomes = [
        ReadOutcome(ONE, SURVEY, notes=(Unreachable("unreachable_refused"),)),
        ReadOutcome(TWO, SURVEY),
    ]
    new = cache.renewed([ONE, TWO], {}, {}, outcomes, NOW)
    assert set(cache.kept([ONE, TWO], new, NOW + 1, 60)) == {"two"}


@pytest.mark.parametrize(
    "change",
    [
        {"host": "10.1.0.11"},
        {"port": 443},
        {"username": "other"},
        {"profile": "cas_e0710"},
        {"site": {"features": {"isc": {"in_use": False}}}},
        {"clock": "license_server"},
        {"timezone": "+08:00"},
        {"license_server": {**OPTIONS["license_server"], "timezone": "+08:00"}},
        {"license_server": {**OPTIONS["license_server"], "scheme": "http"}},
        {"license_server": None},
        {"license_server": {**OPTIONS["license_server"], "host": "10.1.0.6"}},
    ],
)
def test_other_options_do_not_use_the_entry(change: dict[str, Any]) -> None:
    assert cache.kept([Manager("one", {**OPTIONS, **change})], stored(ONE), NOW, 0) == {}
    assert cache.kept([Manager("uno", OPTIONS)], stored(ONE), NOW, 0) == {}


def test_a_profile_that_changed_in_its_file_does_not_use_the_entry(tmp_path: Path) -> None:
    file = tmp_path / "site.yml"
    manager = Manager("one", {**OPTIONS, "profile": str(file)})
    file.write_text("{name: site}", encoding="utf-8")
    before = stored(manager)
    assert cache.kept([manager], before, NOW, 0)
    file.write_text("{name: site, timezone: Z}", encoding="utf-8")
    assert cache.kept([manager], before, NOW, 0) == {}
    file.unlink()
    assert cache.kept([manager], before, NOW, 0) == {}


def test_a_new_password_uses_the_entry() -> None:
    assert cache.kept([Manager("one", {**OPTIONS, "password": "new"})], stored(ONE), NOW, 0)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        "text",
        {},
        {"read_at": "now", "facts": VALID, "nodes": []},
        {"read_at": 1, "facts": [], "nodes": []},
        {"read_at": 1, "facts": {}, "nodes": []},
        {"read_at": 1, "facts": {**VALID, "version": "x"}, "nodes": []},
        {"read_at": 1, "facts": VALID, "nodes": {}},
        {"read_at": 1, "facts": VALID, "nodes": ["x"]},
        {"read_at": 1, "facts": VALID, "nodes": [{"id": 7}]},
    ],
)
def test_an_invalid_entry_is_ignored(broken: object) -> None:
    entries = stored(ONE)
    assert cache.kept([ONE], dict.fromkeys(entries, broken), NOW, 0) == {}
    assert cache.kept([ONE], {key: {"read_at": 1, "facts": VALID, "nodes": []} for key in entries}, NOW, 0)
