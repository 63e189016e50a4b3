# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of one host: what a task states, what the schema names, what license_compliance would read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import (
    FactsError,
    InvalidDocument,
    PolicyError,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.play_scope import (
    PlayScope,
    inputs,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.load import load_fact_map
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.model import FromFact
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.host_scope import (
    HostVariables,
    inventory_for,
    stated_facts,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import HostInput

HostFacts = Callable[..., dict[str, Any]]
SETUP = {"processor_count": 2, "architecture": "x86_64", "hostname": "n1"}


def resolve(value: object) -> object:
    """Stand-in of the templar: a text in braces is a template, one without its variable is an error."""
    if value == "{{ missing }}":
        raise FactsError("host_fact_template", pointer="", reason="missing is undefined")
    return {"{{ cpus }}": 8}.get(value, value) if isinstance(value, str) else value


def variables(values: Mapping[str, Any]) -> HostVariables:
    return HostVariables(
        "n1", values, resolve, lambda text: "{{" in text, {"groups", "environment", "vars"}.__contains__
    )


def test_variables_win_over_facts() -> None:
    given = variables({"arch": "x86_64", "ansible_facts": {"arch": "aarch64", "cpus": 4}}).named_facts(
        ["arch", "cpus", "absent"]
    )
    assert given == HostInput("n1", {"arch": "x86_64", "cpus": 4})


def test_facts_of_setup_have_their_names_with_and_without_prefix() -> None:
    known = variables({"ansible_facts": {"architecture": "x86_64", "ansible_local": {"a": 1}}})
    found = known.named_facts(["architecture", "ansible_architecture", "ansible_local", "local"])
    expected = {
        "architecture": "x86_64",
        "ansible_architecture": "x86_64",
        "ansible_local": {"a": 1},
        "local": {"a": 1},
    }
    assert found.facts == expected


def test_templates_in_variables_are_resolved_and_facts_are_not() -> None:
    known = variables({"cpu_count": "{{ cpus }}", "ansible_facts": {"note": "{{ cpus }}"}})
    assert known.named_facts(["cpu_count", "note"]).facts == {"cpu_count": 8, "note": "{{ cpus }}"}


def test_a_fact_that_ansible_repeats_as_a_variable_is_not_templated() -> None:
    known = variables({"ansible_note": "{{ cpus }}", "ansible_facts": {"note": "{{ cpus }}"}})
    assert known.named_facts(["ansible_note"]).facts == {"ansible_note": "{{ cpus }}"}
    stated = variables({"ansible_note": "{{ cpus }}", "ansible_facts": {"note": "another"}})
    assert stated.named_facts(["ansible_note"]).facts == {"ansible_note": 8}


def test_a_template_that_cannot_be_resolved_is_an_error_of_its_host() -> None:
    given = variables({"a": 1, "cpu_count": "{{ missing }}"}).named_facts(["a", "cpu_count"])
    assert given.facts is None
    assert given.error is not None
    assert (
        given.error.text()
        == "/cpu_count: the template of this variable cannot be resolved: missing is undefined"
    )


def test_a_value_that_is_not_data_is_named_by_its_pointer() -> None:
    given = variables({"a": {"b": float("nan")}}).named_facts(["a"])
    assert given.error is not None
    assert given.error.fields["pointer"] == "/a/b"


def test_reserved_names_are_refused_all_at_once() -> None:
    with pytest.raises(InvalidDocument) as caught:
        variables({}).named_facts(["groups", "arch", "environment"])
    assert [problem.fields["name"] for problem in caught.value.problems] == ["groups", "environment"]
    assert "set the option facts" in caught.value.text()


def test_a_host_without_any_of_the_names_has_no_facts() -> None:
    assert variables({"other": 1}).named_facts(["arch"]) == HostInput("n1")


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_that_is_stated_is_no_facts(value: object) -> None:
    assert stated_facts(value, "n1", plain=True) == HostInput("n1")
    assert stated_facts(value, "n1", plain=False) == HostInput("n1")


def test_an_empty_mapping_is_facts_of_a_schema_only() -> None:
    assert stated_facts({}, "n1", plain=True) == HostInput("n1", {})
    assert stated_facts({}, "n1", plain=False) == HostInput("n1")
    assert stated_facts({}, "n1", plain=True, fact_map=load_fact_map("flat")) == HostInput("n1")


def test_own_words_without_a_map_are_refused_for_a_license_policy() -> None:
    with pytest.raises(PolicyError) as caught:
        stated_facts({"cpu_count": 2}, "n1", plain=False)
    assert caught.value.code == "facts_own_words"
    assert "set facts_map" in caught.value.text()


@pytest.mark.parametrize(
    "values",
    [
        {
            "ansible_facts": {"usphere": {"kind": "HostFacts", "hosts": []}},
            "usphere_site_facts": {"zone": "a"},
        },
        {"usphere": {"kind": "HostFacts"}},
        {"usphere": "{{ cpus }}"},
        {"ansible_facts": SETUP},
        {},
    ],
)
def test_a_license_policy_gets_the_facts_that_license_compliance_reads(values: dict[str, Any]) -> None:
    scope = PlayScope(("n1",), frozenset(("n1",)), 1)
    (expected,), _outside = inputs(scope, {"n1": values}.get, lambda text: "{{" in text)
    found = variables(values).facts()
    assert repr(found).partition(" at 0x")[0] == repr(expected).partition(" at 0x")[0]
    assert (found.facts is None) == (not values)


def test_stated_facts_of_a_schema_are_any_data() -> None:
    for value in ({"a": 1}, [1], "text", 0, None):
        assert stated_facts(value, "n1", plain=True) == HostInput("n1", value)
    assert stated_facts({"a": float("inf")}, "n1", plain=True).error is not None


def test_stated_facts_of_a_policy_are_those_of_one_host(host_facts: HostFacts) -> None:
    assert stated_facts(host_facts(), "n1", plain=False) == HostInput("n1", host_facts())
    setup = stated_facts(SETUP, "n1", plain=False).facts
    assert isinstance(setup, dict)
    assert (setup["kind"], setup["subject"]) == ("HostFacts", {"kind": "node", "id": "n1"})
    assert stated_facts({}, "n1", plain=False) == HostInput("n1")
    for value in ([host_facts()], "text", 3, {"a": host_facts(), "b": host_facts()}, {"n2": host_facts()}):
        with pytest.raises(PolicyError, match="facts of one host"):
            stated_facts(value, "n1", plain=False)


MAP = load_fact_map(
    {
        "kind": "FactMap",
        "schema_version": 1,
        "id": "site",
        "facts": {"/hosts/0/cpu_sockets": {"from": "/cpus"}, "/hosts/0/arch": {"from": "/machine"}},
    }
)


def row_of(given: HostInput) -> Any:
    assert isinstance(given.facts, dict)
    (row,) = given.facts["hosts"]
    return row["cpu_sockets"], row["arch"]


def test_a_map_reads_variables_and_gathered_facts() -> None:
    known = variables({"cpus": "{{ cpus }}", "ansible_facts": {"machine": "x86_64", "cpus": 2}})
    assert row_of(known.mapped_facts(MAP)) == (8, "x86_64")
    assert row_of(stated_facts({"cpus": 4, "machine": "aarch64"}, "n1", plain=False, fact_map=MAP)) == (
        4,
        "aarch64",
    )


def test_a_host_without_own_facts_has_those_that_license_compliance_reads() -> None:
    assert variables({}).mapped_facts(MAP) == HostInput("n1")
    facts = {"kind": "HostFacts", "schema_version": 1}
    assert variables({"usphere": facts}).mapped_facts(MAP) == HostInput("n1", facts)


def test_a_template_that_a_map_cannot_resolve_is_an_error_of_its_host() -> None:
    given = variables({"cpus": "{{ missing }}"}).mapped_facts(MAP)
    assert given.error is not None
    assert given.error.text().startswith("/cpus: the template of this variable cannot be resolved")


def test_a_variable_with_the_prefix_of_setup_is_resolved_for_a_map() -> None:
    known = variables({"ansible_cpus": "{{ cpus }}", "machine": "x86_64"})
    assert row_of(known.mapped_facts(MAP)) == (8, "x86_64")
    assert variables({"ansible_cpus": "{{ missing }}"}).mapped_facts(MAP).error is not None
    assert variables({"ansible_cpus": 8}).named_facts(["cpus"]) == HostInput("n1")


def test_a_map_of_reserved_names_is_refused() -> None:
    own = replace(MAP, facts={"/architecture": FromFact(("/groups/0",))})
    with pytest.raises(InvalidDocument, match="property groups"):
        variables({"groups": ["a"]}).mapped_facts(own)


def test_facts_about_another_host_of_the_inventory_are_foreign() -> None:
    known = variables({"usphere_system": "pair"})
    task_vars = {"groups": {"all": ["n1", "n2"]}, "hostvars": {"n2": {"usphere_system": "pair"}}}
    other = HostInput("n1", {"subject": {"kind": "system", "id": "n2"}})
    assert not inventory_for(other, task_vars, known).is_foreign("n2", "n1")
    assert inventory_for(other, {**task_vars, "hostvars": {}}, known).is_foreign("n2", "n1")
    own = HostInput("n1", {"subject": {"kind": "system", "id": "n1"}})
    assert inventory_for(own, task_vars, known).hosts == {"n1"}
