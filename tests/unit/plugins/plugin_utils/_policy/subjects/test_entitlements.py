# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Purchased licenses: grants as facts (R24–R26), invalid entitlements, systems without facts."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.entitlements import (
    Entitlements,
    load_entitlements,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

HostFacts = Callable[..., dict[str, Any]]
PolicyOf = Callable[..., dict[str, Any]]

SYSTEMS = {
    "hangzhou": {"license_server": "ls-east", "hot_standby": True, "contract_number": "SC-2026-118"},
    "chengdu": {"license_server": "ls-west"},
}


def grant(ident: str = "std-x86", quantities: tuple[int, ...] = (4, 6), **covers: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "product": "vms_standard",
        "arch": "x86_64",
        "kind": "formal",
        "code": "3132A0XY",
        "quantity": 10,
        "from": "2026-01-10",
        "until": "never",
    }
    base.update(covers)
    homes = (("ls-east", "hangzhou"), ("ls-west", "chengdu"))
    return {
        "id": ident,
        "covers": {name: value for name, value in base.items() if value is not None},
        "allocations": [
            {"license_server": homes[at % 2][0], "system": homes[at % 2][1], "quantity": quantity}
            for at, quantity in enumerate(quantities)
        ],
    }


def entitlements(*grants: dict[str, Any], **more: Any) -> dict[str, Any]:
    content = {"kind": "Entitlements", "schema_version": 1, "id": "acme", "systems": SYSTEMS}
    return copy.deepcopy({**content, "grants": list(grants), **more})


def facts_of(one: dict[str, Any], as_of: datetime) -> dict[str, Any]:
    (loaded,) = load_entitlements(entitlements(one)).grants
    facts = loaded.facts(as_of)
    assert schemas.validate("grant_facts", facts.tree) == [] or facts.unknown
    return {**facts.tree["grant"], "unknown": dict(facts.unknown)}  # type: ignore[index]


@pytest.mark.parametrize(
    ("code", "quantities", "code_class", "split_ok"),
    [
        ("3132A0XY", (4, 6), "flexible", True),
        ("3130A0XY", (10,), "fixed", True),
        ("3130A0XY", (4, 6), "fixed", False),
        ("3130A0XY", (4,), "fixed", False),
        ("3130A0XY", (), "fixed", True),
        ("3131A0XY", (10,), "unknown", True),
        ("3131A0XY", (4, 6), "unknown", None),
        (None, (4, 6), "unknown", None),
        (None, (), "unknown", True),
    ],
)
def test_a_fixed_code_is_not_split_and_a_flexible_one_may_be(
    code: str | None, quantities: tuple[int, ...], code_class: str, split_ok: bool | None, as_of: datetime
) -> None:
    facts = facts_of(grant(quantities=quantities, code=code), as_of)
    assert (facts["code_class"], facts.get("split_ok")) == (code_class, split_ok)
    assert facts["unknown"] == ({"/grant/split_ok": "absent"} if split_ok is None else {})
    assert facts.get("code") == code


@pytest.mark.parametrize(
    ("quantities", "allocated", "unallocated", "overdrawn"),
    [((4, 6), 10, 0, 0), ((4,), 4, 6, 0), ((4, 7), 11, 0, 1), ((), 0, 10, 0)],
)
def test_allocated_and_unallocated_quantities(
    quantities: tuple[int, ...], allocated: int, unallocated: int, overdrawn: int, as_of: datetime
) -> None:
    facts = facts_of(grant(quantities=quantities), as_of)
    assert [facts[name] for name in ("allocated", "unallocated", "overdrawn")] == [
        allocated,
        unallocated,
        overdrawn,
    ]
    assert (facts["allocations"], facts["systems"]) == (len(quantities), len(quantities))


@pytest.mark.parametrize(
    ("at", "alive", "days"),
    [
        ("2026-01-09T23:59:59", False, 365),
        ("2026-01-10T00:00:00", True, 365),
        ("2027-01-09T23:59:59", True, 0),
        ("2027-01-10T00:00:00", False, 0),
    ],
)
def test_a_dated_grant_ends_at_the_start_of_its_last_day(at: str, alive: bool, days: int) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=timezone.utc)
    facts = facts_of(grant(until="2027-01-10"), moment)
    assert (facts["alive"], facts["days"], facts["ends_at"]) == (alive, days, "2027-01-10T00:00:00Z")
    loaded = load_entitlements(entitlements(grant(until="2027-01-10")))
    assert bool(loaded.alive(moment)) is alive


