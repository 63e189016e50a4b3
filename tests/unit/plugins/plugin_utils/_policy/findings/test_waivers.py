# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waivers: what they cover, their dates, and every error of a waiver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.decision import DECISIONS
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.finding import Finding
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.waivers import (
    WaiverSet,
    load_waivers,
    shortfall,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

HostFacts = Callable[..., dict[str, Any]]
Result = dict[str, Any]
GROUP = {"subject.id": "chengdu", "arch": "aarch64"}
#: The checks that the system chengdu of the fixtures violates.
BROKEN = ("r17-srm-licensed", "r20-login-interruption", "r29-srm-edition")


def waiver(**more: Any) -> dict[str, Any]:
    basics = {"id": "W-1", "reason": "ordered", "approver": "board", "ticket": "CHG-1"}
    term = {"from": "2026-11-20", "until": "2026-12-20"}
    aim: dict[str, Any] = {"rule": "r29-srm-edition", "scope": {"systems": ["chengdu"]}}
    if "pool" in more:
        aim = {"group": GROUP, "max_shortfall": 1}
    return {**basics, **term, **aim, **more}


def waivers(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "Waivers", "schema_version": 1, "id": "acme", "waivers": list(items), **more}


@pytest.fixture
def judge(vendor: PolicySet, as_of: datetime, host_facts: HostFacts) -> Callable[..., Result]:
    def run(*items: dict[str, Any], facts: dict[str, Any] | None = None, at: datetime = as_of) -> Result:
        hosts = [HostInput("h", facts if facts is not None else host_facts("lapsing"))]
        loaded: WaiverSet = load_waivers(waivers(*items)) if items else load_waivers(None)
        result = evaluate_fleet.evaluate(hosts, Run(vendor, at, waivers=loaded))
        assert schemas.validate("compliance_result", result) == []
        return result

    return run


def waivers_of_all() -> list[dict[str, Any]]:
    rules = [waiver(id=f"W-{at}", rule=rule) for at, rule in enumerate(BROKEN)]
    return [*rules, waiver(id="W-9", pool="r31-sockets")]


def verdicts(result: Result) -> dict[str, str]:
    return {finding["rule"]: finding["verdict"] for finding in result["findings"]}


def states(result: Result) -> dict[str, str]:
    return {each["id"]: each["state"] for each in result["waivers"]}


def test_a_waived_finding_is_listed_and_does_not_block(judge: Callable[..., Result]) -> None:
    before, after = judge(), judge(waiver())
    finding = next(each for each in after["findings"] if each["rule"] == "r29-srm-edition")
    original = next(each for each in before["findings"] if each["rule"] == "r29-srm-edition")
    assert (finding["verdict"], finding["waived_from"], finding["effect"]) == ("waived", "fail", "record")
    assert finding["waiver"] == {"id": "W-1", "until": "2026-12-20", "place": "inline/waivers/0"}
    changed = ("verdict", "waived_from", "waiver", "effect")
    assert {k: v for k, v in finding.items() if k not in changed} == {
        k: v for k, v in original.items() if k not in changed
    }
    assert after["decision"] == "non_compliant"
    assert after["subjects"][0]["waived"] == ["r29-srm-edition"]
    assert after["counts"]["verdicts"]["waived"] == 1
    assert "waivers" not in before["digests"]
    assert len(after["digests"]["waivers"]) == 64


def test_a_system_with_all_findings_waived_is_compliant(judge: Callable[..., Result]) -> None:
    result = judge(*waivers_of_all())
    assert set(verdicts(result).values()) == {"waived"}
    assert (result["decision"], result["subjects"][0]["decision"]) == ("compliant", "compliant")
    assert set(states(result).values()) == {"active"}


def test_removing_a_waiver_never_improves_a_decision(judge: Callable[..., Result]) -> None:
    complete = waivers_of_all()
    rank = DECISIONS.index
    for at in range(len(complete)):
        fewer = judge(*complete[:at], *complete[at + 1 :])
        assert rank(fewer["decision"]) <= rank(judge(*complete)["decision"])
        assert fewer["decision"] == "non_compliant"


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("2026-11-19T23:59:59", "pending"),
        ("2026-11-20T00:00:00", "active"),
        ("2026-12-06T23:59:59", "active"),
        ("2026-12-07T00:00:01", "expiring"),
        ("2026-12-20T23:59:59", "expiring"),
        ("2026-12-21T00:00:00", "expired"),
    ],
)
def test_a_waiver_applies_to_full_days(
    at: str, state: str, judge: Callable[..., Result], host_facts: HostFacts
) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=timezone.utc)
    facts = host_facts("lapsing", {"/source/gathered_at": "2026-11-01T00:00:00Z"})
    result = judge(waiver(), facts=facts, at=moment)
    assert states(result) == {"W-1": state}
    covered = state in ("active", "expiring")
    assert (verdicts(result)["r29-srm-edition"] == "waived") is covered
    if not covered:
        bare = judge(facts=facts, at=moment)
        assert result["findings"] == bare["findings"]
        assert result["decision"] == bare["decision"]


