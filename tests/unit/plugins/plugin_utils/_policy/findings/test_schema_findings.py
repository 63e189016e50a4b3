# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts as a plain JSON Schema reads them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import lookup
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import Facts
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.schema_findings import view_of
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.model import (
    UNKNOWN,
    PossibleObject,
)


@pytest.mark.parametrize(
    ("tree", "pointer", "expected"),
    [
        ({"cpu": 4}, "/version/vms", {"cpu": 4, "version": UNKNOWN}),
        ({"version": {}}, "/version/vms", {"version": {"vms": UNKNOWN}}),
        ({"version": None}, "/version/vms", {"version": None}),
        ({"a": {}}, "/a/b/c/d", {"a": {"b": UNKNOWN}}),
        ({"hosts": [{"cpu": 4}]}, "/hosts/0/arch", {"hosts": [{"cpu": 4, "arch": UNKNOWN}]}),
        ({"hosts": [{"cpu": 4}]}, "/hosts/3/arch", {"hosts": UNKNOWN}),
        ({"cpu": 4}, "", UNKNOWN),
    ],
)
def test_a_missing_parent_of_an_unknown_fact_is_not_known(tree: Any, pointer: str, expected: Any) -> None:
    assert view_of(Facts(tree, {pointer: "absent"})) == expected


def test_a_fact_below_an_unknown_fact_changes_nothing() -> None:
    assert view_of(Facts({}, {"/version": "absent", "/version/vms": "absent"})) == {"version": UNKNOWN}


@pytest.mark.parametrize(
    ("tree", "pointer", "possible"),
    [
        ({"a": {"b": {}}}, "/a/b/c", ["/a", "/a/b"]),
        ({"a": {"b": {}, "d": 1}}, "/a/b/c", ["/a/b"]),
        ({"a": [{}]}, "/a/0/c", []),
    ],
)
def test_an_empty_parent_of_an_unknown_fact_is_perhaps_not_there(
    tree: Any, pointer: str, possible: list[str]
) -> None:
    view = view_of(Facts(tree, {pointer: "absent"}))
    assert lookup(view, pointer) is UNKNOWN
    places = [place for place in ("/a", "/a/b", "/a/0") if isinstance(lookup(view, place), PossibleObject)]
    assert places == possible
