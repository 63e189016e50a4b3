# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rejected input has the sentences that the guide lists, and never a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import StrictUndefined

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.plain_data import Template
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.waivers import (
    load_waivers,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

HostFacts = Callable[..., dict[str, Any]]
GUIDE = Path(__file__).resolve().parents[6] / "docs" / "docsite" / "rst" / "guide_policies.rst"

HEAD = "kind: LicensePolicy\nid: site\nversion: 1.0.0\n"
RULE = HEAD + "rules:\n  - id: r\n    require: "
GOOD = RULE + "{properties: {vms: {properties: {total: {maximum: 3}}}}}\n"
SECOND = GOOD.replace("site", "b")
POOL = """pools:
  - id: p
    rows: /hosts
    group_by: [arch]
    demand: {unit: vm, sum: cpu_sockets}
    supply: {from: in_force, product: vms}
    require: {demand: at_most_supply}
"""
WAIVERS = "kind: Waivers\nschema_version: 1\nid: w\nwaivers:\n"
WAIVER = (
    "  - {{id: {ident}, rule: r, scope: {{systems: [a]}}, reason: x, approver: y, ticket: z, "
    'from: "2026-11-01"{until}}}\n'
)
UNTIL = ', until: "2026-12-01"'

POLICIES: dict[str, tuple[str, str]] = {
    "a misspelled keyword": (
        RULE + "{properties: {vms: {properties: {total: {maximun: 3}}}}}\n",
        "site.yml:6: unknown key maximun; did you mean maximum?",
    ),
    "a fact that does not exist": (
        RULE + "{properties: {vms: {properties: {totl: {maximum: 3}}}}}\n",
        "site.yml:6: the fact /vms/totl does not exist (see Facts reference); did you mean /vms/total?",
    ),
    "a pool that counts in two units": (
        HEAD + POOL,
        "site.yml:8: p: the unit of the demand must be cpu_socket, in which vms is counted; got vm (R31)",
    ),
    "policies that extend each other": (
        HEAD + "extends: [{id: back}]\n",
        "site.yml:4: the policies extend each other in a cycle: site, back, site",
    ),
    "an extended policy that was changed": (
        HEAD + f'extends: [{{id: b, digest: "{"0" * 64}"}}]\n',
        f"site.yml:4: digest of the extended policy b must be {'0' * 64}; got ",
    ),
    "a duplicate key": (
        GOOD + "id: other\n",
        "site.yml:7: the key id is already used in line 2; keep one of the two",
    ),
    "``NO`` without quotes": (
        RULE + "{properties: {architecture: {const: NO}}}\n",
        "site.yml:6: NO is text in one YAML version and a boolean in another; "
        "write true or false, or put it in quotes",
    ),
    "``8.10`` without quotes, where text is required": (
        RULE + "{properties: {version: {properties: {vms: {const: 8.10}}}}}\n",
        "site.yml:6: /version/vms cannot have the value 8.1; possible values or types: string",
    ),
    "``.nan``": (
        RULE + "{properties: {vms: {properties: {total: {maximum: .nan}}}}}\n",
        "site.yml:6: .nan is not a finite number; use a finite number",
    ),
    "a day that does not exist": (
        GOOD + "effective: {from: 2026-11-31}\n",
        "site.yml:7: r: 2026-11-31 is not a valid date; correct it",
    ),
}
DOCUMENTS: dict[str, tuple[str, str]] = {
    "two waivers for one finding and day": (
        WAIVERS + WAIVER.format(ident="W-1", until=UNTIL) + WAIVER.format(ident="W-2", until=UNTIL),
        "w.yml:6: the waivers W-2 and W-1 (w.yml:5) both waive r for "
        "the same subject on the same day; keep one",
    ),
    "a waiver without an end": (
        WAIVERS + WAIVER.format(ident="W-1", until=""),
        "w.yml:5: the key until is missing; add it",
    ),
}
FACTS: dict[str, tuple[Mapping[str, Any], str]] = {
    "a host variable that is undefined somewhere": (
        {"/version/vms": StrictUndefined(name="nowhere")},
        "the facts are undefined at /version/vms; run vms_facts first or correct the variable",
    ),
    "a host variable that holds a template": (
        {"/version/vms": Template()},
        "the facts contain a template at /version/vms, and templates in facts are not rendered; "
        "set the value with set_fact before the compliance check",
    ),
    "NaN or Infinity among the facts": (
        {"/vms/total": float("nan")},
        "the number at /vms/total is not finite (NaN or Infinity); correct the variable",
    ),
}


def refused(load: Callable[[object], object], name: str) -> tuple[str, str]:
    with pytest.raises(PolicyError) as caught:
        load(name)
    return caught.value.text(), caught.value.text("zh")


@pytest.mark.parametrize("case", POLICIES)
def test_an_invalid_policy_is_rejected(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, sentence = POLICIES[case]
    monkeypatch.chdir(tmp_path)
    for name, content in (("site", text), ("b", SECOND), ("back", HEAD.replace("site", "back"))):
        more = "extends: [{id: site}]\n" if name == "back" else ""
        Path(f"{name}.yml").write_text(content + more)
    english, chinese = refused(load_policy, "site.yml")
    assert english.startswith(sentence)
    assert "\n" not in english
    assert chinese != english


@pytest.mark.parametrize("case", DOCUMENTS)
def test_invalid_waivers_are_rejected(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, sentence = DOCUMENTS[case]
    monkeypatch.chdir(tmp_path)
    Path("w.yml").write_text(text)
    english, chinese = refused(load_waivers, "w.yml")
    assert english == sentence
    assert chinese != english


@pytest.mark.parametrize("case", FACTS)
def test_invalid_facts_are_an_error(
    case: str, vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    changes, sentence = FACTS[case]
    result = evaluate_fleet.evaluate([HostInput("a", host_facts(changes=dict(changes)))], Run(vendor, as_of))
    (finding,) = result["findings"]
    assert result["decision"] == "error"
    assert (finding["verdict"], finding["effect"], finding["message"]["en"]) == ("error", "block", sentence)
    assert finding["message"]["zh"] != sentence
    assert [entry["passed"] for entry in result["subjects"]] == [[]]


@pytest.mark.parametrize("value", [8.10, False, 8, ["E0760"]])
def test_a_version_of_the_wrong_type_is_unknown(
    value: object, as_of: datetime, host_facts: HostFacts, policy_of: Callable[..., dict[str, Any]]
) -> None:
    require = {"properties": {"version": {"properties": {"vms": {"versionRange": ">=E0700"}}}}}
    policy = load_policy(policy_of({"id": "r", "require": require}))
    result = evaluate_fleet.evaluate(
        [HostInput("a", host_facts(changes={"/version/vms": value}))], Run(policy, as_of)
    )
    assert result["decision"] == "undetermined"
    assert [each["because"] for each in result["findings"]] == [
        [{"pointer": "/version/vms", "reason": "type"}]
    ]


def test_a_date_is_its_first_second(vendor: PolicySet, as_of: datetime, host_facts: HostFacts) -> None:
    decisions = [
        evaluate_fleet.evaluate(
            [HostInput("a", host_facts(changes={"/licenses/items/0/expires_at": end}))], Run(vendor, as_of)
        )["subjects"]
        for end in (date(2026, 12, 1), "2026-12-01", "2026-12-01T00:00:00Z")
    ]
    assert [each[0]["decision"] for each in decisions] == ["non_compliant"] * 3


def test_the_guide_lists_exactly_these_sentences() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    section = text.partition("Errors in documents and facts\n")[2].partition("Read the report\n")[0]
    promised = {}
    for row in section.split("   * - ")[2:]:
        case, _dash, sentence = row.partition("\n     - ")
        promised[case] = " ".join(sentence.partition("\n\n")[0].split())
    actual = {case: sentence for case, (_given, sentence) in (*POLICIES.items(), *DOCUMENTS.items())}
    actual = {case: sentence.partition(": ")[2] for case, sentence in actual.items()}
    actual |= {case: sentence for case, (_given, sentence) in FACTS.items()}
    actual["policies that extend each other"] = actual["policies that extend each other"].replace("back", "b")
    actual["an extended policy that was changed"] = (
        actual["an extended policy that was changed"].replace("0" * 64, "0123…") + "…"
    )
    assert promised == actual
