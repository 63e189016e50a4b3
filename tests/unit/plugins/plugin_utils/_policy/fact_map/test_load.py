# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""FactMap documents: built-in maps, targets, readings; each error has its place and the nearest name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import (
    InvalidDocument,
    PolicyError,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.load import (
    BUILTIN,
    FOLDER,
    load_fact_map,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.model import (
    ContainsItem,
    FactMap,
    FromFact,
    ItemCount,
    RowList,
    StatedValue,
)

SOCKETS = {"/hosts/0/cpu_sockets": {"from": "/cpu_count"}}


def document(facts: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"kind": "FactMap", "id": "cmdb", "facts": SOCKETS if facts is None else facts, **more}


def sentences(given: object, language: str = "en") -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load_fact_map(given)
    return [problem.text(language) for problem in caught.value.problems]


@pytest.mark.parametrize("name", BUILTIN)
def test_a_built_in_map_is_valid_and_cached(name: str) -> None:
    content = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    assert schemas.validate("fact_map", content) == []
    found = load_fact_map(name)
    assert (found.id, found.name, found.kind) == (name, f"{name}.yml", "node")
    assert load_fact_map(name) is found
    assert load_fact_map(found) is found


def test_flat_reads_the_documented_names() -> None:
    assert load_fact_map("flat").names == ("arch", "cpu_count", "edition", "features", "licenses", "version")


def test_every_form_is_read() -> None:
    facts = {
        "/hosts/0/arch": {"from": ["/arch", "/cpu/arch"], "values": {"x86": "x86_64"}, "optional": True},
        "/features/srm/in_use": {"contains": {"in": "/features", "value": ["srm", "storage DR"]}},
        "/vms/total": {"count": "/guests"},
        "/hot_standby/state": {"value": "none"},
        "/licenses/items": {"rows": {"in": "/bought", "facts": {"/product": {"from": "/sku"}}}},
        "/site_facts/rack": {"from": "/rack"},
    }
    found = load_fact_map(document(facts, system={"from": "/cluster"}, nodes={"count": "/members"}))
    contains = found.facts["/features/srm/in_use"]
    assert isinstance(contains, ContainsItem)
    bare = replace(contains, names=(), known=())
    assert {**found.facts, "/features/srm/in_use": bare} == {
        "/hosts/0/arch": FromFact(("/arch", "/cpu/arch"), {"x86": "x86_64"}, True),
        "/features/srm/in_use": ContainsItem("/features", ("srm", "storage DR")),
        "/vms/total": ItemCount("/guests"),
        "/hot_standby/state": StatedValue("none"),
        "/licenses/items": RowList("/bought", {"/product": FromFact(("/sku",))}),
        "/site_facts/rack": FromFact(("/rack",)),
    }
    assert (found.system, found.nodes) == (FromFact(("/cluster",)), ItemCount("/members"))
    assert found.names == ("arch", "bought", "cluster", "cpu", "features", "guests", "members", "rack")
    assert found.kind == "system"


def test_an_error_of_a_file_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "map.yml"
    path.write_text(
        "kind: FactMap\nid: cmdb\nfacts:\n  /hosts/0/cpu_socket: {from: /cpu_count}\n", encoding="utf-8"
    )
    assert sentences(str(path)) == [
        "map.yml:4: HostFacts has no fact /hosts/0/cpu_socket (see Facts reference); did you mean "
        "/hosts/0/cpu_sockets?"
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (document({"/hosts/0/arch": {"form": "/a"}}), "unknown key form; did you mean from?"),
        (document(sistem={"from": "/a"}), "unknown key sistem; did you mean system?"),
        (
            document({"/hosts/0/arch": {}}),
            "/hosts/0/arch must have exactly one of from, contains, count, rows",
        ),
        (document({"/hosts/0/arch": {"from": "/a", "value": "x86_64"}}), "got from, value"),
        (
            document({"/vms/total": {"value": 3, "optional": True}}),
            "optional of /vms/total applies only to from",
        ),
        (
            document({"/cpu_count": {"from": "/a"}}),
            "HostFacts has no fact /cpu_count (see Facts reference); did you mean /hosts/0/cpu_sockets?",
        ),
        (document({"/arch": {"from": "/a"}}), "did you mean /hosts/0/arch or /architecture?"),
        (document({"/effective/edition": {"from": "/a"}}), "/effective/edition is derived from other facts"),
        (document({"/subject/id": {"from": "/a"}}), "/subject/id describes the document"),
        (document({"/unknown": {"from": "/a"}}), "/unknown describes the document"),
        (document({"/hosts/1/arch": {"from": "/a"}}), "only /hosts/0, the node itself, can be mapped"),
        (document({"/licenses/items/0/id": {"from": "/a"}}), "use rows for a list"),
        (document({**SOCKETS, "/hosts": {"from": "/a"}}), "/hosts/0/cpu_sockets is inside of /hosts"),
        (document({"/version/vms": {"count": "/a"}}), "count does not give a value of /version/vms"),
        (
            document({"/version/vms": {"contains": {"in": "/a", "value": "b"}}}),
            "contains does not give a value of /version/vms",
        ),
        (
            document({"/vms/total": {"rows": {"in": "/a", "facts": {"/b": {"from": "/b"}}}}}),
            "rows does not give a value of /vms/total",
        ),
        (
            document({"/licenses/items": {"rows": {"in": "/a", "facts": {"/produkt": {"from": "/b"}}}}}),
            "no fact /licenses/items/*/produkt (see Facts reference); did you mean /product?",
        ),
        (
            document({"/hosts/0/arch": {"value": "x86-64-v9"}}),
            "/hosts/0/arch must be x86_64, aarch64; got x86-64-v9",
        ),
        (
            document({"/hosts/0/arch": {"from": "/a", "values": {"x86": "x86_46"}}}),
            "must be x86_64, aarch64; got x86_46; did you mean x86_64?",
        ),
        (document({"/vms/total": {"value": "many"}}), "/vms/total must be integer; got many"),
        (document({}), "facts must have at least one fact"),
        (document(nodes={"value": 2}), "nodes states how many nodes a system has; add system"),
        (document(complete=True), "complete states how many nodes a system has; add system"),
        (
            document(system={"from": "/c"}, nodes={"value": 2}, complete=True),
            "nodes and complete both state whether all nodes are known",
        ),
        (document(system={"count": "/c"}), "system must be read with from or value"),
        (
            document({"/hosts": {"from": "/a"}}, system={"from": "/c"}),
            "every inventory host is one row of /hosts",
        ),
        ("flatt", "did you mean flat?"),
        ("nowhere.yml", "nowhere.yml was not found"),
        (["flat"], "FactMap"),
        (3, "FactMap"),
    ],
)
def test_an_error_names_the_value_and_the_remedy(given: object, sentence: str) -> None:
    assert any(sentence in each for each in sentences(given)), sentences(given)
    assert all(sentences(given, "zh"))


def test_all_errors_are_listed() -> None:
    facts = {"/hosts/0/arhc": {"from": "/a"}, "/vms/total": {"value": "many"}}
    assert len(sentences(document(facts, complete=True))) == 3


def test_a_map_is_a_value() -> None:
    with pytest.raises(AttributeError):
        load_fact_map("flat").id = "other"  # type: ignore[misc]  # the point of the test
    assert isinstance(load_fact_map(document()), FactMap)


def test_errors_of_form_say_what_to_write() -> None:
    def sentence(facts: object) -> str:
        with pytest.raises(InvalidDocument) as caught:
            load_fact_map({"kind": "FactMap", "id": "cmdb", "facts": facts})
        return caught.value.text()

    begin = "must begin with /, such as /hosts/0/cpu_sockets; got "
    assert begin + "hosts/0/arch" in sentence({"hosts/0/arch": {"from": "/arch"}})
    assert begin + "arch" in sentence({"/hosts/0/arch": {"from": "arch"}})
    assert "a mapping such as {from: /cmdb/cpuCount}" in sentence({"/hosts/0/arch": "/arch"})