def test_a_waiver_that_covers_nothing_is_unused_with_a_suggestion(judge: Callable[..., Result]) -> None:
    result = judge(waiver(rule="r29-srm-editoin"), waiver(id="W-2", rule="r17-isc-licensed"))
    assert states(result) == {"W-1": "unused", "W-2": "unused"}
    assert result["waivers"][0]["no_such_check"] == "r29-srm-edition"
    assert "no_such_check" not in result["waivers"][1]


@pytest.mark.parametrize(
    "aim",
    [
        {"scope": {"systems": ["hangzhou"]}},
        {"scope": {"nodes": ["chengdu"]}},
        {"policy": "another"},
        {"fingerprint": "0" * 64},
        {"state_digest": "0" * 64},
        {"covers": ["unknown"]},
    ],
)
def test_a_waiver_covers_only_what_it_names(aim: dict[str, Any], judge: Callable[..., Result]) -> None:
    assert verdicts(judge(waiver(**aim)))["r29-srm-edition"] == "fail"


def test_a_waiver_can_be_pinned_to_a_finding_or_its_state(
    judge: Callable[..., Result], host_facts: HostFacts
) -> None:
    finding = next(each for each in judge()["findings"] if each["rule"] == "r20-login-interruption")
    pins = {name: finding[name] for name in ("fingerprint", "state_digest")}
    later = host_facts("lapsing", {"/licenses/items/1/expires_at": "2026-12-08T00:00:00Z"})
    for name, kept in (("fingerprint", True), ("state_digest", False)):
        pinned = waiver(rule="r20-login-interruption", **{name: pins[name]})
        assert verdicts(judge(pinned))["r20-login-interruption"] == "waived"
        moved = verdicts(judge(pinned, facts=later))["r20-login-interruption"]
        assert (moved == "waived") is kept


def test_unknown_is_covered_only_if_stated(judge: Callable[..., Result], host_facts: HostFacts) -> None:
    facts = host_facts("lapsing", {"/version": None})
    plain = judge(waiver(), facts=facts)
    assert verdicts(plain)["r29-srm-edition"] == "unknown"
    result = judge(waiver(covers=["fail", "unknown"]), facts=facts)
    finding = next(each for each in result["findings"] if each["rule"] == "r29-srm-edition")
    assert (finding["verdict"], finding["waived_from"]) == ("waived", "unknown")


def test_a_pool_waiver_accepts_a_shortfall_up_to_its_maximum(
    judge: Callable[..., Result], host_facts: HostFacts
) -> None:
    assert verdicts(judge(waiver(pool="r31-sockets")))["r31-sockets"] == "waived"
    more = host_facts("lapsing", {"/hosts/2/cpu_sockets": 2})
    assert verdicts(judge(waiver(pool="r31-sockets"), facts=more))["r31-sockets"] == "fail"
    assert verdicts(judge(waiver(pool="r31-sockets", max_shortfall=2), facts=more))["r31-sockets"] == "waived"
    other = waiver(pool="r31-sockets", group={**GROUP, "arch": "x86_64"})
    assert verdicts(judge(other))["r31-sockets"] == "fail"
    open_ended = host_facts("lapsing", {"/hosts": None})
    undecided = waiver(pool="r31-sockets", covers=["fail", "unknown"], max_shortfall=1000)
    assert verdicts(judge(undecided, facts=open_ended))["r31-sockets"] == "unknown"


