# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which licenses of a system are due, and what an event says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    Catalog,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._time import format_end
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.notice import (
    EventSubject,
    Notice,
    Window,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.payload import Words
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.system_expiries import system_notices

from .conftest import NOW, license_row, temporary

Build = Callable[..., dict[str, Any]]


@pytest.fixture
def look(window: Window, subject: EventSubject) -> Callable[..., list[Notice]]:
    def run(
        facts: dict[str, Any], of: EventSubject = subject, at: Window = window, language: str = "en"
    ) -> list[Notice]:
        return system_notices(facts, of, at, Catalog.builtin(), Words(language))

    return run


def test_a_lapse_says_what_is_known_of_it(system: Build, look: Callable[..., list[Notice]]) -> None:
    found = look(system(license_row("LS-1"), temporary("LS-2", "2026-12-06T00:00:00Z")))
    (notice,) = found
    assert notice.lasting
    assert notice.key == ("lapse", "hangzhou", "LS-2", "2026-12-06T00:00:00Z")
    message = notice.body["message"]
    assert notice.body == {
        "type": "lapse",
        "subject": {"kind": "system", "name": "hangzhou"},
        "system": "hangzhou",
        "as_of": "2026-11-24T00:00:00Z",
        "gathered_at": "2026-11-24T00:00:00Z",
        "license": {
            "id": "LS-2", "product": "vms_standard", "arch": "x86_64", "kind": "temporary", "quantity": 2,
            "assigned": 2, "held_by": "ls-east", "key": "****7Q2A",
        },
        "expires_at": "2026-12-06T00:00:00Z",
        "days_left": 12,
        "lapsed": False,
        "then": {
            "login_interrupted": True, "missing": 2, "edition": "standard", "upgrades_ok": True,
            "covered": False, "unknown": {},
        },
        "message": message,
    }  # fmt: skip
    assert message == (
        "hangzhou: the temporary license LS-2 for 2 of vms_standard lapses on 2026-12-06T00:00:00Z, in 12 "
        "days (R17); VMS then refuses every login until it fetches its licenses again (R20); 2 CPU sockets "
        "are then without a license (R31)"
    )


def test_the_message_comes_in_chinese(system: Build, look: Callable[..., list[Notice]]) -> None:
    facts = system(license_row("LS-1"), temporary("LS-2", "2026-12-06T00:00:00Z"))
    (notice,) = look(facts, language="zh")
    assert "将于 2026-12-06T00:00:00Z 到期，剩余 12 天（R17）；届时 VMS 将拒绝所有登录" in str(
        notice.body["message"]
    )


@pytest.mark.parametrize(
    ("seconds", "due", "days_left"),
    [
        (1, True, 0),
        (86400 - 1, True, 0),
        (30 * 86400, True, 30),
        (30 * 86400 + 1, False, None),
        (0, True, 0),
        (-1, True, -1),
        (-7 * 86400 + 1, True, -7),
        (-7 * 86400, False, None),
    ],
)
def test_the_edges_of_the_horizon(
    system: Build, look: Callable[..., list[Notice]], seconds: int, due: bool, days_left: int | None
) -> None:
    end = format_end(NOW + timedelta(seconds=seconds))
    # Fetched after the lapse, where there was one: login is open, and the lapse is all there is to say.
    server = {
        "id": "ls-east",
        "client": "hangzhou",
        "state": "connected",
        "fetched_at": "2026-11-24T00:00:00Z",
    }
    found = look(system(license_row("LS-1"), temporary("LS-2", end), license_server=server))
    assert [notice.body["days_left"] for notice in found] == ([days_left] if due else [])
    assert [notice.body["lapsed"] for notice in found] == ([seconds <= 0] if due else [])


def test_permanent_licenses_are_never_due(system: Build, look: Callable[..., list[Notice]]) -> None:
    assert look(system(license_row("LS-1", quantity=6))) == []


def test_a_renewed_license_that_lapses_anew_is_another_notice(
    system: Build, look: Callable[..., list[Notice]]
) -> None:
    keys = {look(system(temporary("LS-2", end)))[0].key for end in ("2026-12-06", "2026-12-20")}
    assert len(keys) == 2


def test_a_formal_license_with_an_end_is_due_too(system: Build, look: Callable[..., list[Notice]]) -> None:
    (notice,) = look(system(license_row("LS-1", quantity=6, expires_at="2026-12-01T00:00:00Z")))
    assert notice.body["days_left"] == 7


def test_a_covered_lapse_says_so(system: Build, look: Callable[..., list[Notice]]) -> None:
    (notice,) = look(system(license_row("LS-1", quantity=6), temporary("LS-2", "2026-12-06T00:00:00Z")))
    then: Any = notice.body["then"]
    assert (then["covered"], then["missing"], then["login_interrupted"]) == (True, 0, True)
    assert "without a license" not in str(notice.body["message"])


def test_a_feature_does_not_interrupt_login(system: Build, look: Callable[..., list[Notice]]) -> None:
    feature = temporary("LS-3", "2026-12-06T00:00:00Z", product="srm")
    (notice,) = look(system(license_row("LS-1", quantity=6), feature))
    then: Any = notice.body["then"]
    assert then["login_interrupted"] is False
    assert "refuses every login" not in str(notice.body["message"])


def test_what_counts_nothing_lapses_without_an_event(
    system: Build, look: Callable[..., list[Notice]]
) -> None:
    silenced = license_row("LS-9", kind="preinstalled", expires_at="2026-12-06T00:00:00Z")
    gone = [temporary(f"LS-{at}", "2026-12-06T00:00:00Z", status=status) for at, status in
            ((5, "uninstalled"), (6, "unusable"))]  # fmt: skip
    forbidden = temporary("LS-7", "2026-12-06T00:00:00Z", product="heterogeneous_migration", arch="any")
    assert look(system(license_row("LS-1", quantity=6), silenced, *gone, forbidden)) == []


def test_a_preinstalled_license_that_stands_alone_is_due(
    system: Build, look: Callable[..., list[Notice]]
) -> None:
    alone = license_row("LS-9", quantity=6, kind="preinstalled", expires_at="2026-12-06T00:00:00Z")
    (notice,) = look(system(alone))
    then: Any = notice.body["then"]
    assert (notice.body["days_left"], then["login_interrupted"], then["missing"]) == (12, True, 6)


def test_first_run_gives_a_preinstalled_license_its_end(
    system: Build, look: Callable[..., list[Notice]]
) -> None:
    row = license_row("LS-9", quantity=6, kind="preinstalled")
    del row["expires_at"]
    (notice,) = look(system(row, preinstalled={"first_run_at": "2026-06-10T00:00:00Z"}))
    assert notice.body["expires_at"] == "2026-12-07T00:00:00Z"


def test_several_at_once_are_one_event_each(system: Build, look: Callable[..., list[Notice]]) -> None:
    ends = "2026-12-06T00:00:00Z"
    found = look(system(license_row("LS-1"), temporary("LS-2", ends, 1), temporary("LS-3", ends, 1)))
    assert [notice.key[2] for notice in found] == ["LS-2", "LS-3"]
    assert {notice.body["then"]["missing"] for notice in found} == {2}  # type: ignore[index]


def test_an_end_that_nobody_knows_is_an_event_and_hides_what_follows(
    system: Build, look: Callable[..., list[Notice]]
) -> None:
    facts = system(license_row("LS-1"), temporary("LS-2", "2026-12-06T00:00:00Z"), temporary("LS-3", None))
    facts["unknown"] = {"/licenses/items/2/expires_at": {"reason": "type"}}
    lapse, unknown = look(facts)
    then: Any = lapse.body["then"]
    assert then["unknown"] == dict.fromkeys(
        ("login_interrupted", "missing", "edition", "upgrades_ok"), "type"
    )
    assert "what it does to edition, login_interrupted, missing, upgrades_ok is not known" in str(
        lapse.body["message"]
    )
    assert (unknown.body["type"], unknown.body["what"], unknown.body["reason"]) == ("unknown", "end", "type")
    assert not unknown.lasting


@pytest.mark.parametrize(
    ("licenses", "unknown", "reason"),
    [
        ({"complete": False, "items": []}, {}, "absent"),
        (None, {"/licenses": {"reason": "unreachable"}}, "unreachable"),
    ],
)
def test_a_list_that_is_not_whole_is_an_event(
    system: Build, look: Callable[..., list[Notice]], licenses: Any, unknown: Any, reason: str
) -> None:
    facts = system(licenses=licenses, unknown=unknown)
    if licenses is None:
        del facts["licenses"]
    (notice,) = look(facts)
    assert (notice.body["type"], notice.body["what"], notice.body["reason"]) == (
        "unknown",
        "licenses",
        reason,
    )


def test_without_a_list_the_end_of_the_totals_counts(
    system: Build, look: Callable[..., list[Notice]]
) -> None:
    totals = {"cpu_allowed": 6, "edition": "standard", "ends_at": "2026-12-06T00:00:00Z"}
    facts = system(licenses={"complete": False, "items": []}, license_totals=totals)
    _unknown, lapse = look(facts)
    assert (lapse.body["origin"], lapse.body["days_left"]) == ("totals", 12)
    assert "license" not in lapse.body
    assert lapse.key == ("lapse", "hangzhou", "license_totals", "2026-12-06T00:00:00Z")


def test_a_refused_login_is_one_event_and_the_only_one(
    system: Build, look: Callable[..., list[Notice]]
) -> None:
    facts = {
        "kind": "HostFacts",
        "schema_version": 1,
        "subject": {"kind": "system", "id": "hangzhou"},
        "login": {"state": "refused"},
        "unknown": {f"/{name}": {"reason": "login_refused"} for name in ("hosts", "licenses", "version")},
    }
    (notice,) = look(facts)
    assert notice.body["type"] == "login_refused"
    assert "(R20)" in str(notice.body["message"])


def test_a_lapse_without_a_fetch_since_is_a_refused_login(
    system: Build, look: Callable[..., list[Notice]]
) -> None:
    found = look(system(license_row("LS-1", quantity=6), temporary("LS-2", "2026-11-23T00:00:00Z")))
    assert [notice.body["type"] for notice in found] == ["login_refused", "lapse"]


def test_a_node_without_licenses_has_nothing_to_say(system: Build, look: Callable[..., list[Notice]]) -> None:
    facts = system(subject={"kind": "node", "id": "cvk1"}, unknown={"/licenses": {"reason": "absent"}})
    del facts["licenses"]
    assert look(facts, of=EventSubject("node", "cvk1")) == []
    (notice,) = look(facts)
    assert notice.body["what"] == "licenses", "of a system the same is worth an event"


def test_a_key_that_a_file_holds_whole_is_masked(system: Build, look: Callable[..., list[Notice]]) -> None:
    rows = [
        temporary("LS-2", "2026-12-06", key="AB12-CD34-EF56"),
        temporary("LS-3", "2026-12-06", key="AB12"),
    ]
    found = look(system(*rows))
    assert [notice.body["license"]["key"] for notice in found] == ["****EF56", "****"]  # type: ignore[index]
    assert "CD34" not in json.dumps([dict(notice.body) for notice in found])


def test_what_a_server_says_opens_no_template(system: Build, look: Callable[..., list[Notice]]) -> None:
    evil = temporary(
        "{{ lookup('pipe', 'id') }}\x1b[2J", "2026-12-06", code="{% raw %}{#", product="x" * 10_000
    )
    (notice,) = look(system(evil))
    event: Any = notice.event()
    text = json.dumps({**event, "message": event["message"]})
    assert not any(opener in text for opener in ("{{", "{%", "{#")), text
    assert "\\u001b" not in text
    assert len(event["license"]["product"]) == 1000
    assert len(event["message"]) <= 1010
    assert "lookup('pipe', 'id')" in event["license"]["id"], "it is still told, as a text"


@pytest.mark.parametrize("as_of", [datetime.min, datetime.max])
def test_the_ends_of_the_calendar_do_no_harm(
    system: Build, look: Callable[..., list[Notice]], as_of: datetime
) -> None:
    at = Window(as_of.replace(tzinfo=NOW.tzinfo), 36500, 36500)
    look(system(temporary("LS-2", "2026-12-06T00:00:00Z")), at=at)
