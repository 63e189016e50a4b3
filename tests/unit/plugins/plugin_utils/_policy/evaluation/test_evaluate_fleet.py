# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation of a fleet: decisions, findings, the schema of the result and its bytes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import flatten, load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

from .....fakes.runs import evaluate_with

HostFacts = Callable[..., dict[str, Any]]
PolicyOf = Callable[..., dict[str, Any]]
Result = dict[str, Any]
Judge = Callable[..., Result]

ENTERPRISE = {"properties": {"effective": {"properties": {"edition": {"enum": ["enterprise"]}}}}}
STANDARD = {"properties": {"effective": {"properties": {"edition": {"enum": ["standard"]}}}}}


@pytest.fixture
def judge(as_of: datetime) -> Judge:
    def run(policy: object, *facts: object, **options: Any) -> Result:
        loaded = policy if isinstance(policy, PolicySet) else load_policy(policy)
        given = [HostInput(f"h{at}", each) for at, each in enumerate(facts)]
        result = evaluate_with(given, loaded, options.pop("as_of", as_of), **options)
        assert schemas.validate("compliance_result", result) == []
        return result

    return run


def one(result: Result) -> dict[str, Any]:
    (finding,) = result["findings"]
    return dict(finding)


def test_a_compliant_and_a_failing_system(judge: Judge, vendor: PolicySet, host_facts: HostFacts) -> None:
    result = judge(vendor, host_facts("lapsing"), host_facts())
    assert result["decision"] == "non_compliant"
    assert [(each["subject"]["id"], each["decision"]) for each in result["subjects"]] == [
        ("chengdu", "non_compliant"),
        ("hangzhou", "compliant"),
    ]
    assert [(finding["rule"], finding["pointer"]) for finding in result["findings"]] == [
        ("r17-srm-licensed", "/features/srm/licensed"),
        ("r20-login-interruption", "/login/interrupted_at"),
        ("r29-srm-edition", "/features/srm/edition_ok"),
        ("r31-sockets", "/effective/products/0/missing"),
    ]
    assert result["counts"]["decisions"] == {"compliant": 1, "non_compliant": 1}


def test_a_finding_has_all_details(judge: Judge, vendor: PolicySet, host_facts: HostFacts) -> None:
    result = judge(vendor, host_facts("lapsing"))
    finding = next(each for each in result["findings"] if each["rule"] == "r29-srm-edition")
    assert finding["subject"] == {"kind": "system", "id": "chengdu"}
    assert finding["hosts"] == ["h0"]
    assert (finding["policy"], finding["version"]) == ("vendor", "1.0.0")
    assert finding["place"].startswith("vendor.yml:")
    assert (finding["verdict"], finding["mode"], finding["effect"]) == ("fail", "deny", "block")
    assert (finding["expected"], finding["actual"]) == ({"const": True}, False)
    assert finding["message"]["en"] == "SRM requires enterprise or higher; this system is standard"
    assert finding["message"]["zh"] == "存储复制容灾（SRM）需要 enterprise 或更高版本，当前为 standard"
    assert finding["remediation"]["en"]
    assert finding["remediation"]["zh"]
    assert finding["references"] == ["R29"]
    assert finding["from"] == ["/effective/edition"]


def test_a_failing_system_has_a_purchase_plan(judge: Judge, vendor: PolicySet, host_facts: HostFacts) -> None:
    (entry,) = judge(vendor, host_facts("lapsing"))["subjects"]
    steps = [
        [(line["product"], line["quantity"]) for line in step["lines"]] for step in entry["plan"]["steps"]
    ]
    assert steps == [[("vms_standard", 5)], [("vms_standard_to_enterprise", 9), ("srm", 12)]]
    (entry,) = judge(vendor, host_facts())["subjects"]
    assert "plan" not in entry