def test_the_shortfall_of_a_finding_is_its_worst_case() -> None:
    def largest(demand: object, supply: object) -> int | None:
        return shortfall({"at_most": supply}, {"demand": demand})

    assert largest(9, 8) == 1
    assert largest([7, 9], [4, None]) == 5
    assert largest([7, None], 8) is None
    assert largest(1, 8) == 0
    assert shortfall({"const": True}, False) is None


def test_errors_are_never_waived(judge: Callable[..., Result], host_facts: HostFacts) -> None:
    facts = {**host_facts("lapsing"), "vms": {"total": float("nan")}}
    result = judge(waiver(rule="facts", scope={"systems": ["h", "chengdu"]}), facts=facts)
    assert result["decision"] == "error"


def test_forecasts_are_never_waived(judge: Callable[..., Result], as_of: datetime) -> None:
    (one,) = load_waivers(waivers(waiver())).waivers
    document = next(each for each in judge()["findings"] if each["rule"] == "r29-srm-edition")
    finding = Finding.from_dict(document)
    assert finding.to_dict() == document
    assert one.covers_finding(finding, as_of)
    assert not one.covers_finding(replace(finding, kind="forecast"), as_of)
    assert not one.covers_finding(finding, as_of + timedelta(days=90))


def errors(*items: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load_waivers(waivers(*items, **more))
    assert caught.value.text("zh")
    return caught.value.text().split("\n")


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (waiver(until="2026-11-19"), "the waiver W-1 ends on 2026-11-19, before it begins"),
        (waiver(until="2027-02-18"), "the waiver W-1 must last at most 90 days; got 91 days"),
        (waiver(until="2026-11-31"), "W-1: 2026-11-31 is not a valid date"),
        (waiver(until="never"), "got never"),
        (waiver(approve="x"), "unknown key approve; did you mean approver?"),
        (waiver(max_shortfall=1), "the key max_shortfall cannot be combined with the other keys here"),
        (
            waiver(pool="p", scope={"systems": ["a"]}),
            "the key scope cannot be combined with the other keys here",
        ),
        (waiver(scope={}), "got {}"),
        (waiver(covers=["error"]), "the value must be one of: fail, unknown; got error"),
        ({k: v for k, v in waiver().items() if k != "until"}, "the key until is missing"),
        ({k: v for k, v in waiver().items() if k != "scope"}, "the key scope is missing"),
        ({k: v for k, v in waiver().items() if k != "ticket"}, "the key ticket is missing"),
    ],
)
def test_each_error_has_its_sentence(item: dict[str, Any], sentence: str) -> None:
    assert any(sentence in line for line in errors(item)), errors(item)


def test_the_longest_term_is_set_by_the_document() -> None:
    assert load_waivers(waivers(waiver(until="2027-02-17"))).waivers
    assert load_waivers(waivers(waiver(until="2027-02-18"), longest_days=91)).waivers
    assert any("must last at most 7 days" in line for line in errors(waiver(), longest_days=7))


@pytest.mark.parametrize(
    ("second", "overlaps"),
    [
        ({}, True),
        ({"scope": {"systems": ["elsewhere", "chengdu"]}}, True),
        ({"from": "2026-12-20", "until": "2026-12-30"}, True),
        ({"from": "2026-12-21", "until": "2026-12-30"}, False),
        ({"scope": {"systems": ["elsewhere"]}}, False),
        ({"scope": {"nodes": ["chengdu"]}}, False),
        ({"rule": "another"}, False),
    ],
)
def test_two_waivers_for_one_rule_subject_and_day_are_an_error(
    second: dict[str, Any], overlaps: bool
) -> None:
    pair = (waiver(), waiver(id="W-2", **second))
    if overlaps:
        assert errors(*pair) == [
            "inline/waivers/1: the waivers W-2 and W-1 (inline/waivers/0) both waive r29-srm-edition for "
            "the same subject on the same day; keep one"
        ]
    else:
        assert len(load_waivers(waivers(*pair)).waivers) == 2


def test_waivers_pinned_to_different_findings_do_not_overlap() -> None:
    pair = (waiver(fingerprint="0" * 64), waiver(id="W-2", fingerprint="1" * 64))
    assert len(load_waivers(waivers(*pair)).waivers) == 2
    assert errors(waiver(fingerprint="0" * 64), waiver(id="W-2"))


