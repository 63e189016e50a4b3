# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vocabulary of lists: names of features, what a map asks for, and items without a known name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import Feature
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.document import to_host_facts
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.load import load_fact_map
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.fact_map.vocabulary import (
    feature_names,
    folded,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
    read_host,
)

ISC, SRM = "/features/isc/in_use", "/features/srm/in_use"


def a_map(**contains: Any) -> Any:
    facts = {
        f"/features/{name}/in_use": {"contains": {"in": "/features", **wanted}}
        for name, wanted in contains.items()
    }
    return load_fact_map({"kind": "FactMap", "id": "m", "facts": facts})


def in_use(fact_map: Any, features: list[str], name: str) -> object:
    found = to_host_facts(fact_map, {"features": features}, "h")
    gap = found.get("unknown", {}).get(f"/features/{name}/in_use")
    return found["features"][name]["in_use"] if gap is None else gap


def test_each_name_of_a_feature_means_one_feature() -> None:
    meanings: dict[str, set[str]] = {}
    for feature, names in feature_names().items():
        for name in names:
            meanings.setdefault(folded(name), set()).add(feature)
    assert all(len(found) == 1 for found in meanings.values())
    assert set(feature_names()) == {each.value for each in Feature}


@pytest.mark.parametrize("name", ["s-r-m", "SRM", "Storage DR", "storage_dr", "ARM版 SRM", "存储复制容灾"])
def test_flat_knows_the_names_of_features(name: str) -> None:
    assert in_use(load_fact_map("flat"), [name], "srm") is True
    assert in_use(load_fact_map("flat"), [name], "isc") is False


def test_an_item_without_a_known_name_makes_missing_items_unknown() -> None:
    gap = {"reason": "value", "values": ['"smr" (/features)'], "hint": "srm"}
    assert in_use(load_fact_map("flat"), ["smr", "isc"], "srm") == gap
    assert in_use(load_fact_map("flat"), ["smr", "isc"], "disk_backup_dr") == gap
    assert in_use(load_fact_map("flat"), ["smr", "isc"], "isc") is True
    assert in_use(load_fact_map("flat"), ["xyz"], "srm") == {
        **gap,
        "values": ['"xyz" (/features)'],
        "hint": "",
    }


def test_what_the_map_asks_for_is_known_and_has_the_meaning_of_the_map() -> None:
    fact_map = a_map(isc={"value": "cloud"}, srm={"value": ["DR", "isc"]})
    assert in_use(fact_map, ["cloud", "container_engine"], "srm") is False
    assert in_use(fact_map, ["isc"], "srm") is True
    assert in_use(fact_map, ["isc"], "isc") is False


def test_a_map_may_ignore_other_items() -> None:
    fact_map = a_map(isc={"value": "isc"}, srm={"value": "srm", "others": "ignored"})
    assert in_use(fact_map, ["ha"], "srm") is False
    assert in_use(fact_map, ["ha"], "isc") == {"reason": "value", "values": ['"ha" (/features)'], "hint": ""}


def test_a_list_that_is_not_of_features_has_only_the_words_of_the_map() -> None:
    reading = {"contains": {"in": "/roles", "value": "primary"}}
    facts = {"/licenses/complete": reading}
    fact_map = load_fact_map({"kind": "FactMap", "id": "m", "facts": facts})
    assert to_host_facts(fact_map, {"roles": ["Primary"]}, "h")["licenses"]["complete"] is True
    unknown = to_host_facts(fact_map, {"roles": ["srm"]}, "h")["unknown"]
    assert unknown["/licenses/complete"]["reason"] == "value"


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        ("smr", f'{SRM} is not certain, because "smr" (/features) is not a known name; did you mean srm?'),
        ("xyz", "is not a known name; correct it, or state others: ignored in the map"),
    ],
)
def test_findings_show_the_item(item: str, sentence: str, as_of: datetime) -> None:
    found = to_host_facts(load_fact_map("flat"), {"features": [item]}, "h")
    facts = read_host(HostInput("h", found), as_of, None).facts
    (unread,) = facts.unread_among([SRM])
    assert sentence in unread["message"]["en"]  # type: ignore[index]  # messages by language