def test_the_order_of_hosts_does_not_matter(judge: Judge, vendor: PolicySet, host_facts: HostFacts) -> None:
    def named(name: str, base: str) -> HostInput:
        return HostInput(name, host_facts(base, {"/subject/id": name}))

    given = [named(f"s{at}", "lapsing" if at % 3 else "licensed") for at in range(8)] + [HostInput("lost")]
    texts = set()
    for seed in range(5):
        random.Random(seed).shuffle(given)  # noqa: S311 - the order of a test, not a secret
        result = evaluate_fleet.evaluate(
            given, Run(vendor, datetime.fromisoformat("2026-11-24T08:00:00+00:00"))
        )
        texts.add(json.dumps(result, ensure_ascii=False))
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("mode", "verdict", "effect", "decision"),
    [
        ("deny", "fail", "block", "non_compliant"),
        ("warn", "fail", "warn", "compliant"),
        ("audit", "fail", "record", "compliant"),
        ("deny", "unknown", "block", "undetermined"),
        ("warn", "unknown", "warn", "compliant"),
        ("audit", "unknown", "record", "compliant"),
    ],
)
def test_modes_set_effect_and_decision(
    mode: str,
    verdict: str,
    effect: str,
    decision: str,
    judge: Judge,
    policy_of: PolicyOf,
    host_facts: HostFacts,
) -> None:
    facts = host_facts(changes={"/licenses": None} if verdict == "unknown" else None)
    result = judge(policy_of({"id": "a", "mode": mode, "require": STANDARD}), facts)
    assert (one(result)["verdict"], one(result)["effect"], result["decision"]) == (verdict, effect, decision)
    assert result["counts"]["warnings"] == (effect == "warn")


def test_on_unknown_reduces_and_never_increases_the_effect(
    judge: Judge, policy_of: PolicyOf, host_facts: HostFacts
) -> None:
    facts = host_facts(changes={"/licenses": None})
    rule = {"id": "a", "require": STANDARD, "on_unknown": "warn"}
    assert judge(policy_of(rule), facts)["decision"] == "compliant"
    assert one(judge(policy_of({**rule, "on_unknown": "ignore"}), facts))["effect"] == "record"
    assert one(judge(policy_of({**rule, "on_unknown": "block", "mode": "warn"}), facts))["effect"] == "warn"


def test_a_rule_is_promoted_on_its_date(judge: Judge, policy_of: PolicyOf, host_facts: HostFacts) -> None:
    policy = policy_of(
        {"id": "a", "mode": {"warn": "2026-12-01", "deny": "2027-01-15"}, "require": STANDARD},
        {"id": "b", "require": ENTERPRISE},
    )

    def at(text: str) -> Result:
        return judge(policy, host_facts(), as_of=datetime.fromisoformat(text + "+00:00"))

    assert at("2026-11-30T23:59:59")["off"] == ["a"]
    assert at("2026-11-30T23:59:59")["subjects"][0]["rules"] == 1
    assert one(at("2026-12-01T00:00:00"))["mode"] == "warn"
    assert at("2027-01-14T23:59:59")["decision"] == "compliant"
    assert at("2027-01-15T00:00:00")["decision"] == "non_compliant"


def test_a_policy_applies_within_its_dates(judge: Judge, policy_of: PolicyOf, host_facts: HostFacts) -> None:
    policy = [
        policy_of({"id": "a", "require": STANDARD}, effective={"from": "2026-11-24", "until": "2026-11-25"}),
        policy_of({"id": "b", "require": ENTERPRISE}) | {"id": "other"},
    ]

    def at(text: str) -> str:
        moment = datetime.fromisoformat(text + "+00:00")
        facts = host_facts(changes={"/source/gathered_at": "2026-11-23T00:00:00Z"})
        return str(judge(policy, facts, as_of=moment)["decision"])

    assert at("2026-11-23T23:59:59") == "compliant"
    assert at("2026-11-24T00:00:00") == "non_compliant"
    assert at("2026-11-25T23:59:59") == "non_compliant"
    assert at("2026-11-26T00:00:00") == "compliant"


def test_an_unknown_condition_passes_only_if_the_requirement_passes(
    judge: Judge, policy_of: PolicyOf, host_facts: HostFacts
) -> None:
    facts = host_facts(changes={"/architecture": None})
    x86 = {"properties": {"architecture": {"const": "x86_64"}}}
    assert judge(policy_of({"id": "a", "when": x86, "require": ENTERPRISE}), facts)["decision"] == "compliant"
    result = judge(policy_of({"id": "a", "when": x86, "require": STANDARD}), facts)
    assert result["decision"] == "undetermined"
    assert one(result)["because"] == [{"pointer": "/architecture", "reason": "absent"}]


def test_a_run_without_a_verdict_is_an_error(
    judge: Judge, policy_of: PolicyOf, host_facts: HostFacts
) -> None:
    arm = {"properties": {"architecture": {"const": "aarch64"}}}
    result = judge(policy_of({"id": "a", "when": arm, "require": ENTERPRISE}), host_facts())
    assert result["decision"] == "error"
    assert [error["code"] for error in result["errors"]] == ["run_nothing_applies"]
    assert result["subjects"][0]["decision"] == "not_applicable"
    result = judge(policy_of({"id": "a", "require": ENTERPRISE}))
    assert result["decision"] == "error"
    assert [error["code"] for error in result["errors"]] == ["run_without_hosts"]