def test_files_and_lists_have_places_and_one_digest(tmp_path: Path) -> None:
    head = "kind: Waivers\nschema_version: 1\nid: {0}\nwaivers:\n"
    body = (
        "  - {{id: {0}, rule: {0}, scope: {{systems: [a]}}, reason: r, approver: b, ticket: t,\n"
        "     from: 2026-11-20, until: 2026-12-20}}\n"
    )
    for name in ("a", "b"):
        (tmp_path / f"{name}.yml").write_text(head.format(name) + body.format(name))
    paths = [str(tmp_path / "a.yml"), str(tmp_path / "b.yml")]
    loaded = load_waivers(paths)
    assert [each.place for each in loaded.waivers] == ["a.yml:5", "b.yml:5"]
    assert load_waivers(paths[::-1]) == loaded
    assert load_waivers(None).waivers == ()
    twice = "the waiver id a is already used at a.yml:5"
    with pytest.raises(PolicyError, match=twice):
        load_waivers([paths[0], paths[0]])


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("nowhere.yml", "the Waivers document nowhere.yml was not found"),
        (7, "Waivers must be a path, a mapping or a list of those; got integer"),
        ({"kind": "Waiver"}, "got Waiver"),
    ],
)
def test_other_values_than_documents_are_errors(argument: object, sentence: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_waivers(argument)
    assert sentence in caught.value.text()


def test_an_empty_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "w.yml").write_text("")
    with pytest.raises(PolicyError, match="the document is empty; it must contain Waivers"):
        load_waivers(str(tmp_path / "w.yml"))


# -- properties for any set of waivers --

AIMS = [{"rule": rule} for rule in (*BROKEN, "r1-system-licensed")] + [{"pool": "r31-sockets"}]
SOME = st.lists(
    st.tuples(
        st.sampled_from(range(len(AIMS))),
        st.integers(0, 30),
        st.integers(0, 30),
        st.sampled_from([["fail"], ["unknown"], ["fail", "unknown"]]),
    ),
    max_size=6,
    unique_by=lambda each: each[0],
)
FIRST = datetime(2026, 11, 10, tzinfo=timezone.utc)


def test_waivers_only_accept_findings(vendor: PolicySet, host_facts: HostFacts) -> None:
    dated = host_facts("lapsing", {"/source/gathered_at": "2026-11-01T00:00:00Z"})
    versionless = {name: value for name, value in dated.items() if name != "version"}
    rank = DECISIONS.index

    @settings(max_examples=25, deadline=None)
    @given(SOME, st.integers(0, 60), st.booleans())
    def check(some: list[tuple[int, int, int, list[str]]], at: int, with_version: bool) -> None:
        moment = FIRST + timedelta(days=at, hours=5)
        items = [
            waiver(
                **{
                    **AIMS[aim],
                    "id": f"W-{number}",
                    "covers": covers,
                    "from": (FIRST + timedelta(days=begin)).date().isoformat(),
                    "until": (FIRST + timedelta(days=begin + length)).date().isoformat(),
                }
            )
            for number, (aim, begin, length, covers) in enumerate(some)
        ]

        def judged(*chosen: dict[str, Any]) -> Result:
            loaded = load_waivers(waivers(*chosen))
            hosts = [HostInput("h", dated if with_version else versionless)]
            return evaluate_fleet.evaluate(hosts, Run(vendor, moment, waivers=loaded, evidence=False))

        complete, bare = judged(*items), judged()
        assert rank(bare["decision"]) <= rank(complete["decision"])
        for number in range(len(items)):
            fewer = judged(*items[:number], *items[number + 1 :])
            assert rank(fewer["decision"]) <= rank(complete["decision"])
        # The findings are the same; a waiver only marks one as accepted.
        for finding, original in zip(complete["findings"], bare["findings"], strict=True):
            assert finding["fingerprint"] == original["fingerprint"]
            assert finding.get("waived_from", finding["verdict"]) == original["verdict"]
        active = [item for item in items if item["from"] <= moment.date().isoformat() <= item["until"]]
        assert verdicts(judged(*active)) == verdicts(complete)
        if not active:
            assert complete["findings"] == bare["findings"]

    check()
