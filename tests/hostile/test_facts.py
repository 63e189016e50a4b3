# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate hostile facts within time and memory limits: they never pass and never crash."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from budget import within_budget

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import (
    load_bytes,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import with_value
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy import load
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.sources import (
    read_facts_files,
)

Facts = dict[str, Any]
AS_OF = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def licensed() -> Facts:
    document = load_bytes((load.FOLDER / "vendor.yml").read_bytes(), "vendor.yml")
    return dict(document.value["fixtures"]["licensed"])  # type: ignore[index]


def judged(facts: object, policy: object = "vendor") -> dict[str, Any]:
    result = evaluate_fleet.evaluate([HostInput("tested", facts)], Run(load.load_policy(policy), AS_OF))
    (entry,) = result["subjects"]
    return {"decision": entry["decision"], "passed": entry["passed"], "text": json.dumps(result["findings"])}


def decided(facts: object, policy: object = "vendor") -> dict[str, Any]:
    outcome = within_budget(lambda: judged(facts, policy))
    assert outcome.died == "", outcome
    return dict(outcome.value)


def at(facts: Facts, pointer: str, value: object) -> Facts:
    return dict(with_value(copy.deepcopy(facts), pointer, value))  # type: ignore[call-overload]


def nested(depth: int) -> Any:
    value: Any = 1
    for _level in range(depth):
        value = {"a": value}
    return value


def cyclic() -> Any:
    value: dict[str, Any] = {}
    value["a"] = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -math.inf,
        10**100_000,
        b"bytes",
        {1: 2},
        nested(10_000),
        cyclic(),
        object(),
        {"a": {2, 3}},
    ],
    ids=["nan", "inf", "-inf", "huge", "bytes", "a key", "deep", "cyclic", "object", "set"],
)
@pytest.mark.parametrize(
    "pointer", ["/vms/total", "/hosts/0/cpu_sockets", "/licenses/items/0/quantity", "/x"]
)
def test_unreadable_values_are_an_error(licensed: Facts, pointer: str, value: object) -> None:
    outcome = decided(at(licensed, pointer, value))
    assert outcome["decision"] == "error"
    assert outcome["passed"] == []


@pytest.mark.parametrize("value", [-1, "4", 4.5, True, None, [], {}, "=4", "{{ 4 }}", "4" * 100_000])
def test_sockets_of_another_type_are_unknown(licensed: Facts, value: object) -> None:
    outcome = decided(at(licensed, "/hosts/0/cpu_sockets", value))
    assert "r31-sockets" not in outcome["passed"]
    assert outcome["decision"] in ("undetermined", "non_compliant", "error")


@pytest.mark.parametrize(
    "text", ["{{ 7 * 191 }}", "{% for x in range(9) %}{% endfor %}", "{{ lookup('pipe', 'id') }}"]
)
def test_templates_in_facts_stay_text(licensed: Facts, text: str) -> None:
    facts = at(licensed, "/licenses/items/1/product", "vms_quantum")
    for pointer in ("/licenses/items/1/id", "/hosts/0/name", "/license_server/id"):
        facts = at(facts, pointer, text)
    outcome = decided(facts)
    assert "1337" not in outcome["text"]
    assert "uid=" not in outcome["text"]
    # The text is not a number either.
    assert "r31-sockets" not in decided(at(licensed, "/hosts/0/cpu_sockets", text))["passed"]


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(a*)*c", "^(([a-z])+.)+[A-Z]([a-z])+$", "a{1,200}a{1,200}$"]
)
def test_catastrophic_patterns_take_linear_time(licensed: Facts, pattern: str) -> None:
    rule = {
        "id": "r",
        "require": {"properties": {"hosts": {"items": {"properties": {"name": {"pattern": pattern}}}}}},
    }
    policy = {"kind": "LicensePolicy", "id": "p", "version": "1.0.0", "rules": [rule]}
    name = "a" * 250 + "!"
    assert decided(at(licensed, "/hosts/0/name", name), policy)["decision"] in ("compliant", "non_compliant")


