# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A field that no row has is named with its call and its place; one that some rows have is not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.absent_fields import (
    absent_fields,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.plugin_utils import _compiled_profile

HOSTS = {
    "method": "GET",
    "path": "/nodes",
    "certainty": "observed",
    "fields": {"id": "id", "name": "name", "arch": ["a", {"at": "cpu.a"}], "cpu_sockets": "处理器.数目"},
}
SITE = {"extends": "usphere_7", "name": "site", "operations": {"list_hosts": HOSTS}}


def facts(rows: int, *absent: str, reason: str = "absent", **more: Any) -> dict[str, Any]:
    unknown = {f"/hosts/{index}/{key}": {"reason": reason} for index in range(rows) for key in absent}
    return {"hosts": [{"id": str(index)} for index in range(rows)], "unknown": unknown, **more}


def test_a_required_field_that_no_row_has_is_named_with_its_place() -> None:
    (warning,) = absent_fields(load_profile(SITE), facts(3, "cpu_sockets", "added_at"))
    assert "3 rows of GET /cas/casrs/nodes" in warning
    assert "处理器.数目, where the endpoint profile has cpu_sockets of list_hosts" in warning
    (warning,) = absent_fields(load_profile(SITE), facts(2, "arch"))
    assert " a / cpu.a, where" in warning


@pytest.mark.parametrize(
    "given",
    [
        facts(1, "cpu_sockets"),
        facts(2, "name", "version", "added_at"),
        facts(2, "cpu_sockets", reason="type"),
        {**facts(3), "unknown": facts(2, "cpu_sockets")["unknown"]},
        {**facts(2), "hosts": [], "unknown": {"/hosts": {"reason": "gather_error"}}},
        {"unknown": {"": {"reason": "unreachable"}}},
        {"hosts": None},
        None,
    ],
)
def test_other_facts_are_not_reported(given: Any) -> None:
    assert list(absent_fields(load_profile(SITE), given)) == []


def test_licenses_are_reported_too() -> None:
    items = [{"id": "1"}, {"id": "2"}]
    unknown = {f"/licenses/items/{index}/quantity": {"reason": "absent"} for index in range(2)}
    (warning,) = absent_fields(load_profile("usphere_7"), {"licenses": {"items": items}, "unknown": unknown})
    assert "quantity of list_licenses" in warning


class Module:
    """Stands for the action ``normal``, which runs the module."""

    _task: Any = type("Task", (), {"args": {"profile": SITE}})

    def run(self, tmp: Any, task_vars: Any) -> Any:
        return {"ansible_facts": {"usphere": facts(2, "cpu_sockets")}, "warnings": ["other"]}


class Action(_compiled_profile.CompiledProfile, Module):
    """The action of ``vms_facts`` without Ansible."""


def test_the_action_adds_the_warning() -> None:
    first, second = Action().run()["warnings"]
    assert first == "other"
    assert "处理器.数目" in second


def test_the_warning_has_a_chinese_sentence() -> None:
    fields = {
        "rows": 2,
        "method": "GET",
        "path": "/p",
        "place": "a.b",
        "field": "arch",
        "operation": "list_hosts",
    }
    assert "a.b" in render("profile_field_absent", fields, "zh")
