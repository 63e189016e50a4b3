# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The profile of the second API: complete, and true of what the server sends.

The places of the fields are looked up by a reader of its own, so that this test does not depend on the code
that reads profiles.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.operations import (
    FILE_ANSWER,
    LOCAL_OPERATIONS,
    SECRET_KEYS,
    SHAPES,
    FieldType,
)

from .second_client import SCENARIO, Console, Portal

DOCUMENT: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "simulator" / "second_profile.yml").read_text(encoding="utf-8")
)
OPERATIONS: dict[str, Any] = DOCUMENT["operations"]
# Sessions take the place of the token call.
WITHOUT = {"token"}
PARAMS = {
    "main_site_ip": "10.0.0.1",
    "spare_site_ip": "10.0.0.2",
    "plan_name": "many-plan",
    "client": "many",
}
READS = [
    name
    for name, item in OPERATIONS.items()
    if item["method"] == "GET" and SHAPES[name].answer != FILE_ANSWER and not name.endswith("_task")
]
# What this scenario has no value for: packs and products belong to product nodes, quotas are tested apart.
ABSENT = {
    "server.peer",
    "server.product",
    "license_server_link.contract_number",
    "list_licenses.packs",
    "list_clients.quota",
}
_STEP = re.compile(r"^([^\[]+)(?:\[([^=]+)=([^\]]+)\])?$")


def reach(value: Any, path: str) -> Any:
    """Return what a path leads to, None if it leads nowhere."""
    for step in path.split("."):
        match = _STEP.match(step)
        assert match, path
        key, name, wanted = match.groups()
        value = value.get(key) if isinstance(value, dict) else None
        if name is not None and value is not None:
            value = next((row for row in value if row[name] == wanted), None)
    return value


def meanings(values: Any) -> dict[str, Any]:
    """Return the value table of a field: the field has it, or names one of the profile."""
    table: dict[str, Any] = DOCUMENT["codes"][values] if isinstance(values, str) else values
    return table


@pytest.fixture(scope="module")
def sim(simulate_module: Any) -> Any:
    return simulate_module(**SCENARIO)


def test_every_operation_is_there() -> None:
    assert set(OPERATIONS) == set(SHAPES) - WITHOUT
    for section in DOCUMENT["local"].values():
        assert set(section["operations"]) == set(LOCAL_OPERATIONS) - WITHOUT


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_field_is_known_and_no_needed_one_is_missing(name: str) -> None:
    fields, shape = OPERATIONS[name].get("fields", {}), SHAPES[name]
    assert set(fields) <= set(shape.fields)
    # Tasks are identified by their location; the other fields of a write depend on the server.
    if OPERATIONS[name]["method"] == "GET" and not name.endswith("_task"):
        assert set(fields) == set(shape.fields) or name == "srm_plan_vms"
    assert set(shape.required) <= set(fields)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_table_gives_values_of_its_field(name: str) -> None:
    for field, place in OPERATIONS[name].get("fields", {}).items():
        kind = SHAPES[name].fields[field]
        if isinstance(place, dict) and "values" in place:
            table = meanings(place["values"])
            assert all(isinstance(wire, str) for wire in table)
            if kind.type is FieldType.CHOICE:
                assert set(table.values()) <= set(kind.choices)
        else:
            assert kind.type is not FieldType.CHOICE, f"{name}.{field} has the server's own words"


def test_no_path_leads_through_a_secret() -> None:
    for item in OPERATIONS.values():
        for place in item.get("fields", {}).values():
            path = place if isinstance(place, str) else place.get("at", "")
            assert not SECRET_KEYS & set(path.lower().split("."))


@pytest.mark.parametrize("name", READS)
def test_every_place_has_a_value(sim: Any, name: str) -> None:
    operation = OPERATIONS[name]
    path = operation["path"].format(**PARAMS)
    query = {key: text.format(**PARAMS) for key, text in operation.get("query", {}).items()}
    client = Portal(sim, "many") if SHAPES[name].base == "vms" else Console(sim, "ls")
    answer = client.send("GET", path + "?" + "&".join(f"{key}={text}" for key, text in query.items()))
    assert answer.json["ret"] == 0
    data = reach(answer.json, ".".join(operation["answer"])) if "answer" in operation else answer.json
    rows = data if isinstance(data, list) else [data]
    assert rows
    for field, place in operation["fields"].items():
        parent, _dot, inner = field.partition(".")
        where = rows
        if inner:
            where = [line for row in rows for line in reach(row, operation["fields"][parent]) or ()]
        if isinstance(place, dict) and "header" in place:
            found = [answer.headers[place["header"]]]
        else:
            found = [reach(row, place if isinstance(place, str) else place["at"]) for row in where]
        found = [value for value in found if value is not None]
        if f"{name}.{field}" in ABSENT or (name, parent) in (
            ("list_licenses", "packs"),
            ("list_clients", "quota"),
        ):
            continue
        assert found, f"{name}.{field}"
        if isinstance(place, dict) and "values" in place:
            assert {str(value) for value in found} <= set(meanings(place["values"]))


@pytest.mark.parametrize("field", ["packs", "product", "arch"])
def test_places_of_a_product_node(sim: Any, field: str) -> None:
    section = DOCUMENT["local"]["disk_backup_dr"]
    console = Console(sim, "dr")
    assert console.base == section["base"]["path"]
    (row,) = console.records(section["operations"]["list_licenses"]["path"])
    place = section["operations"]["list_licenses"]["fields"][field]
    value = reach(row, place if isinstance(place, str) else place["at"])
    wanted = {"packs": [10, 1], "product": "disk_backup_dr", "arch": "any"}[field]
    assert (value if isinstance(place, str) else meanings(place["values"])[str(value)]) == wanted


def test_every_display_name_is_known(sim: Any) -> None:
    for console in (Console(sim, "ls"), Console(sim, "dr")):
        assert {row["title"] for row in console.records("/totals")} <= set(DOCUMENT["license_names"])