RULES = [
    {
        "id": "r26-overdrawn",
        "about": "grant",
        "references": ["R26"],
        "require": {"properties": {"grant": {"properties": {"overdrawn": {"maximum": 0}}}}},
        "message": {"en": "{/grant/product}: {/grant/allocated} allocated, {/grant/quantity} bought"},
    },
    {
        "id": "r25-split",
        "about": "grant",
        "references": ["R25"],
        "require": {"properties": {"grant": {"properties": {"split_ok": {"const": True}}}}},
    },
]
EDITION = {
    "id": "edition",
    "require": {"properties": {"effective": {"properties": {"edition": {"const": "enterprise"}}}}},
}


@pytest.fixture
def judge(as_of: datetime, host_facts: HostFacts, policy_of: PolicyOf) -> Callable[..., dict[str, Any]]:
    def run(*grants: dict[str, Any], **policy: Any) -> dict[str, Any]:
        given = [HostInput("east", host_facts(changes={"/subject": {"kind": "system", "id": "hangzhou"}}))]
        result = evaluate_fleet.evaluate(
            given,
            Run(
                load_policy(policy_of(*RULES, EDITION, **policy)),
                as_of,
                entitlements=load_entitlements(entitlements(*grants)),
            ),
        )
        assert schemas.validate("compliance_result", result) == []
        return result

    return run


def test_grants_are_evaluated_beside_systems(judge: Callable[..., dict[str, Any]]) -> None:
    result = judge(grant(), grant("over", (4, 7)), grant("torn", (4, 6), code="3130A0XY"))
    decisions = {each["subject"]["id"]: each["decision"] for each in result["subjects"]}
    assert decisions == {
        "hangzhou": "compliant",
        "over": "non_compliant",
        "std-x86": "compliant",
        "torn": "non_compliant",
    }
    assert [(each["subject"], each["rule"], each["pointer"]) for each in result["findings"]] == [
        ({"kind": "grant", "id": "over"}, "r26-overdrawn", "/grant/overdrawn"),
        ({"kind": "grant", "id": "torn"}, "r25-split", "/grant/split_ok"),
    ]
    assert result["findings"][0]["message"]["en"] == "vms_standard: 11 allocated, 10 bought"
    # The finding lists the hosts of the systems that use the grant.
    assert result["findings"][0]["hosts"] == ["east"]
    assert result["decision"] == "non_compliant"
    system = next(each for each in result["subjects"] if each["subject"]["kind"] == "system")
    assert system["passed"] == ["edition"]
    assert len(result["digests"]["entitlements"]) == 64


def test_a_split_grant_of_an_unknown_code_is_undetermined(judge: Callable[..., dict[str, Any]]) -> None:
    result = judge(grant(code=None))
    (finding,) = result["findings"]
    assert (finding["rule"], finding["verdict"]) == ("r25-split", "unknown")
    assert finding["because"] == [
        {"pointer": "/grant/split_ok", "reason": "absent", "settled_by": ["/grant/code"]}
    ]


def test_applies_to_does_not_exclude_grants(judge: Callable[..., dict[str, Any]]) -> None:
    everywhere = {"properties": {"architecture": {"enum": ["x86_64"]}}, "required": ["architecture"]}
    result = judge(grant("over", (4, 7)), applies_to=everywhere)
    assert [each["rule"] for each in result["findings"]] == ["r26-overdrawn"]


def test_a_rule_uses_facts_of_its_subject_kind(policy_of: PolicyOf) -> None:
    for rule, sentence in (
        ({**EDITION, "about": "grant"}, "the fact /effective does not exist"),
        ({**RULES[0], "about": "system"}, "the fact /grant does not exist"),
    ):
        with pytest.raises(PolicyError, match=sentence):
            load_policy(policy_of(rule))


def test_a_run_with_grants_only_is_an_error(as_of: datetime, policy_of: PolicyOf) -> None:
    bought = load_entitlements(entitlements(grant()))
    result = evaluate_fleet.evaluate([], Run(load_policy(policy_of(*RULES)), as_of, entitlements=bought))
    assert (result["decision"], result["errors"][0]["code"]) == ("error", "run_without_hosts")


FLEET = {
    "id": "fleet",
    "rows": "/hosts",
    "group_by": ["arch"],
    "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
    "supply": {"from": "in_force", "product": "vms"},
    "require": {"demand": "at_most_supply"},
}


