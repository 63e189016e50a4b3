# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts over times without a zone: no more definite than all zones allow, definite where all agree."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.reading import zone_choices
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import (
    load_bytes,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy import load
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.fact_age import AgeLimit
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
    read_host,
)

AS_OF = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
DOCUMENT: Any = load_bytes((load.FOLDER / "vendor.yml").read_bytes(), "vendor.yml").value
VENDOR = load.load_policy("vendor")
POOLS = [pool["id"] for pool in DOCUMENT["pools"]]
OFFSETS = [timedelta(hours=hour) for hour in range(-12, 15)]


def local(hours: float) -> str:
    return (AS_OF + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S")


def system(*licenses: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = copy.deepcopy(DOCUMENT["fixtures"]["licensed"])
    facts["source"]["gathered_at"] = local(0) + "Z"
    facts["license_server"]["fetched_at"] = local(-1) + "Z"
    facts["features"]["srm"] = {"in_use": True, "used": 12}
    facts["licenses"]["items"].extend(licenses)
    return facts


def srm(end: str, quantity: int = 12) -> dict[str, Any]:
    return {
        "id": f"LS-{quantity}", "product": "srm", "arch": "x86_64", "kind": "temporary", "quantity": quantity,
        "assigned": quantity, "expires_at": end, "status": "in_use", "held_by": "ls-east",
    }  # fmt: skip


def verdicts(facts: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Return the decision, and the verdict of each check."""
    result = evaluate_fleet.evaluate([HostInput("hangzhou", facts)], Run(VENDOR, AS_OF))
    found: dict[str, str] = {}
    for subject in result["subjects"]:
        found.update(dict.fromkeys(subject["passed"], "pass"))
        found.update(dict.fromkeys(subject["not_applicable"], "not_applicable"))
    for finding in result["findings"]:
        found[finding.get("rule", finding.get("pool"))] = finding["verdict"]
    return result["decision"], found


def at_offset(facts: dict[str, Any], offset: timedelta) -> dict[str, Any]:
    changed = copy.deepcopy(facts)
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    changed["source"]["timezone"] = f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    return changed


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-30, 60), st.booleans()), min_size=1, max_size=2),
    st.integers(-24 * 3, 24 * 40),
)
def test_a_verdict_is_the_one_that_all_zones_agree_on(ends: list[tuple[int, bool]], edition_end: int) -> None:
    licenses = [
        srm(local(hours) + ("" if zoneless else "Z"), quantity=12 + number)
        for number, (hours, zoneless) in enumerate(ends)
    ]
    facts = system(*licenses)
    facts["licenses"]["items"][0]["expires_at"] = local(edition_end)
    _decision, found = verdicts(facts)
    each = [verdicts(at_offset(facts, offset))[1] for offset in OFFSETS]
    for check, verdict in found.items():
        possible = {one.get(check, "pass") for one in each}
        if verdict == "unknown":
            assert check in POOLS or len(possible) > 1 or "unknown" in possible, check
        else:
            assert possible == {verdict}, check


@pytest.mark.parametrize(
    ("hours", "decision"),
    [(6, "undetermined"), (-6, "undetermined"), (24 * 200, "compliant"), (-48, "non_compliant")],
)
def test_the_decision_about_a_feature_by_its_distance_from_now(hours: int, decision: str) -> None:
    assert verdicts(system(srm(local(hours))))[0] == decision


def test_the_zone_that_the_document_states_decides() -> None:
    facts = system(srm(local(6)))
    assert verdicts(at_offset(facts, timedelta(hours=8)))[0] == "non_compliant"
    assert verdicts(at_offset(facts, timedelta(hours=-8)))[0] == "compliant"


def test_a_finding_shows_the_time_and_how_to_state_its_zone() -> None:
    result = evaluate_fleet.evaluate([HostInput("hangzhou", system(srm(local(6))))], Run(VENDOR, AS_OF))
    finding = next(each for each in result["findings"] if each["rule"] == "r17-srm-licensed")
    assert finding["because"][0]["reason"] == "zone"
    text = finding["message"]["en"]
    assert '/licenses/items/2/expires_at is "2026-11-24T18:00:00"; use a time with its zone' in text
    assert "source.timezone" in text
    assert "option timezone (usphere_timezone in the inventory)" in text
    assert "source.timezone" in finding["message"]["zh"]


def test_a_zone_that_is_not_known_is_shown() -> None:
    facts = system(srm(local(6)))
    facts["source"]["timezone"] = "Asia/Shangai"
    result = evaluate_fleet.evaluate([HostInput("hangzhou", facts)], Run(VENDOR, AS_OF))
    finding = next(each for each in result["findings"] if each["rule"] == "r17-srm-licensed")
    assert '/source/timezone is "Asia/Shangai"; use an offset such as +08:00' in finding["message"]["en"]


@pytest.mark.parametrize(
    ("gathered", "reason"),
    [(local(-1), "zone"), (local(-49), "stale"), (local(24), "future"), (local(-15), "")],
)
def test_the_age_of_facts_whose_time_has_no_zone(gathered: str, reason: str) -> None:
    facts = system(srm("never"))
    facts["source"]["gathered_at"] = gathered
    assert read_host(HostInput("h", facts), AS_OF, AgeLimit(AS_OF, 36)).facts.unknown.get("", "") == reason


def test_a_time_in_the_wrong_unit_is_unknown() -> None:
    reading = read_host(HostInput("h", system(srm("1970-01-22T21:57:36Z"))), AS_OF, None)
    assert reading.facts.unknown["/licenses/items/2/expires_at"] == "value"
    assert reading.facts.reason("/features/srm/licensed") == "value"


def test_times_in_other_spellings_are_read() -> None:
    for end in ("2027/06/12 09:00:00+08:00", "2027-06-12 01:00:00Z", "2027/06/12"):
        reading = read_host(HostInput("h", system(srm(end))), AS_OF, None)
        assert reading.facts.value("/features/srm/licensed") is True, end


def test_a_license_that_is_not_needed_leaves_nothing_undetermined() -> None:
    facts = system(srm("never"), srm(local(6), quantity=3))
    decision, found = verdicts(facts)
    assert decision == "compliant"
    # Only the warning depends on the zone: the license may have expired already.
    assert [check for check, verdict in found.items() if verdict == "unknown"] == ["r17-feature-lapse"]


def test_equal_facts_with_other_times_have_verdicts_of_their_own() -> None:
    near, far = system(srm(local(24 * 20))), system(srm(local(24 * 200)))
    for facts, name in ((near, "a"), (far, "b")):
        facts["subject"]["id"] = facts["license_server"]["client"] = name
    given = [HostInput("a", near), HostInput("b", far)]
    result = evaluate_fleet.evaluate(given, Run(VENDOR, AS_OF))
    found = {each["subject"]["id"]: each["rule"] for each in result["findings"]}
    assert found == {"a": "r17-feature-lapse"}


def issued_after_the_fetch(further: int, status: str) -> dict[str, Any]:
    """Return a system with a license that VMS cannot have fetched, in no zone, and ``further`` ones."""
    facts = system(
        *(
            {
                **srm(f"2026-11-{24 + number % 2}T{number % 24:02d}:{number:02d}:07"),
                "status": status,
                "id": f"U{number}",
            }
            for number in range(further)
        )
    )
    facts["features"]["srm"] = {"in_use": False, "used": 0}
    facts["license_server"]["fetched_at"] = local(-60)
    facts["licenses"]["items"][0].update(issued_at=local(-1), installed_at=local(-0.5))
    return facts


@pytest.mark.parametrize(
    ("further", "status", "most"),
    [(0, "in_use", 128), (30, "uninstalled", 128), (30, "in_use", 128), (30, "in_use", 1), (0, "in_use", 1)],
)
def test_further_licenses_do_not_hide_a_contradiction(
    monkeypatch: pytest.MonkeyPatch, further: int, status: str, most: int
) -> None:
    monkeypatch.setattr(zone_choices, "MOST_COMBINATIONS", most)
    decision, found = verdicts(issued_after_the_fetch(further, status))
    assert decision == "undetermined"
    assert found["r31-sockets"] == "unknown"


def test_uninstalled_licenses_change_no_verdict() -> None:
    assert verdicts(issued_after_the_fetch(30, "uninstalled")) == verdicts(issued_after_the_fetch(0, ""))


@settings(max_examples=6, deadline=None)
@given(
    st.lists(st.integers(-40, 60), min_size=1, max_size=3),
    st.integers(-80, 80),
    st.integers(-40, 40),
    st.sampled_from([1, 4]),
)
def test_zones_that_are_not_tried_give_no_better_verdict(
    ends: list[int], issued: int, fetched: int, most: int
) -> None:
    facts = system(*(srm(local(hours), quantity=12 + number) for number, hours in enumerate(ends)))
    facts["license_server"]["fetched_at"] = local(fetched)
    facts["licenses"]["items"][0]["issued_at"] = local(issued)
    exact_decision, exact = verdicts(facts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zone_choices, "MOST_COMBINATIONS", most)
        decision, found = verdicts(facts)
    assert decision in ("undetermined", exact_decision)
    met = ("pass", "not_applicable")
    for check, verdict in found.items():
        known = exact.get(check, "pass")
        assert verdict in ("unknown", known) or (verdict in met and known in met), check
