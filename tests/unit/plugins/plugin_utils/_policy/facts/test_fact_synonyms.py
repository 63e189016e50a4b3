# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A name that is not a fact suggests the facts that it means, and messages refer to the facts reference."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import split
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import (
    InvalidDocument,
    PolicyError,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts import host_facts as reading
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.fact_synonyms import (
    SYNONYMS,
    exists,
    suggest_facts,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.fact_table import (
    fact_table,
    grant_table,
    server_table,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy

HostFacts = Callable[..., dict[str, Any]]
TABLES = (fact_table(), grant_table(), server_table())
POOL = {
    "id": "p",
    "rows": "/hosts",
    "group_by": ["subject.id", "arch"],
    "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
    "supply": {"from": "in_force", "product": "vms"},
    "require": {"demand": "at_most_supply"},
    "message": {"en": "m"},
}
TARGETS = sorted({pointer for each in SYNONYMS for pointer in each.facts})


def folded(name: str) -> str:
    return "".join(character for character in name if character.isalnum())


@pytest.mark.parametrize("pointer", TARGETS)
def test_every_target_is_a_fact(pointer: str) -> None:
    assert any(exists(split(pointer), table) for table in TABLES)


def test_a_target_that_does_not_exist_is_found() -> None:
    assert not any(exists(split("/hosts/*/sockets"), table) for table in TABLES)


def test_every_name_has_one_meaning() -> None:
    names = [folded(name) for each in SYNONYMS for name in each.names]
    assert len(names) == len(set(names)) > 100
    assert [name for each in SYNONYMS for name in each.names if name != name.lower()] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cpu_count", ["/hosts/*/cpu_sockets"]),
        ("cpuCount", ["/hosts/*/cpu_sockets"]),
        ("sockets", ["/hosts/*/cpu_sockets"]),
        ("cpus", ["/hosts/*/cpu_sockets"]),
        ("ansible_processor_count", ["/hosts/*/cpu_sockets"]),
        ("arch", ["/architecture", "/hosts/*/arch"]),
        ("edition", ["/effective/edition", "/license_totals/edition"]),
        ("expires", ["/effective/valid_until", "/licenses/items/*/expires_at"]),
        ("expiry", ["/effective/valid_until", "/licenses/items/*/expires_at"]),
        ("days-left", ["/effective/days_to_lapse"]),
        ("nodes", ["/hosts"]),
        ("enabled_features", ["/features"]),
        ("srm", ["/features/srm/in_use"]),
        ("versio", ["/version"]),
        ("zzzz", []),
    ],
)
def test_meaning_comes_before_spelling(name: str, expected: list[str]) -> None:
    assert sorted(suggest_facts(name, fact_table(), fact_table())) == expected


def test_facts_of_the_same_object_come_first() -> None:
    hosts = fact_table().find(["hosts", "0"])
    assert hosts is not None
    assert suggest_facts("sockets", hosts, fact_table(), ("hosts", "*")) == ["/hosts/*/cpu_sockets"]
    assert suggest_facts("architecture", hosts, fact_table(), ("hosts", "*")) == ["/hosts/*/arch"]
    assert suggest_facts("cpus", hosts, hosts) == ["/cpu_sockets"]


def test_facts_of_other_subjects_are_not_suggested() -> None:
    assert suggest_facts("expires", grant_table(), grant_table()) == ["/grant/ends_at"]
    assert suggest_facts("cpu_count", grant_table(), grant_table()) == []


def errors_of(policy: object, language: str = "en") -> str:
    with pytest.raises(InvalidDocument) as caught:
        load_policy(policy)
    return caught.value.text(language)


def rule(**properties: Any) -> dict[str, Any]:
    return {"id": "r", "require": {"properties": properties}, "message": {"en": "m"}}


def test_a_rule_over_own_words_names_the_facts(policy_of: Callable[..., dict[str, Any]]) -> None:
    text = errors_of(policy_of(rule(arch={"const": "x86_64"}, cpu_count={"maximum": 4})))
    assert (
        "the fact /arch does not exist (see Facts reference); did you mean /hosts/*/arch or /architecture?"
        in text
    )
    assert (
        "the fact /cpu_count does not exist (see Facts reference); did you mean /hosts/*/cpu_sockets?" in text
    )


def test_a_rule_over_own_words_in_chinese(policy_of: Callable[..., dict[str, Any]]) -> None:
    text = errors_of(policy_of(rule(arch={"const": "x86_64"})), "zh")
    assert "不存在事实 /arch（见 Facts reference）；是否应为 /hosts/*/arch 或 /architecture？" in text


def test_the_text_of_a_rule_names_the_facts(policy_of: Callable[..., dict[str, Any]]) -> None:
    named = {**rule(vms={"properties": {"total": {"maximum": 4}}}), "message": {"en": "{/cpu_count} CPUs"}}
    assert (
        "the text has the placeholder {/cpu_count}, but this fact does not exist (see Facts reference); did "
        "you mean /hosts/*/cpu_sockets?"
    ) in errors_of(policy_of(named))


def test_a_pool_over_own_words_names_the_facts(policy_of: Callable[..., dict[str, Any]]) -> None:
    text = errors_of(policy_of(pools=[{**POOL, "demand": {"unit": "cpu_socket", "sum": "sockets"}}]))
    assert "the rows have no fact sockets (see Facts reference); did you mean cpu_sockets?" in text


def test_a_key_of_own_words_names_the_facts(host_facts: HostFacts, as_of: datetime) -> None:
    with pytest.raises(PolicyError) as caught:
        reading.read(host_facts("licensed", {"/cpu_count": 2, "/hosts/0/sockets": 2, "/edition": "standard"}))
    text = caught.value.text()
    assert (
        "/cpu_count: unknown key (facts of the site belong below site_facts; see Facts reference); did you "
        "mean /hosts/*/cpu_sockets?"
    ) in text
    assert "/hosts/0/sockets: unknown key (see Facts reference); did you mean /hosts/0/cpu_sockets?" in text
    # Only facts that a document can state are suggested: /effective/edition is derived.
    assert "see Facts reference); did you mean /license_totals/edition?" in text