def test_a_system_without_facts_counts_in_a_pool(
    as_of: datetime, host_facts: HostFacts, policy_of: PolicyOf
) -> None:
    policy = load_policy(policy_of(EDITION, pools=[FLEET]))
    given = [HostInput("hangzhou", host_facts())]
    without = evaluate_fleet.evaluate(given, Run(policy, as_of))
    assert without["decision"] == "compliant"
    missing = evaluate_fleet.evaluate(
        given, Run(policy, as_of, entitlements=load_entitlements(entitlements()))
    )
    (finding,) = missing["findings"]
    assert (finding["rule"], finding["verdict"]) == ("fleet", "unknown")
    assert finding["because"][0]["reason"] == "absent"
    assert [each["subject"]["id"] for each in missing["subjects"]] == ["hangzhou"]
    # Stored facts decide the pool, without a verdict on the host outside the run.
    stored = [HostInput("chengdu", host_facts(changes={"/subject/id": "chengdu"}))]
    decided = evaluate_fleet.evaluate(
        given, Run(policy, as_of, entitlements=load_entitlements(entitlements())), outside=stored
    )
    assert (decided["decision"], decided["findings"]) == ("compliant", [])
    assert [each["subject"]["id"] for each in decided["subjects"]] == ["hangzhou"]


def errors(*grants: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load_entitlements(entitlements(*grants, **more))
    assert caught.value.text("zh")
    return caught.value.text().split("\n")


def allocated(**allocation: Any) -> dict[str, Any]:
    return {**grant(), "allocations": [{"quantity": 4, **allocation}]}


DR = {"product": "disk_backup_dr", "arch": "any"}


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (
            grant(product="vms_standart"),
            "the catalog has no product vms_standart (R27); did you mean vms_s",
        ),
        (grant(product="srm", arch="any"), "arch of srm must be one of x86_64, aarch64; got any"),
        (grant(until="2026-01-10"), "the grant std-x86 ends on 2026-01-10, before it begins"),
        (grant(until="2026-02-30"), "std-x86: 2026-02-30 is not a valid date"),
        (grant(quantity=0), "the value must satisfy minimum 1; got 0"),
        (grant(quantity="10"), "the value must be of type integer; got string"),
        (grant(packs=[10]), "std-x86: vms_standard is not sold in packs"),
        (grant(**DR, packs=[10, 1], quantities=()), "the packs add up to 11, but the quantity is 10"),
        (grant(**DR, quantities=(4,)), "disk_backup_dr is installed on a node"),
        (allocated(node="dr-1"), "vms_standard is installed on a License Server"),
        (
            allocated(system="hangzou", license_server="ls-east"),
            "the system hangzou of the allocation is not listed in systems; did you mean hangzhou?",
        ),
        (
            allocated(system="hangzhou", license_server="ls-west"),
            "the License Server of hangzhou is ls-east, but the allocation names ls-west",
        ),
        (
            allocated(system="hangzhou", node="n"),
            "the key system cannot be combined with the other keys here",
        ),
        (allocated(system="hangzhou"), "the key license_server is missing"),
        (grant(kind="trial"), "the value must be one of: preinstalled, temporary, formal; got trial"),
        (grant(amount=3), "unknown key amount"),
    ],
)
def test_each_error_has_its_sentence(one: dict[str, Any], sentence: str) -> None:
    assert any(sentence in line for line in errors(one)), errors(one)


def test_errors_across_grants_and_systems() -> None:
    assert "the grant id std-x86 is already used at inline/grants/0" in errors(grant(), grant())[0]
    lonely = {"solo": {"license_server": "ls-east", "contract_number": "SC-1"}}
    assert "the system solo has a contract number but is not a hot-standby pair" in errors(systems=lonely)[0]


def test_all_errors_are_listed_at_once(tmp_path: Path) -> None:
    (tmp_path / "e.yml").write_text(
        "kind: Entitlements\nschema_version: 1\nid: acme\nsystems: {}\ngrants:\n"
        "  - id: a\n    covers: {product: nothing, arch: any, kind: formal, quantity: 1, from: 2026-01-10,\n"
        "             until: 2025-01-10}\n"
        "    allocations:\n      - {system: hangzhou, license_server: ls-east, quantity: 1}\n"
    )
    with pytest.raises(PolicyError) as caught:
        load_entitlements(str(tmp_path / "e.yml"))
    assert sorted((each.code, each.place) for each in caught.value.problems) == [
        ("grant_order", "e.yml:8"),
        ("grant_product", "e.yml:7"),
        ("grant_system", "e.yml:10"),
    ]


def test_several_documents_are_merged() -> None:
    first = entitlements(grant("a"))
    second = entitlements(grant("b"), id="other", systems={})
    loaded = load_entitlements([first, second])
    assert [each.id for each in loaded.grants] == ["a", "b"]
    assert load_entitlements([second, first]).digest == loaded.digest
    with pytest.raises(PolicyError, match="the system chengdu is described twice with different values"):
        load_entitlements([first, entitlements(systems={"chengdu": {"license_server": "ls-east"}})])
    assert load_entitlements(None) == Entitlements()
