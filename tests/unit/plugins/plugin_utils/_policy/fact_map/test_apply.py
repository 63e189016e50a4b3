# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read single facts: a value, or unknown with its reason; never false without knowing it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import MISSING, split
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.apply import read_fact
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.model import (
    ContainsItem,
    FromFact,
    ItemCount,
    RowList,
    StatedValue,
)

ARCH, SOCKETS, SRM, ITEMS = "/hosts/0/arch", "/hosts/0/cpu_sockets", "/features/srm/in_use", "/licenses/items"


def value_of(reading: Any, facts: dict[str, Any], target: str) -> object:
    found = read_fact(reading, facts, split(target))
    assert found.value is MISSING or not found.reason
    return found.reason if found.value is MISSING else found.value


@pytest.mark.parametrize(
    ("facts", "target", "expected"),
    [
        ({"a": 2}, SOCKETS, 2),
        ({"a": "8"}, SOCKETS, 8),
        ({"a": 8.0}, SOCKETS, 8),
        ({"a": 8.5}, SOCKETS, 8.5),
        ({"a": True}, SOCKETS, True),
        ({"a": "amd64"}, ARCH, "x86_64"),
        ({"a": "sparc"}, ARCH, "sparc"),
        ({}, ARCH, "absent"),
        ({"a": None}, ARCH, "null"),
        ({"ansible_a": "arm64"}, ARCH, "aarch64"),
        ({"ansible_a": "arm64", "a": None}, ARCH, "null"),
    ],
)
def test_from_reads_one_value(facts: dict[str, Any], target: str, expected: object) -> None:
    found = value_of(FromFact(("/a",)), facts, target)
    assert (found, type(found)) == (expected, type(expected))


def test_what_ansible_sets_is_no_own_fact() -> None:
    magic = {"ansible_version": {"full": "2.21.0"}, "ansible_facts": {"a": 1}}
    for own in ("/version", "/version/full", "/facts"):
        assert value_of(FromFact((own,)), magic, "/version/vms") == "absent"


def test_values_translate_the_text_of_scalars_and_of_list_items() -> None:
    values = {"x86": "x86_64", "8": "aarch64", "true": "x86_64"}
    for own, expected in (
        ("x86", "x86_64"),
        (8, "aarch64"),
        (True, "x86_64"),
        ("X86", "X86"),
        ("arm64", "aarch64"),
    ):
        assert value_of(FromFact(("/a",), values), {"a": own}, ARCH) == expected
    wanted = FromFact(("/plan",), {"DR": "srm"})
    assert value_of(wanted, {"plan": ["DR", "isc"]}, "/features_wanted") == ["srm", "isc"]


def test_the_first_pointer_with_a_value_counts() -> None:
    reading = FromFact(("/a", "/b/c"))
    assert value_of(reading, {"a": "", "b": {"c": "x"}}, "/version/vms") == "x"
    assert value_of(reading, {"a": None, "b": {}}, "/version/vms") == "null"
    assert read_fact(reading, {"b": {"c": "x"}}, ["version", "vms"]).own == ("/b/c",)
    assert read_fact(reading, {}, ["version", "vms"]).own == ("/a", "/b/c")


def test_an_optional_value_that_is_missing_does_not_exist_and_null_stays_unknown() -> None:
    reading = FromFact(("/a",), optional=True)
    found = read_fact(reading, {}, split("/license_totals/edition"))
    assert (found.value, found.reason) == (MISSING, "")
    assert value_of(reading, {"a": None}, "/license_totals/edition") == "null"


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (["ha", "srm"], True),
        (["SRM "], True),
        (["storage-dr"], True),
        (["ha"], "value"),
        (["s-r-m"], True),
        (["Storage_DR"], True),
        (["isc"], "value"),
        ([], False),
        (None, "null"),
        ("srm,isc", "type"),
        ({"srm": True}, "type"),
        (["ha", None], "null"),
        (["ha", {"name": "srm"}], "type"),
        (["srm", None], True),
        (["storage_drr"], "value"),
        (["smr"], "value"),
        (["SMR", "srm"], True),
    ],
)
def test_contains_is_false_only_for_a_legible_list(features: object, expected: object) -> None:
    reading = ContainsItem("/features", ("srm", "Storage DR"))
    assert value_of(reading, {"features": features}, SRM) == expected
    assert value_of(reading, {}, SRM) == "absent"


def test_an_own_value_that_cannot_be_used_is_shown() -> None:
    found = read_fact(ContainsItem("/features", ("srm",)), {"features": "srm, isc"}, split(SRM))
    assert found.values == ('"srm, isc" (/features)',)


def test_count_needs_a_list() -> None:
    reading = ItemCount("/guests")
    assert value_of(reading, {"guests": [1, {}]}, "/vms/total") == 2
    # Whether a null stands for a guest is not known.
    assert value_of(reading, {"guests": [1, None, {}]}, "/vms/total") == "null"
    assert value_of(reading, {"guests": [None, None]}, "/vms/total") == "null"
    assert value_of(reading, {"guests": 3}, "/vms/total") == "type"
    assert value_of(reading, {}, "/vms/total") == "absent"


def test_a_stated_value_is_marked() -> None:
    assert read_fact(StatedValue("none"), {}, split("/hot_standby/state")).stated


def test_rows_keep_every_item_and_list_what_is_missing() -> None:
    reading = RowList(
        "/bought",
        {
            "/id": FromFact(("/nr",), optional=True),
            "/product": FromFact(("/sku",), {"ENT": "vms_enterprise"}),
            "/quantity": FromFact(("/n",)),
        },
    )
    own = [{"sku": "ENT", "n": "4", "nr": "L-1"}, {"sku": "isc"}, "text", {"nr": None, "sku": "srm", "n": 1}]
    found = read_fact(reading, {"bought": own}, split(ITEMS))
    assert found.value == [
        {"id": "L-1", "product": "vms_enterprise", "quantity": 4},
        {"product": "isc", "id": "row 2"},
        "text",
        {"product": "srm", "quantity": 1},
    ]
    assert found.below == {"/1/quantity": "absent", "/3/id": "null"}
    assert value_of(reading, {"bought": {"ENT": 4}}, ITEMS) == "type"
    assert value_of(reading, {}, ITEMS) == "absent"
