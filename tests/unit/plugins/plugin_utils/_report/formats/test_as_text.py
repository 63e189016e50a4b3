# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text report in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.waivers import (
    load_waivers,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.entitlements import (
    load_entitlements,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats.as_text import (
    FEW_SYSTEMS,
    MAX_LINES_A_SYSTEM,
    MAX_SYSTEMS,
    report,
)

HostFacts = Callable[..., dict[str, Any]]
Render = Callable[..., list[str]]


@pytest.fixture
def render(vendor: PolicySet, as_of: datetime) -> Render:
    def build(*given: HostInput, language: str = "en", policy: object = None) -> list[str]:
        loaded = vendor if policy is None else load_policy(policy)
        return report(evaluate_fleet.evaluate(given, Run(loaded, as_of)), language)

    return build


def test_findings_plan_and_a_compliant_system(render: Render, host_facts: HostFacts) -> None:
    assert render(HostInput("a", host_facts()), HostInput("b", host_facts("lapsing"))) == [
        "chengdu: NOT COMPLIANT (4 findings)",
        "  R20  login will be refused on 2026-12-06 (in 11 days); the remaining licenses will not "
        "cover the system (5 CPUs short)   /login/interrupted_at",
        "  R31  9 physical CPUs, 8 licensed (aarch64)                        /effective/products/0/missing",
        "  R17  SRM is in use or planned, but has no license in force        /features/srm/licensed",
        "  R29  SRM requires enterprise or higher; this system is standard   /features/srm/edition_ok",
        "  → plan: 5 × vms_standard (1 missing now, 4 expiring), then, once the temporary license has "
        "expired (2026-12-06) and VMS has reconnected, 9 × vms_standard_to_enterprise (aarch64, R6) and srm "
        "for 12 protected VMs",
        "hangzhou: compliant (16 rules, 1 pool)",
    ]


R31 = (
    "         expected: at_most 8; found: demand 9",
    "         what to do: Buy 1 more edition licenses for aarch64, with upgrades of the same quantity if the "
    "edition is the result of an upgrade.",
)


def test_detail_is_below_each_finding(vendor: PolicySet, host_facts: HostFacts, as_of: datetime) -> None:
    given = [HostInput("a", host_facts()), HostInput("b", host_facts("lapsing"))]
    result = evaluate_fleet.evaluate(given, Run(vendor, as_of))
    short, long = report(result), report(result, detail=True)
    assert [line for line in long if not line.startswith("        ")] == short
    at = next(number for number, line in enumerate(long) if line.startswith("  R31"))
    finding = next(each for each in result["findings"] if each["rule"] == "r31-sockets")
    rule = f"         rule: r31-sockets (critical), {finding['place']}"
    assert long[at + 1 : at + 4] == [R31[0], rule, R31[1]]
    assert finding["place"].startswith("vendor.yml:")
    assert report(result, "zh", detail=True)[at + 1] == "         应为：at_most 8；实际：demand 9"


def test_detail_of_undecided_rules_lists_each_rule_and_the_remedy_once(
    vendor: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    changes = {"/licenses": {"complete": False, "items": []}}
    result = evaluate_fleet.evaluate([HostInput("a", host_facts(changes=changes))], Run(vendor, as_of))
    lines = report(result, detail=True)
    for finding in result["findings"]:
        if finding["effect"] != "record":
            assert any(f"rule: {finding['rule']} (" in line for line in lines), finding["rule"]
    row = next(number for number, line in enumerate(lines) if line.startswith("  R4, R5"))
    below = [line for line in lines[row + 1 :] if line.startswith("        ")]
    assert sum("what to do: Read the facts again" in line for line in below) <= 4


def test_detail_defaults_to_true_for_a_few_blocked_systems(
    vendor: PolicySet, host_facts: HostFacts, as_of: datetime
) -> None:
    srm = {"id": "LS-3", "product": "srm", "arch": "x86_64", "kind": "temporary", "quantity": 20}
    warned = {
        "/licenses/items/2": {**srm, "expires_at": "2026-12-06T00:00:00Z"},
        "/features/srm": {"in_use": True, "used": 12},
    }

    def lines(stopped: int, detail: bool | None = None) -> list[str]:
        given = [HostInput("w", host_facts(changes=warned))]
        for at in range(stopped):
            given.append(HostInput(f"s{at}", host_facts("lapsing", {"/subject/id": f"s{at}"})))
        result = evaluate_fleet.evaluate(given, Run(vendor, as_of))
        return [line for line in report(result, detail=detail) if "what to do: " in line]

    # Each blocked system has four findings; a warning of a compliant system does not add detail.
    assert [len(lines(stopped)) for stopped in (0, 1, FEW_SYSTEMS, FEW_SYSTEMS + 1)] == [0, 4, 12, 0]
    assert [len(lines(stopped, detail=True)) for stopped in (0, FEW_SYSTEMS + 1)] == [1, 17]


def test_findings_beyond_the_limit_are_counted(
    as_of: datetime, host_facts: HostFacts, policy_of: Callable[..., dict[str, Any]]
) -> None:
    require = {"properties": {"vms": {"properties": {"total": {"maximum": 1}}}}}
    policy = policy_of(*({"id": f"r{at:02}", "require": require} for at in range(MAX_LINES_A_SYSTEM + 3)))
    lines = report(evaluate_fleet.evaluate([HostInput("a", host_facts())], Run(load_policy(policy), as_of)))
    assert lines[0] == f"hangzhou: NOT COMPLIANT ({MAX_LINES_A_SYSTEM + 3} findings)"
    assert lines[-1] == "  … and 3 more findings; the complete result lists all of them"
    assert len(lines) == MAX_LINES_A_SYSTEM + 2


def test_the_report_is_in_chinese(render: Render, host_facts: HostFacts) -> None:
    lines = render(HostInput("a", host_facts()), HostInput("b", host_facts("lapsing")), language="zh")
    assert lines[0] == "chengdu：不合规（4 个问题）"
    assert lines[-1] == "hangzhou：合规（16 条规则，1 个资源池）"
    assert "R31" in lines[2]
    assert "物理 CPU 9 个，已授权 8 个（aarch64）" in lines[2]


def test_a_host_without_facts_is_one_line(render: Render) -> None:
    lines = render(HostInput("wuhan", None, "unreachable"))
    assert lines[0].startswith("wuhan: UNDETERMINED (")
    assert lines[1:] == ["  there are no facts of this host (unreachable); run vms_facts for it"]


def test_rules_that_depend_on_the_same_facts_share_a_line(render: Render, host_facts: HostFacts) -> None:
    lines = render(HostInput("a", host_facts(changes={"/licenses": {"complete": False, "items": []}})))
    assert any(
        line.startswith("  R4, R5, R6, R8, R11, R13, R20") and "/licenses/items" in line for line in lines
    )
    assert sum("/licenses/items" in line for line in lines) <= 4


def test_rules_that_depend_on_many_facts_share_one_line(render: Render, host_facts: HostFacts) -> None:
    names = ("version", "hosts", "licenses", "vms", "license_server", "license_totals")
    unknown = {f"/{name}": {"reason": "login_refused"} for name in names}
    changes = {**{f"/{name}": None for name in names}, "/login": {"state": "refused"}, "/unknown": unknown}
    lines = render(HostInput("a", host_facts(changes=changes)))
    assert lines[1].startswith("  R20")
    assert lines[1].endswith("/login/state")
    waiting = [
        line for line in lines if "not known: " in line and "warning" not in line and "plan" not in line
    ]
    assert len(waiting) == 1
    assert "/licenses (login refused)" in waiting[0]


def test_warnings_are_shown_and_do_not_block(render: Render, host_facts: HostFacts) -> None:
    srm = {"id": "LS-3", "product": "srm", "arch": "x86_64", "kind": "temporary", "quantity": 20}
    changes = {
        "/licenses/items/2": {**srm, "expires_at": "2026-12-06T00:00:00Z"},
        "/features/srm": {"in_use": True, "used": 12},
    }
    lines = render(HostInput("a", host_facts(changes=changes)))
    assert lines[0] == "hangzhou: compliant (20 rules, 1 pool, 1 warning)"
    assert lines[1].startswith("  R17  warning: srm expires on 2026-12-06; its feature then stops working")


def test_errors_of_the_run_and_of_a_host(render: Render) -> None:
    assert render() == [
        "there is no host to check, so compliance cannot be confirmed; check hosts of the play"
    ]
    lines = render(HostInput("a", {"x": float("inf")}))
    assert lines == [
        "a: ERROR (1 finding)",
        "  facts  the number at /x is not finite (NaN or Infinity); correct the variable   /x",
    ]


def test_control_characters_are_removed(render: Render, host_facts: HostFacts) -> None:
    name = "evil\x1b]0;title\x07\nhangzhou: compliant"
    lines = render(HostInput("a", host_facts(changes={"/subject/id": name})))
    assert lines == ["evil ]0;title  hangzhou: compliant: compliant (16 rules, 1 pool)"]


def test_a_large_fleet_is_summarized_with_blocked_systems_first(
    render: Render, host_facts: HostFacts
) -> None:
    given = [HostInput(f"a{at:03}", host_facts(changes={"/subject/id": f"a{at:03}"})) for at in range(60)]
    given += [HostInput("z", host_facts("lapsing", {"/subject/id": "z"}))]
    lines = render(*given)
    assert lines[0].startswith("z: NOT COMPLIANT")
    assert lines[-1] == "… and 11 more systems, 0 of them blocked; the complete result lists all of them"
    assert sum(": compliant" in line for line in lines) == MAX_SYSTEMS - 1


def test_waivers_state_the_required_action(vendor: PolicySet, host_facts: HostFacts, as_of: datetime) -> None:
    def waiver(ident: str, rule: str, until: str) -> dict[str, Any]:
        basics = {"reason": "r", "approver": "b", "ticket": "t", "from": "2026-11-20"}
        return {"id": ident, "rule": rule, "scope": {"systems": ["chengdu"]}, "until": until, **basics}

    content = {
        "kind": "Waivers",
        "schema_version": 1,
        "id": "acme",
        "waivers": [
            waiver("W-1", "r29-srm-edition", "2026-12-31"),
            waiver("W-2", "r17-srm-licensed", "2026-11-30"),
            waiver("W-3", "r20-login-interruption", "2026-11-22"),
            waiver("W-4", "r30-isc-edtion", "2026-12-31"),
        ],
    }
    result = evaluate_fleet.evaluate(
        [HostInput("a", host_facts("lapsing"))], Run(vendor, as_of, waivers=load_waivers(content))
    )
    lines = report(result)
    assert lines[0] == "chengdu: NOT COMPLIANT (2 findings, 2 waived)"
    assert lines[-3:] == [
        "waiver W-2 for r17-srm-licensed ends on 2026-11-30; findings that it waives: 1",
        "waiver W-3 for r20-login-interruption ended on 2026-11-22; remove or renew it",
        "waiver W-4 for r30-isc-edtion covers no finding; remove it or correct its scope; "
        "did you mean r30-isc-edition?",
    ]
    assert not any("R29" in line for line in lines)
    assert "豁免 W-3 已于 2026-11-22 结束" in "".join(report(result, "zh"))


def test_grants_have_titles_and_are_shown_only_if_a_rule_is_about_them(
    host_facts: HostFacts, as_of: datetime
) -> None:
    overdrawn = {
        "id": "r26",
        "about": "grant",
        "references": ["R26"],
        "require": {"properties": {"grant": {"properties": {"overdrawn": {"maximum": 0}}}}},
        "message": {"en": "{actual} too many"},
    }
    always = {"id": "always", "require": {"properties": {"vms": {"properties": {"total": {"minimum": 1}}}}}}
    covers = {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": 3}
    grant = {
        "id": "std",
        "covers": {**covers, "from": "2026-01-10", "until": "never"},
        "allocations": [{"license_server": "ls-east", "system": "hangzhou", "quantity": 4}],
    }
    bought = load_entitlements(
        {
            "kind": "Entitlements",
            "schema_version": 1,
            "id": "acme",
            "systems": {"hangzhou": {"license_server": "ls-east"}},
            "grants": [grant],
        }
    )
    for rules, lines in (
        (
            [overdrawn, always],
            ["grant std: NOT COMPLIANT (1 finding)", "  R26  1 too many   /grant/overdrawn"],
        ),
        ([always], []),
    ):
        policy = {"kind": "LicensePolicy", "id": "site", "version": "1.0.0", "rules": rules}
        result = evaluate_fleet.evaluate(
            [HostInput("a", host_facts())], Run(load_policy(policy), as_of, entitlements=bought)
        )
        assert report(result) == [*lines, "hangzhou: compliant (1 rule, 0 pools)"]


def test_an_unreadable_value_is_shown_with_accepted_values(render: Render, host_facts: HostFacts) -> None:
    facts = host_facts(changes={"/hosts/0/arch": "amd64x"})
    (line,) = [line for line in render(HostInput("a", facts)) if "R31" in line]
    assert 'not known: /hosts/0/arch is "amd64x"; use x86_64 or aarch64' in line
    (line,) = [line for line in render(HostInput("a", facts), language="zh") if "R31" in line]
    assert '未知：/hosts/0/arch 为 "amd64x"；请使用 x86_64 或 aarch64' in line
