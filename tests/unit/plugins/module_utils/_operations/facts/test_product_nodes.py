# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licenses on product nodes belong to the system; an unreadable node makes the license list incomplete."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import project_facts
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.product_nodes import (
    ProductNode,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.read_system import (
    read_system,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.vms import ReadOptions
from ansible_collections.unicloud.usphere.plugins.module_utils._time import parse_time
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import ServerInfo
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    LoginRefused,
    OperationUnsupported,
    Unreachable,
)

from .....fakes.system import NOW, WHERE, Server, System, license_, reasons, valid

DR = "disk_backup_dr"
AWAY = Unreachable("unreachable_refused", endpoint="https://dr:1")
AT = "2026-11-24T08:00:01Z"


def node(*licenses: Any, name: str = "dr-1", product: str | None = DR) -> Server:
    return Server(ServerInfo(name, "E0760P03", AT, product=product), tuple(licenses))


def dr(**changes: object) -> Any:
    return license_(
        1, **{"product": DR, "arch": None, "code": "3132D0XY", "assigned": (), "quantity": 11, **changes}
    )


def read(
    *nodes: Server, system: System | None = None, server: Server | None = None, **options: Any
) -> dict[str, Any]:
    values = {"now": lambda: NOW, **options}
    given = [ProductNode(DR, each) for each in nodes]
    return read_system(system or System(), server or Server(), ReadOptions(**values), given)


def ids(facts: dict[str, Any]) -> list[str]:
    return [item["id"] for item in facts["licenses"]["items"]]


def test_licenses_of_a_node_are_listed_with_those_of_the_license_server() -> None:
    facts = read(node(dr()))
    valid(facts)
    # The same id on another server is another license.
    assert ids(facts) == ["LS-1", "dr-1/LS-1"]
    assert facts["licenses"]["complete"] is True
    assert facts["licenses"]["items"][1]["held_by"] == "dr-1"
    assert facts["licenses"]["items"][1]["assigned"] == 11


def test_the_feature_is_licensed_only_with_the_node() -> None:
    site = {"features": {DR: {"in_use": True, "used": 11}}}
    without = project_facts(read(site=site), parse_time(AT))["features"][DR]
    assert (without["licensed"], without["missing"]) == (False, 11)
    within = project_facts(read(node(dr()), site=site), parse_time(AT))["features"][DR]
    assert (within["licensed"], within["missing"]) == (True, 0)


def test_missing_values_of_a_node_license_are_unknown_at_their_own_pointer() -> None:
    facts = read(node(dr(quantity=None), dr(expires_at=None)))
    valid(facts)
    assert "/licenses/items/1/quantity" in reasons(facts)
    assert "/licenses/items/2/expires_at" in reasons(facts)
    assert "assigned" not in facts["licenses"]["items"][1]


@pytest.mark.parametrize("quantity", [0, -4])
def test_an_invalid_quantity_is_unknown_and_not_zero(quantity: int) -> None:
    site = {"features": {DR: {"in_use": True, "used": 11}}}
    facts = read(node(dr(quantity=quantity)), site=site)
    valid(facts)
    assert "/licenses/items/1/quantity" in reasons(facts)
    assert "assigned" not in facts["licenses"]["items"][1]
    # The quantity is unknown, so a shortage cannot be certain.
    assert "missing" not in project_facts(facts, parse_time(AT))["features"][DR]


@pytest.mark.parametrize("at", ["server", "licenses"])
@pytest.mark.parametrize(
    "error", [AWAY, OperationUnsupported("operation_unsupported", operation="x", profile="y")]
)
def test_an_unreadable_node_makes_the_license_list_incomplete(at: str, error: Exception) -> None:
    heard: list[Any] = []
    silent = node()
    setattr(silent, "_" + at, error)
    facts = read(silent, node(dr(), name="dr-2"), note=heard.append)
    assert ids(facts) == ["LS-1", "dr-2/LS-1"]
    assert facts["licenses"]["complete"] is False
    assert heard == ([AWAY] if error is AWAY else [])


def test_an_unread_license_list_stays_unknown_with_a_node() -> None:
    facts = read(node(dr()), server=Server(licenses=AWAY))
    assert "licenses" not in facts
    assert reasons(facts)["/licenses"] == "unreachable"


def test_a_system_without_a_license_server_has_the_licenses_of_its_nodes() -> None:
    facts = read(node(dr()), system=System(license_server=None))
    assert ids(facts) == ["dr-1/LS-1"]
    # VMS allows sockets that no license lists.
    assert facts["licenses"]["complete"] is False


def test_no_node_is_read_while_every_login_is_refused() -> None:
    silent = node(dr())
    facts = read(silent, system=System(hosts=LoginRefused("login_refused_license", "R20", **WHERE)))
    assert reasons(facts)["/licenses"] == "login_refused"
    assert silent.calls == []


@pytest.mark.parametrize(
    ("nodes", "code"),
    [
        ([node(dr(), product="isc")], "node_of_other_product"),
        ([node(dr()), node(dr())], "product_node_twice"),
    ],
)
def test_a_wrong_node_is_an_error_that_names_it(nodes: list[Server], code: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read(*nodes)
    assert (caught.value.code, caught.value.rule) == (code, "R27")
    assert "R27" in render(code, caught.value.fields)
    assert "R27" in render(code, caught.value.fields, "zh")


def test_a_refused_account_is_an_error() -> None:
    with pytest.raises(AuthenticationFailed):
        read(Server(AuthenticationFailed("authentication_failed", endpoint="https://dr:1")))
