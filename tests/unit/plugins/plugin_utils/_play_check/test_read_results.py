# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts count only if this run read them: registered results, and reads that failed and were rescued."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._play_check.read_results import (
    STATED,
    ReadResults,
    failed_reads,
)

FACTS = {"kind": "HostFacts", "source": {"gathered_at": "2026-11-24T08:00:00Z"}}
CACHED = {"kind": "HostFacts", "source": {"gathered_at": "2026-11-24T07:00:00Z"}}
READ = {"ansible_facts": {"usphere": FACTS}}


def results(**registered: Any) -> ReadResults:
    variables = {
        host: {
            "ansible_facts": {"usphere": CACHED, "other": 1},
            **({"read": each} if each is not None else {}),
        }
        for host, each in registered.items()
    }
    return ReadResults(variables.get, "read", variables)


def test_the_registered_facts_replace_those_of_the_cache() -> None:
    found = results(a=READ)
    assert found.unread() == frozenset()
    assert found.variables("a") == {"ansible_facts": {"usphere": FACTS, "other": 1}, "read": READ}


@pytest.mark.parametrize(
    "result",
    [
        None,
        "text",
        {},
        {**READ, "failed": True},
        {**READ, "skipped": True},
        {**READ, "unreachable": True},
        {"skipped": True, "false_condition": "region == 'east'"},
        {"ansible_facts": {}},
        {"ansible_facts": {"usphere": None}},
    ],
)
def test_a_result_without_facts_is_not_replaced_by_the_cache(result: object) -> None:
    assert results(a=result, b=READ).unread() == {"a"}


def test_a_host_whose_facts_are_stated_needs_no_result() -> None:
    assert results(a={"skipped": True, "false_condition": STATED}).unread() == frozenset()


def rescued(**changes: Any) -> dict[str, Any]:
    return {
        "ansible_facts": {"usphere": FACTS},
        "ansible_failed_task": {"action": "unicloud.usphere.vms_facts"},
        "ansible_failed_result": {"failed": True, "failed_at": "2026-11-24T07:30:00Z"},
        **changes,
    }


@pytest.mark.parametrize(
    ("variables", "is_failed"),
    [
        ({}, False),
        ("text", False),
        ({"ansible_facts": {"usphere": CACHED}}, False),
        # It was read again after the rescue.
        (rescued(), False),
        (rescued(ansible_facts={"usphere": CACHED}), True),
        (rescued(ansible_facts={}), True),
        (rescued(ansible_failed_result={"failed": True}), True),
        (rescued(ansible_failed_task={"action": "vms_facts"}, ansible_facts={"usphere": CACHED}), True),
        (rescued(ansible_failed_task={"action": "ansible.builtin.uri"}, ansible_facts={}), False),
    ],
)
def test_a_rescued_read_leaves_only_older_facts(variables: Any, is_failed: bool) -> None:
    assert failed_reads({"a": variables}.get, ["a"]) == ({"a"} if is_failed else frozenset())
