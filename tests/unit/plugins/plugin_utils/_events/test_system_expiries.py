# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licenses of a system that are due, and the content of their events."""

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
def notices_of(window: Window, subject: EventSubject) -> Callable[..., list[Notice]]:
    def run(
        facts: dict[str, Any], of: EventSubject = subject, at: Window = window, language: str = "en"
    ) -> list[Notice]:
        return system_notices(facts, of, at, Catalog.builtin(), Words(language))

    return run


def test_an_expiry_event_has_all_known_fields(system: Build, notices_of: Callable[..., list[Notice]]) -> None:
    found = notices_of(system(license_row("LS-1"), temporary("LS-2", "2026-12-06T00:00:00Z")))
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
        "hangzhou: the temporary license LS-2 for 2 of vms_standard expires on 2026-12-06T00:00:00Z, in 12 "
        "days (R17); VMS then refuses every login until it fetches its licenses again (R20); 2 CPU sockets "
        "are then without a license (R31)"
    )


def test_the_message_is_in_chinese(system: Build, notices_of: Callable[..., list[Notice]]) -> None:
    facts = system(license_row("LS-1"), temporary("LS-2", "2026-12-06T00:00:00Z"))
    (notice,) = notices_of(facts, language="zh")
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
def test_the_horizon_includes_its_bounds(
    system: Build, notices_of: Callable[..., list[Notice]], seconds: int, due: bool, days_left: int | None
) -> None:
    end = format_end(NOW + timedelta(seconds=seconds))
    # Fetched after the expiry, if it is past: login is allowed, and the expiry is the only notice.
    server = {
        "id": "ls-east",
        "client": "hangzhou",
        "state": "connected",
        "fetched_at": "2026-11-24T00:00:00Z",
    }
    found = notices_of(system(license_row("LS-1"), temporary("LS-2", end), license_server=server))
    assert [notice.body["days_left"] for notice in found] == ([days_left] if due else [])
    assert [notice.body["lapsed"] for notice in found] == ([seconds <= 0] if due else [])


def test_permanent_licenses_are_never_due(system: Build, notices_of: Callable[..., list[Notice]]) -> None:
    assert notices_of(system(license_row("LS-1", quantity=6))) == []


def test_a_renewed_license_has_a_notice_of_its_own(
    system: Build, notices_of: Callable[..., list[Notice]]
) -> None:
    keys = {notices_of(system(temporary("LS-2", end)))[0].key for end in ("2026-12-06", "2026-12-20")}
    assert len(keys) == 2


def test_a_formal_license_with_an_end_is_due(system: Build, notices_of: Callable[..., list[Notice]]) -> None:
    (notice,) = notices_of(system(license_row("LS-1", quantity=6, expires_at="2026-12-01T00:00:00Z")))
    assert notice.body["days_left"] == 7


def test_a_covered_expiry_is_marked_as_covered(
    system: Build, notices_of: Callable[..., list[Notice]]
) -> None:
    (notice,) = notices_of(system(license_row("LS-1", quantity=6), temporary("LS-2", "2026-12-06T00:00:00Z")))
    then: Any = notice.body["then"]
    assert (then["covered"], then["missing"], then["login_interrupted"]) == (True, 0, True)
    assert "without a license" not in str(notice.body["message"])


def test_a_feature_does_not_interrupt_login(system: Build, notices_of: Callable[..., list[Notice]]) -> None:
    feature = temporary("LS-3", "2026-12-06T00:00:00Z", product="srm")
    (notice,) = notices_of(system(license_row("LS-1", quantity=6), feature))
    then: Any = notice.body["then"]
    assert then["login_interrupted"] is False
    assert "refuses every login" not in str(notice.body["message"])


def test_licenses_that_do_not_count_expire_without_an_event(
    system: Build, notices_of: Callable[..., list[Notice]]
) -> None:
    silenced = license_row("LS-9", kind="preinstalled", expires_at="2026-12-06T00:00:00Z")
    gone = [temporary(f"LS-{at}", "2026-12-06T00:00:00Z", status=status) for at, status in
            ((5, "uninstalled"), (6, "unusable"))]  # fmt: skip
    forbidden = temporary("LS-7", "2026-12-06T00:00:00Z", product="heterogeneous_migration", arch="any")
    assert notices_of(system(license_row("LS-1", quantity=6), silenced, *gone, forbidden)) == []