def test_hosts_without_facts_are_counted(judge: Judge, vendor: PolicySet, host_facts: HostFacts) -> None:
    result = judge(vendor, host_facts(), None, expected_hosts=["h0", "h1", "h9"])
    assert [(each["subject"]["id"], each["decision"]) for each in result["subjects"]] == [
        ("h1", "undetermined"),
        ("h9", "undetermined"),
        ("hangzhou", "compliant"),
    ]
    assert result["decision"] == "undetermined"
    assert set(result["counts"]["unknown_reasons"]) == {"absent"}


def test_unreadable_facts_are_an_error_of_their_host(
    judge: Judge, policy_of: PolicyOf, host_facts: HostFacts
) -> None:
    policy = policy_of({"id": "a", "mode": "audit", "require": ENTERPRISE})
    result = judge(policy, host_facts(), {"a": float("nan")})
    assert [each["decision"] for each in result["subjects"]] == ["error", "compliant"]
    assert (one(result)["kind"], one(result)["verdict"], one(result)["pointer"]) == ("facts", "error", "/a")


def test_an_unknown_is_never_non_compliant_and_an_error_has_priority(
    judge: Judge, policy_of: PolicyOf, host_facts: HostFacts
) -> None:
    policy = policy_of(
        {"id": "a", "require": STANDARD},
        {"id": "b", "require": {"properties": {"vms": {"properties": {"total": {"maximum": 100}}}}}},
    )
    failing = host_facts()
    assert judge(policy, failing)["decision"] == "non_compliant"
    unknown = host_facts(changes={"/licenses": None, "/vms/total": 9})
    assert judge(policy, unknown)["decision"] == "undetermined"
    assert judge(policy, failing, {1: 2})["decision"] == "error"


def test_only_undetermined_can_be_removed_from_fail_on(judge: Judge, vendor: PolicySet) -> None:
    assert judge(vendor, None, fail_on=["error", "non_compliant"])["fail_on"] == ["error", "non_compliant"]
    for wrong in ([], ["error"], ["non_compliant", "undetermined"], ["error", "non_compliant", "warning"]):
        with pytest.raises(PolicyError) as caught:
            judge(vendor, None, fail_on=wrong)
        assert caught.value.code == "fail_on_invalid"


def test_fingerprints_do_not_depend_on_values(judge: Judge, vendor: PolicySet, host_facts: HostFacts) -> None:
    def pool(changes: dict[str, Any]) -> dict[str, Any]:
        result = judge(vendor, host_facts(changes=changes))
        return next(each for each in result["findings"] if each["rule"] == "r31-sockets")

    first, second = pool({"/hosts/1/cpu_sockets": 3}), pool({"/hosts/1/cpu_sockets": 4})
    assert first["fingerprint"] == second["fingerprint"]
    assert first["state_digest"] != second["state_digest"]


def test_there_is_one_finding_for_each_failing_item(
    judge: Judge, policy_of: PolicyOf, host_facts: HostFacts
) -> None:
    small = {"properties": {"hosts": {"items": {"properties": {"cpu_sockets": {"maximum": 1}}}}}}
    message = {"en": "{../name} has {actual} sockets {{/architecture}}"}
    result = judge(policy_of({"id": "a", "require": small, "message": message}), host_facts())
    assert [finding["pointer"] for finding in result["findings"]] == [
        "/hosts/0/cpu_sockets",
        "/hosts/1/cpu_sockets",
    ]
    assert result["findings"][1]["message"]["en"].startswith("cvk2 has 2 sockets")


def test_host_text_is_never_expanded_again(judge: Judge, policy_of: PolicyOf, host_facts: HostFacts) -> None:
    facts = host_facts(changes={"/version/vms": "{/subject/id}\x1b[31m{{ lookup('pipe', 'id') }}"})
    rule = {
        "id": "a",
        "require": {"properties": {"version": {"properties": {"vms": {"pattern": "^E"}}}}},
        "message": {"en": "version {actual}"},
    }
    assert one(judge(policy_of(rule), facts))["message"]["en"] == (
        "version {/subject/id} [31m{{ lookup('pipe', 'id') }}"
    )


def test_a_finding_without_a_message_has_a_default_message(
    judge: Judge, policy_of: PolicyOf, host_facts: HostFacts
) -> None:
    finding = one(judge(policy_of({"id": "a", "require": STANDARD}), host_facts()))
    assert finding["message"]["en"] == '/effective/edition: expected enum ["standard"], found enterprise'
    assert finding["message"]["zh"]