def test_many_licenses_with_many_expiry_times_are_evaluated(licensed: Facts) -> None:
    begin = datetime(2027, 1, 1, tzinfo=timezone.utc)
    items = [
        {
            "id": f"LS-{index}",
            "product": "vms_enterprise",
            "arch": "x86_64",
            "kind": "temporary",
            "quantity": 1,
            "assigned": 1,
            "expires_at": (begin + timedelta(hours=index)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "status": "in_use",
            "held_by": "ls-east",
        }
        for index in range(1_000)
    ]
    outcome = decided(at(licensed, "/licenses/items", items))
    # The licenses cover the system for years; the test limits the cost of the number of expiry times.
    assert outcome["decision"] == "compliant"
    assert "r6-upgrade-ahead" in outcome["passed"]


def test_a_very_long_map_of_unknown_facts_is_evaluated(licensed: Facts) -> None:
    unknown = {f"/licenses/items/{index}/quantity": {"reason": "absent"} for index in range(20_000)}
    outcome = decided({**licensed, "unknown": unknown})
    assert outcome["decision"] in ("undetermined", "error")


def test_a_system_with_many_hosts_is_evaluated(licensed: Facts) -> None:
    rows = [{**licensed["hosts"][0], "id": str(index), "name": "{{ x }}"} for index in range(5_000)]
    assert decided(at(licensed, "/hosts", rows))["decision"] == "non_compliant"


def test_many_errors_are_evaluated(licensed: Facts) -> None:
    rows = [{"id": index, "cpu_sockets": "many"} for index in range(2_000)]
    assert decided(at(licensed, "/hosts", rows))["decision"] in ("undetermined", "non_compliant")
    strange = [{**row, "evil": {}} for row in rows]
    outcome = decided(at(licensed, "/hosts", strange))
    # Unknown keys are an error, and its message has a length limit.
    assert outcome["decision"] == "error"


# -- fact files --

FILES: dict[str, Callable[[Facts], str]] = {
    "nan.json": lambda facts: json.dumps(at(facts, "/vms/total", math.nan)),
    "infinity.ndjson": lambda facts: json.dumps(at(facts, "/vms/total", math.inf)) + "\n",
    "digits.json": lambda facts: json.dumps(at(facts, "/vms/total", 77777)).replace("77777", "9" * 100_000),
    "deep.json": lambda facts: "[" * 10_000 + "]" * 10_000,
    "deep.ndjson": lambda facts: '{"a":' * 10_000 + "1" + "}" * 10_000 + "\n",
    "duplicate.json": lambda facts: json.dumps(facts).replace('"kind"', '"vms": {}, "kind"', 1),
    "bomb.yml": lambda facts: (
        "a0: &a0 [1,1,1,1,1,1,1,1]\n"
        + "".join(f"a{n}: &a{n} [" + ",".join([f"*a{n - 1}"] * 8) + "]\n" for n in range(1, 12))
    ),
    "tag.yml": lambda facts: "!!python/object/apply:os.system ['true']\n",
    "cut.ndjson": lambda facts: json.dumps(facts) + "\n" + json.dumps(facts)[:100],
    "text.ndjson": lambda facts: "nothing\n",
    "binary.json": lambda facts: "\x00\x01",
}


@pytest.mark.parametrize("name", FILES)
def test_hostile_fact_files_are_rejected_with_an_error(tmp_path: Path, licensed: Facts, name: str) -> None:
    path = tmp_path / name
    path.write_text(FILES[name](licensed))

    def read() -> list[str]:
        try:
            read_facts_files([str(path)])
        except PolicyError as error:
            return [item.code for item in error.problems if name in item.text("zh")]
        return []

    outcome = within_budget(read)
    assert outcome.died == "", outcome
    assert outcome.value, "they were taken for facts"