def test_a_preinstalled_license_alone_is_due(system: Build, notices_of: Callable[..., list[Notice]]) -> None:
    preinstalled = license_row("LS-9", quantity=6, kind="preinstalled", expires_at="2026-12-06T00:00:00Z")
    (notice,) = notices_of(system(preinstalled))
    then: Any = notice.body["then"]
    assert (notice.body["days_left"], then["login_interrupted"], then["missing"]) == (12, True, 6)


def test_the_first_run_sets_the_end_of_a_preinstalled_license(
    system: Build, notices_of: Callable[..., list[Notice]]
) -> None:
    row = license_row("LS-9", quantity=6, kind="preinstalled")
    del row["expires_at"]
    (notice,) = notices_of(system(row, preinstalled={"first_run_at": "2026-06-10T00:00:00Z"}))
    assert notice.body["expires_at"] == "2026-12-07T00:00:00Z"


def test_licenses_with_one_end_have_one_event_each(
    system: Build, notices_of: Callable[..., list[Notice]]
) -> None:
    ends = "2026-12-06T00:00:00Z"
    found = notices_of(system(license_row("LS-1"), temporary("LS-2", ends, 1), temporary("LS-3", ends, 1)))
    assert [notice.key[2] for notice in found] == ["LS-2", "LS-3"]
    assert {notice.body["then"]["missing"] for notice in found} == {2}  # type: ignore[index]