def test_the_english_message_replaces_a_missing_chinese_one(
    judge: Judge, policy_of: PolicyOf, host_facts: HostFacts
) -> None:
    rule = {"id": "a", "require": STANDARD, "message": {"en": "no"}}
    assert one(judge(policy_of(rule), host_facts()))["message"] == {"en": "no", "zh": "no"}


def test_a_pair_reported_by_two_hosts_is_one_system(
    judge: Judge, vendor: PolicySet, host_facts: HostFacts
) -> None:
    (entry,) = judge(vendor, host_facts(), host_facts())["subjects"]
    assert (entry["hosts"], entry["decision"]) == (["h0", "h1"], "compliant")
    worse = host_facts(changes={"/hosts/1/cpu_sockets": 3})
    (entry,) = judge(vendor, host_facts(), worse)["subjects"]
    assert entry["decision"] == "undetermined"


def test_the_horizon_sets_its_parameter(judge: Judge, vendor: PolicySet, host_facts: HostFacts) -> None:
    near, far = judge(vendor, host_facts("lapsing"), horizon=5), judge(vendor, host_facts("lapsing"))
    assert near["parameters"] == {"horizon_days": {"value": 5, "origin": "horizon"}}
    assert far["parameters"] == {"horizon_days": {"value": 30, "origin": "vendor"}}
    assert "r20-login-interruption" not in [finding["rule"] for finding in near["findings"]]


def test_a_flattened_policy_gives_the_same_bytes(
    judge: Judge, policy_of: PolicyOf, host_facts: HostFacts
) -> None:
    site = policy_of({"id": "r4-one-edition", "override": True, "mode": "warn"}, extends=[{"id": "vendor"}])
    policy = load_policy(site)
    facts = [host_facts("lapsing"), host_facts(), None]
    assert judge(policy, *facts) == judge(flatten(policy), *facts)


def test_facts_older_than_the_maximum_age_are_unknown(
    judge: Judge, policy_of: PolicyOf, host_facts: HostFacts
) -> None:
    old = host_facts(changes={"/source/gathered_at": "2026-11-20T00:00:00Z"})
    policy = policy_of({"id": "a", "require": ENTERPRISE}, max_age_hours=24)
    assert judge(policy, host_facts())["decision"] == "compliant"
    result = judge(policy, old)
    assert (result["decision"], result["counts"]["unknown_reasons"]) == ("undetermined", {"stale": 1})


@pytest.mark.parametrize("short_of", ["vms_standard", "vms_standard_to_enterprise", "srm"])
def test_purchasing_the_plan_complies_and_one_unit_less_does_not(
    short_of: str, judge: Judge, vendor: PolicySet, host_facts: HostFacts
) -> None:
    (entry,) = judge(vendor, host_facts("lapsing"))["subjects"]
    bought = [line for step in entry["plan"]["steps"] for line in step["lines"]]
    after = datetime.fromisoformat("2026-12-06T00:00:01+00:00")

    def system(missing: str) -> dict[str, Any]:
        facts = host_facts("lapsing", {"/license_server/fetched_at": "2026-12-06T00:00:01Z"})
        facts["source"]["gathered_at"] = "2026-12-06T00:00:01Z"
        del facts["licenses"]["items"][1]
        for at, line in enumerate(bought):
            quantity = line["quantity"] - (line["product"] == missing)
            license_ = {"id": f"N-{at}", "product": line["product"], "arch": line["arch"], "kind": "formal"}
            facts["licenses"]["items"].append({**license_, "quantity": quantity, "expires_at": "never"})
        return facts

    assert judge(vendor, system(""), as_of=after)["decision"] == "compliant"
    assert judge(vendor, system(short_of), as_of=after)["decision"] == "non_compliant"


def test_each_unreadable_host_has_its_own_error(judge: Judge, vendor: PolicySet) -> None:
    deep: Any = "x"
    for _level in range(500):
        deep = [deep]
    unreadable = ({"architecture": float("nan")}, {"version": {"vms": float("nan")}}, {"vms": deep})
    separate = [one(judge(vendor, facts)) for facts in unreadable]
    assert len({finding["message"]["en"] for finding in separate}) == len(unreadable)
    together = judge(vendor, *unreadable)["findings"]
    assert [finding["message"] for finding in together] == [finding["message"] for finding in separate]
    assert [finding["pointer"] for finding in together] == [finding["pointer"] for finding in separate]
