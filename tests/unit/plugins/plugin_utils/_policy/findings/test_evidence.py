# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evidence of passes, missing parts of alternatives, and outcomes cached by the facts that they depend on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.evaluate import evaluate
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.constraints.projection import (
    Projection,
    gaps_of,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import Facts
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

HostFacts = Callable[..., dict[str, Any]]
PolicyOf = Callable[..., dict[str, Any]]


def edition(name: str) -> dict[str, Any]:
    return {"properties": {"effective": {"properties": {"edition": {"const": name}}}}}


def judged(policy: Any, as_of: datetime, *facts: Any) -> dict[str, Any]:
    hosts = [HostInput(f"h{at}", each) for at, each in enumerate(facts)]
    result = evaluate_fleet.evaluate(hosts, Run(policy, as_of))
    assert schemas.validate("compliance_result", result) == []
    return result


def test_a_pass_has_the_facts_that_it_depends_on(
    policy_of: PolicyOf, host_facts: HostFacts, as_of: datetime
) -> None:
    require = {
        "allOf": [
            edition("enterprise"),
            {"properties": {"hosts": {"items": {"properties": {"arch": {"const": "x86_64"}}}}}},
        ]
    }
    result = judged(load_policy(policy_of({"id": "a", "require": require})), as_of, host_facts())
    (key,) = result["subjects"][0]["evidence"]
    assert result["evidence"][key]["a"] == [
        {"pointer": "/effective/edition", "value": "enterprise", "from": ["LS-1", "LS-2"]},
        {"pointer": "/hosts/*/arch", "value": ["x86_64", "x86_64"]},
    ]


def test_equal_evidence_is_stored_once(vendor: PolicySet, host_facts: HostFacts, as_of: datetime) -> None:
    facts = [host_facts("licensed", {"/subject/id": f"s{at}", "/hosts/0/name": f"n{at}"}) for at in range(4)]
    result = judged(vendor, as_of, *facts, host_facts("lapsing"))
    assert len(result["evidence"]) == 2
    assert len({each["evidence"][0] for each in result["subjects"]}) == 2
    assert {row["pool"] for row in result["balances"]} == {"r31-sockets"}
    assert len(result["balances"]) == 5
    without = evaluate_fleet.evaluate([HostInput("a", facts[0])], Run(vendor, as_of, evidence=False))
    assert not {"evidence", "balances"} & without.keys()


def test_a_finding_lists_what_each_alternative_is_missing(
    policy_of: PolicyOf, host_facts: HostFacts, as_of: datetime
) -> None:
    require = {
        "anyOf": [
            {"allOf": [edition("standard"), {"properties": {"architecture": {"const": "aarch64"}}}]},
            edition("enhanced_enterprise"),
        ]
    }
    (finding,) = judged(load_policy(policy_of({"id": "a", "require": require})), as_of, host_facts())[
        "findings"
    ]
    assert [[each["pointer"] for each in missing] for missing in finding["alternatives"]] == [
        ["/effective/edition", "/architecture"],
        ["/effective/edition"],
    ]
    assert finding["message"]["en"] == (
        "/: none of 2 alternatives is met; missing: (2) /effective/edition const "
        "enhanced_enterprise (enterprise), (1) /effective/edition const standard (enterprise) + "
        "/architecture const aarch64 (x86_64)"
    )
    assert finding["message"]["zh"] != finding["message"]["en"]


def test_two_passing_alternatives_of_one_of_fail(
    policy_of: PolicyOf, host_facts: HostFacts, as_of: datetime
) -> None:
    require = {
        "oneOf": [
            edition("enterprise"),
            {"properties": {"architecture": {"const": "x86_64"}}},
            edition("standard"),
        ]
    }
    (finding,) = judged(load_policy(policy_of({"id": "a", "require": require})), as_of, host_facts())[
        "findings"
    ]
    assert finding["message"]["en"] == "/: exactly one of 3 alternatives must be met; met: 1, 2"
    assert [len(each) for each in finding["alternatives"]] == [0, 0, 1]


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 3), st.sampled_from(["", "a", "never"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    ),
    max_leaves=8,
)
SCHEMAS = st.recursive(
    st.one_of(
        st.booleans(),
        st.fixed_dictionaries({"const": VALUES}),
        st.fixed_dictionaries({"type": st.sampled_from(["object", "array", "string", "integer", "boolean"])}),
        st.fixed_dictionaries({"maximum": st.integers(-1, 2)}),
        st.fixed_dictionaries({"minLength": st.integers(0, 2)}),
        st.fixed_dictionaries({"minItems": st.integers(0, 3)}),
        st.fixed_dictionaries({"required": st.just(["a"])}),
        st.fixed_dictionaries({"uniqueItems": st.just(True)}),
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"properties": st.dictionaries(st.sampled_from(["a", "b"]), inner, min_size=1)}
        ),
        st.fixed_dictionaries({"items": inner}),
        st.fixed_dictionaries({"contains": inner, "minContains": st.integers(0, 2)}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"if": inner, "then": inner, "else": inner}),
        *(
            st.fixed_dictionaries({name: st.lists(inner, min_size=1, max_size=2)})
            for name in ("allOf", "anyOf", "oneOf")
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    SCHEMAS,
    VALUES,
    VALUES,
    st.sets(st.sampled_from(["", "/a", "/b", "/a/b", "/a/0"]), max_size=2),
    st.booleans(),
)
def test_facts_with_equal_projections_have_equal_outcomes(
    schema: Any, left: Any, right: Any, unknown: set[str], shared: bool
) -> None:
    as_of = datetime.fromisoformat("2026-11-24T08:00:00+00:00")
    reasons = dict.fromkeys(unknown, "absent")
    one, second = Facts(left, reasons), Facts(right, reasons if shared else {})
    projection = Projection([schema])
    if projection.key(one, gaps_of(one)) == projection.key(second, gaps_of(second)):
        assert evaluate(schema, one, as_of) == evaluate(schema, second, as_of)


@pytest.mark.parametrize(
    ("left", "right"),
    [({"a": 1}, {"a": True}), ({"a": 1}, {"a": 1.0}), ({"a": None}, {}), ({"a": []}, {"a": {}})],
)
def test_similar_values_have_different_projections(left: Any, right: Any) -> None:
    projection = Projection([{"properties": {"a": {"const": 1}}}])
    assert projection.key(Facts(left), {}) != projection.key(Facts(right), {})
