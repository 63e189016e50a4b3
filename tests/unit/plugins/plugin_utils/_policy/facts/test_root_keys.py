# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong types of subject, source and unknown: an error of that host only, in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.unicloud.usphere.plugins.filter.effective_license import effective_license
from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import license_compliance
from ansible_collections.unicloud.usphere.plugins.filter.license_forecast import license_forecast
from ansible_collections.unicloud.usphere.plugins.filter.license_purchase_plan import license_purchase_plan
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import (
    evaluate_fleet,
    play_scope,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import with_value
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.sources import (
    read_facts_files,
)

HostFacts = Callable[..., dict[str, Any]]
AS_OF = "2026-11-24T08:00:00Z"
NO_MAPPING: list[object] = [None, True, 0, 7, 1.5, "", "text", [], ["system"], [{}], [[]]]
NO_KIND: list[object] = [None, True, 0, 1.5, "", "System", "vms", [], ["system"], {}, {"a": 1}, [[]]]
NO_ID: list[object] = [None, True, 0, 1.5, "", "x" * 257, [], ["hangzhou"], {}, {"id": "hangzhou"}]
WRONG = [
    *((f"/{name}", {name: value}) for name in ("subject", "source", "unknown") for value in NO_MAPPING),
    *(("/subject/kind", {"subject": {"kind": value, "id": "odd"}}) for value in NO_KIND),
    *(("/subject/id", {"subject": {"kind": "system", "id": value}}) for value in NO_ID),
]
#: Unreadable values inside of them make facts unknown, as elsewhere.
INSIDE: list[dict[str, object]] = [
    *({"source": {"via": value}} for value in (None, [], {}, 7)),
    *({"source": {"gathered_at": value}} for value in (None, [], {}, 7, "yesterday")),
    *({"source": {"certainty": value}} for value in (None, [], "x", {"documented": {}})),
    *({"unknown": {"/version": value}} for value in (None, [], {}, "absent", {"reason": []}, {"reason": {}})),
    *({"unknown": {pointer: {"reason": "absent"}}} for pointer in ("", "/", "version", "//")),
]


@pytest.mark.parametrize("policy", ["vendor", "personal"])
@pytest.mark.parametrize(("pointer", "changes"), WRONG, ids=[json.dumps(each)[:60] for _at, each in WRONG])
def test_a_wrong_shape_is_an_error_of_its_host_only(
    pointer: str,
    changes: dict[str, object],
    policy: str,
    vendor: PolicySet,
    as_of: datetime,
    host_facts: HostFacts,
    policy_of: Callable[..., Any],
) -> None:
    given = [
        HostInput("good", host_facts(changes={"/subject": None})),
        HostInput(
            "odd", {**host_facts(changes={"/subject": None, "/license_server/client": "odd"}), **changes}
        ),
    ]
    # A policy that reads the subject evaluates each subject separately.
    named = {"properties": {"subject": {"properties": {"id": {"minLength": 2}}}}}
    personal = load_policy(policy_of({"id": "named", "severity": "low", "require": named}))
    result = evaluate_fleet.evaluate(given, Run(vendor if policy == "vendor" else personal, as_of))
    assert schemas.validate("compliance_result", result) == []
    found = {host: each["decision"] for each in result["subjects"] for host in each["hosts"]}
    assert found == {"good": "compliant", "odd": "error"}
    (finding,) = result["findings"]
    assert finding["pointer"] == pointer
    for sentence in finding["message"].values():
        assert sentence.startswith(f"{pointer} ")


@pytest.mark.parametrize("name", ["subject", "source", "unknown", "subject/id", "subject/kind"])
def test_an_unresolved_template_is_an_error_of_its_host_only(
    name: str, vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    def is_template(text: str) -> bool:
        return "{{" in text

    variables = {
        "good": {"usphere": host_facts(changes={"/subject": None})},
        "odd": {"usphere": with_value(host_facts(), f"/{name}", "{{ inventory_hostname }}")},
    }
    scope = play_scope.PlayScope(("good", "odd"), frozenset(variables), 2)
    given, _outside = play_scope.inputs(scope, variables.get, is_template)
    result = evaluate_fleet.evaluate(given, Run(vendor, as_of))
    found = {host: each["decision"] for each in result["subjects"] for host in each["hosts"]}
    assert found == {"good": "compliant", "odd": "error"}
    (finding,) = result["findings"]
    assert finding["message"]["en"].startswith(f"the facts contain a template at /{name}")


def test_recursive_variables_are_an_error_of_their_host_only(
    vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless
    good = host_facts(changes={"/subject": None})
    variables = {
        "good": {"usphere": good},
        "facts": {"usphere": {**good, "subject": {"id": "facts"}, "site_facts": endless}},
        "site": {"usphere": {**good, "subject": {"id": "site"}}, "usphere_site_facts": endless},
    }
    scope = play_scope.PlayScope(tuple(variables), frozenset(variables), 3)
    given, _outside = play_scope.inputs(scope, variables.get, lambda text: "{{" in text)
    result = evaluate_fleet.evaluate(given, Run(vendor, as_of))
    found = {host: each["decision"] for each in result["subjects"] for host in each["hosts"]}
    assert found == {"good": "compliant", "facts": "error", "site": "error"}


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "https://admin:hyena-6@vms/"},
        {"source": "admin:hye/na-6@vms"},
        {"source": ["admin", {"password": "hyena-6"}]},
        {"unknown": [{"login": {"api_token": ["hyena-6"]}}]},
        {"hosts": {"password": "hyena-6"}},
        {"licenses": [{"key": "hyena-6"}]},
        {"hosts": "https://admin:hyena-6@vms/"},
    ],
)
def test_sentences_contain_no_secret(
    changes: dict[str, object], vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    result = evaluate_fleet.evaluate([HostInput("odd", {**host_facts(), **changes})], Run(vendor, as_of))
    assert result["decision"] != "compliant"
    assert "na-6" not in json.dumps(result)


@pytest.mark.parametrize("changes", INSIDE, ids=[json.dumps(each)[:60] for each in INSIDE])
def test_an_unreadable_inner_value_raises_no_error(
    changes: dict[str, object], vendor: PolicySet, as_of: datetime, host_facts: HostFacts
) -> None:
    given = [
        HostInput("good", host_facts(changes={"/subject": None})),
        HostInput(
            "odd", {**host_facts(changes={"/subject": None, "/license_server/client": "odd"}), **changes}
        ),
    ]
    result = evaluate_fleet.evaluate(given, Run(vendor, as_of))
    found = {host: each["decision"] for each in result["subjects"] for host in each["hosts"]}
    assert found.pop("good") == "compliant"
    assert found.pop("odd") in ("compliant", "undetermined")


@pytest.mark.parametrize(("pointer", "changes"), WRONG, ids=[json.dumps(each)[:60] for _at, each in WRONG])
def test_filters_for_one_system_raise_the_same_error(
    pointer: str, changes: dict[str, object], host_facts: HostFacts
) -> None:
    facts = {**host_facts(), **changes}
    for name, function in (
        ("effective_license", effective_license),
        ("license_forecast", license_forecast),
        ("license_purchase_plan", license_purchase_plan),
    ):
        with pytest.raises(AnsibleFilterError, match=f"^{name}: {pointer} must be "):
            function(facts, as_of=AS_OF)


def test_in_a_list_other_systems_keep_their_decision(host_facts: HostFacts, tmp_path: Path) -> None:
    facts = [host_facts(), {**host_facts(), "subject": ["system"]}, {**host_facts(), "source": []}]
    facts[2]["subject"] = {"id": "wuhan"}
    result = license_compliance(facts, "vendor", as_of=AS_OF)
    found = {each["subject"]["id"]: each["decision"] for each in result["subjects"]}
    assert found == {"hangzhou": "compliant", "facts 2": "error", "wuhan": "error"}
    (tmp_path / "facts.ndjson").write_text("\n".join(map(json.dumps, facts)))
    names = [each.host for each in read_facts_files(str(tmp_path / "facts.ndjson"))]
    assert names == ["hangzhou", "facts 2", "wuhan"]
