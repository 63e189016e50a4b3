# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host names from a server: safe, unique, and independent of the order."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory import names

Node = dict[str, Any]


def node(ident: str, name: str | None = None, ip: str | None = None) -> Node:
    return {key: value for key, value in {"id": ident, "name": name, "ip": ip}.items() if value is not None}


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("cvk1", "cvk1"),
        ("杭州-1", "杭州-1"),
        ("{{ lookup('pipe', 'id') }}", "___lookup__pipe____id_____"),
        ("a[1:9],!b&c*~", "a_1_9___b_c__"),
        ("../../etc/passwd", "_._.._etc_passwd"),
        ("-oProxyCommand=id", "_oProxyCommand_id"),
        ("a\u202eb\u200bc", "a_b_c"),
        (".hidden", "_hidden"),
        ("", ""),
    ],
)
def test_special_characters_of_a_name_are_replaced(text: str, harmless: str) -> None:
    assert names.safe_name(text) == harmless


@given(st.text(max_size=300))
def test_safe_names_have_safe_characters_only(text: str) -> None:
    name = names.safe_name(text)
    assert re.fullmatch(r"(?:\w[\w.-]*)?", name)
    assert len(name) <= 100
    assert names.safe_name(name) == name


def test_the_system_is_in_the_name_by_default() -> None:
    found = names.name_nodes([("hangzhou", [node("1", "cvk1"), node("2")])], "qualified")
    assert found == names.Names((("cvk1.hangzhou", "host-2.hangzhou"),), ())


def test_a_name_of_two_systems_is_qualified_in_both() -> None:
    systems = [
        ("hangzhou", [node("1", "cvk1"), node("2", "only")]),
        ("chengdu", [node("1", "cvk1")]),
    ]
    for order in itertools.permutations(systems):
        found = names.name_nodes(order, "name")
        assert found.shared == ("cvk1",)
        assert dict(zip([name for name, _nodes in order], found.of, strict=True)) == {
            "hangzhou": ("cvk1.hangzhou", "only"),
            "chengdu": ("cvk1.chengdu",),
        }


def test_a_name_used_twice_in_one_system_gets_the_id() -> None:
    found = names.name_nodes([("s", [node("7", "cvk"), node("8", "cvk"), node("9", "x")])], "qualified")
    assert found == names.Names((("cvk-7.s", "cvk-8.s", "x.s"),), ("cvk.s",))


@pytest.mark.parametrize(
    "existing",
    ["localhost", "LocalHost", "all", "ungrouped", "hangzhou", "production", "web1", "vms", "Usphere_arch_x"],
)
def test_a_reserved_or_existing_name_is_qualified(existing: str) -> None:
    found = names.name_nodes([("hangzhou", [node("1", existing)])], "name", {"production", "web1"})
    assert found == names.Names(((f"{existing}.hangzhou",),), (existing,))


def test_a_qualified_name_can_be_in_the_inventory_already() -> None:
    found = names.name_nodes([("s", [node("1", "cvk")])], "qualified", {"cvk.s"})
    assert found == names.Names((("cvk.s",),), ())


def test_an_address_is_used_if_there_is_one() -> None:
    found = names.name_nodes([("s", [node("1", "cvk1", "10.1.0.1"), node("2", "cvk2")])], "ip")
    assert found.of == (("10.1.0.1", "cvk2.s"),)


@given(
    st.lists(
        st.lists(
            st.tuples(st.text("ab.-/ 1", max_size=3), st.sampled_from(["", "10.0.0.1", "10.0.0.2"])),
            max_size=5,
        ),
        max_size=3,
    ),
    st.sampled_from(names.HOSTNAMES),
)
def test_every_host_has_a_unique_name(rows: list[list[tuple[str, str]]], by: str) -> None:
    systems = [
        (f"s{number}", [node(f"{at}", name or None, ip or None) for at, (name, ip) in enumerate(row)])
        for number, row in enumerate(rows)
    ]
    found = [name for row in names.name_nodes(systems, by).of for name in row]
    assert len(set(found)) == len(found) == sum(map(len, rows))
    assert not {*found} & {*names.RESERVED, *(name for name, _nodes in systems)}


def test_ids_that_are_equal_once_safe_get_a_number() -> None:
    found = names.name_nodes([("s", [node("a/b", "x"), node("a_b", "x")])], "name")
    assert found.of == (("x-a_b.s", "x-a_b.s-2"),)