def test_an_unknown_end_is_an_event_and_makes_the_effects_unknown(
    system: Build, notices_of: Callable[..., list[Notice]]
) -> None:
    facts = system(license_row("LS-1"), temporary("LS-2", "2026-12-06T00:00:00Z"), temporary("LS-3", None))
    facts["unknown"] = {"/licenses/items/2/expires_at": {"reason": "type"}}
    lapse, unknown = notices_of(facts)
    then: Any = lapse.body["then"]
    assert then["unknown"] == dict.fromkeys(
        ("login_interrupted", "missing", "edition", "upgrades_ok"), "type"
    )
    assert "the effect on edition, login_interrupted, missing, upgrades_ok is not known" in str(
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
def test_an_incomplete_list_is_an_event(
    system: Build, notices_of: Callable[..., list[Notice]], licenses: Any, unknown: Any, reason: str
) -> None:
    facts = system(licenses=licenses, unknown=unknown)
    if licenses is None:
        del facts["licenses"]
    (notice,) = notices_of(facts)
    assert (notice.body["type"], notice.body["what"], notice.body["reason"]) == (
        "unknown",
        "licenses",
        reason,
    )


def test_without_a_list_the_end_of_the_totals_is_used(
    system: Build, notices_of: Callable[..., list[Notice]]
) -> None:
    totals = {"cpu_allowed": 6, "edition": "standard", "ends_at": "2026-12-06T00:00:00Z"}
    facts = system(licenses={"complete": False, "items": []}, license_totals=totals)
    _unknown, lapse = notices_of(facts)
    assert (lapse.body["origin"], lapse.body["days_left"]) == ("totals", 12)
    assert "license" not in lapse.body
    assert lapse.key == ("lapse", "hangzhou", "license_totals", "2026-12-06T00:00:00Z")


def test_a_refused_login_is_the_only_event(system: Build, notices_of: Callable[..., list[Notice]]) -> None:
    facts = {
        "kind": "HostFacts",
        "schema_version": 1,
        "subject": {"kind": "system", "id": "hangzhou"},
        "login": {"state": "refused"},
        "unknown": {f"/{name}": {"reason": "login_refused"} for name in ("hosts", "licenses", "version")},
    }
    (notice,) = notices_of(facts)
    assert notice.body["type"] == "login_refused"
    assert "(R20)" in str(notice.body["message"])


def test_an_expiry_without_a_later_fetch_is_a_refused_login(
    system: Build, notices_of: Callable[..., list[Notice]]
) -> None:
    found = notices_of(system(license_row("LS-1", quantity=6), temporary("LS-2", "2026-11-23T00:00:00Z")))
    assert [notice.body["type"] for notice in found] == ["login_refused", "lapse"]


def test_a_node_without_licenses_has_no_event(system: Build, notices_of: Callable[..., list[Notice]]) -> None:
    facts = system(subject={"kind": "node", "id": "cvk1"}, unknown={"/licenses": {"reason": "absent"}})
    del facts["licenses"]
    assert notices_of(facts, of=EventSubject("node", "cvk1")) == []
    (notice,) = notices_of(facts)
    assert notice.body["what"] == "licenses", "for a system the same is an event"


def test_an_unmasked_key_of_a_file_is_masked(system: Build, notices_of: Callable[..., list[Notice]]) -> None:
    rows = [
        temporary("LS-2", "2026-12-06", key="AB12-CD34-EF56"),
        temporary("LS-3", "2026-12-06", key="AB12"),
    ]
    found = notices_of(system(*rows))
    assert [notice.body["license"]["key"] for notice in found] == ["****EF56", "****"]  # type: ignore[index]
    assert "CD34" not in json.dumps([dict(notice.body) for notice in found])


def test_server_text_is_never_a_template(system: Build, notices_of: Callable[..., list[Notice]]) -> None:
    evil = temporary(
        "{{ lookup('pipe', 'id') }}\x1b[2J", "2026-12-06", code="{% raw %}{#", product="x" * 10_000
    )
    (notice,) = notices_of(system(evil))
    event: Any = notice.event()
    text = json.dumps({**event, "message": event["message"]})
    assert not any(opener in text for opener in ("{{", "{%", "{#")), text
    assert "\\u001b" not in text
    assert len(event["license"]["product"]) == 1000
    assert len(event["message"]) <= 1010
    assert "lookup('pipe', 'id')" in event["license"]["id"], "it is still included, as text"


@pytest.mark.parametrize("as_of", [datetime.min, datetime.max])
def test_the_limits_of_the_calendar_are_handled(
    system: Build, notices_of: Callable[..., list[Notice]], as_of: datetime
) -> None:
    at = Window(as_of.replace(tzinfo=NOW.tzinfo), 36500, 36500)
    notices_of(system(temporary("LS-2", "2026-12-06T00:00:00Z")), at=at)


def test_an_end_without_a_zone_has_an_event_on_its_earliest_day(
    system: Build, notices_of: Callable[..., list[Notice]]
) -> None:
    facts = system(license_row("LS-1"), temporary("LS-2", "2026-12-06T00:00:00"))
    (notice,) = notices_of(facts)
    assert notice.body["expires_at"] == "2026-12-05T10:00:00Z"
    assert notice.body["then"] == {
        "login_interrupted": True, "missing": 2, "edition": "standard", "upgrades_ok": True, "covered": False,
        "unknown": {},
    }  # fmt: skip


def test_an_end_that_may_be_past_in_some_zones_is_unknown(
    system: Build, notices_of: Callable[..., list[Notice]]
) -> None:
    (notice,) = notices_of(system(license_row("LS-1"), temporary("LS-2", "2026-11-24T06:00:00")))
    assert (notice.body["what"], notice.body["reason"]) == ("end", "zone")


def test_an_end_without_a_zone_far_away_has_no_event(
    system: Build, notices_of: Callable[..., list[Notice]]
) -> None:
    assert notices_of(system(license_row("LS-1"), temporary("LS-2", "2027-12-06T00:00:00"))) == []


def test_the_zone_of_a_facts_file_applies(system: Build, notices_of: Callable[..., list[Notice]]) -> None:
    facts = system(license_row("LS-1"), temporary("LS-2", "2026-12-06T00:00:00"))
    facts.setdefault("source", {})["timezone"] = "+08:00"
    (notice,) = notices_of(facts)
    assert notice.body["expires_at"] == "2026-12-05T16:00:00Z"
