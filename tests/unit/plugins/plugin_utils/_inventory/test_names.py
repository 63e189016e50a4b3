# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host names out of a server's mouth: harmless, each used once, the same whatever the order."""

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
def test_a_name_loses_what_means_something(text: str, harmless: str) -> None:
    assert names.safe_name(text) == harmless


@given(st.text(max_size=300))
def test_no_text_gets_through(text: str) -> None:
    name = names.safe_name(text)
    assert re.fullmatch(r"(?:\w[\w.-]*)?", name)
    assert len(name) <= 100
    assert names.safe_name(name) == name


def test_a_system_is_in_the_name_by_default() -> None:
    found = names.name_nodes([("hangzhou", [node("1", "cvk1"), node("2")])], "qualified")
    assert found == names.Names((("cvk1.hangzhou", "host-2.hangzhou"),), ())


def test_a_name_that_two_systems_have_goes_to_neither() -> None:
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


def test_a_name_that_one_system_has_twice_gets_the_id() -> None:
    found = names.name_nodes([("s", [node("7", "cvk"), node("8", "cvk"), node("9", "x")])], "qualified")
    assert found == names.Names((("cvk-7.s", "cvk-8.s", "x.s"),), ("cvk.s",))


@pytest.mark.parametrize(
    "taken",
    ["localhost", "LocalHost", "all", "ungrouped", "hangzhou", "production", "web1", "vms", "Usphere_arch_x"],
)
def test_a_name_of_somebody_else_is_not_given(taken: str) -> None:
    found = names.name_nodes([("hangzhou", [node("1", taken)])], "name", {"production", "web1"})
    assert found == names.Names(((f"{taken}.hangzhou",),), (taken,))


def test_a_qualified_name_may_be_one_that_the_site_wrote_down_before() -> None:
    found = names.name_nodes([("s", [node("1", "cvk")])], "qualified", {"cvk.s"})
    assert found == names.Names((("cvk.s",),), ())


def test_an_address_where_there_is_one() -> None:
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
def test_every_host_has_a_name_of_its_own(rows: list[list[tuple[str, str]]], by: str) -> None:
    systems = [
        (f"s{number}", [node(f"{at}", name or None, ip or None) for at, (name, ip) in enumerate(row)])
        for number, row in enumerate(rows)
    ]
    found = [name for row in names.name_nodes(systems, by).of for name in row]
    assert len(set(found)) == len(found) == sum(map(len, rows))
    assert not {*found} & {*names.RESERVED, *(name for name, _nodes in systems)}


def test_ids_that_look_alike_once_they_are_harmless() -> None:
    found = names.name_nodes([("s", [node("a/b", "x"), node("a_b", "x")])], "name")
    assert found.of == (("x-a_b.s", "x-a_b.s-2"),)
