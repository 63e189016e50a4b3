# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""License Servers as subjects: a fixed license is assigned complete to one client (R25, decision 19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.site_catalog import load_catalog
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.entitlements import (
    load_entitlements,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.license_servers import (
    read_servers,
    without_foreign_products,
)

HostFacts = Callable[..., dict[str, Any]]
PolicyOf = Callable[..., dict[str, Any]]


def held(ident: str, quantity: object, code: object = "3130A0XY", **more: Any) -> dict[str, Any]:
    base = {"id": ident, "product": "vms_standard", "arch": "x86_64", "code": code, "status": "in_use"}
    return {**base, "quantity": quantity, "expires_at": "never", **more}


def client(name: str, *quantities: int) -> dict[str, Any]:
    rows = [{"product": "vms_standard", "arch": "x86_64", "quantity": each} for each in quantities]
    return {"name": name, "state": "connected", "quota": rows}


def info(licenses: object, clients: object, ident: str = "ls-east") -> dict[str, Any]:
    return {"server": {"id": ident}, "licenses": licenses, "clients": clients, "changed": False}


def facts_of(result: dict[str, Any], as_of: datetime) -> tuple[dict[str, Any], dict[str, str]]:
    (reading,) = read_servers([result], as_of)[result["server"]["id"], "license_server"]
    tree: Any = reading.facts.tree
    if not reading.facts.unknown:
        assert schemas.validate("server_facts", tree) == []
    return tree["server"], dict(reading.facts.unknown)


@pytest.mark.parametrize(
    ("end", "fixed"),
    [("2027-06-12T00:00:00", 1), ("2026-11-20T00:00:00", 0), ("2026-11-24T12:00:00", None)],
)
def test_a_license_whose_end_has_no_zone_counts_where_every_zone_agrees(
    end: str, fixed: int | None, as_of: datetime
) -> None:
    given = info([held("a", 4, expires_at=end)], [client("x", 4), client("y", 2)])
    assert facts_of(given, as_of)[0].get("fixed") == fixed


@pytest.mark.parametrize(
    ("licenses", "clients", "unfit"),
    [
        ([held("a", 4)], [client("x", 4), client("y", 2)], []),
        ([held("a", 5)], [client("x", 4), client("y", 2)], ["a"]),
        ([held("a", 4), held("b", 2)], [client("x", 4), client("y", 2)], []),
        ([held("a", 3), held("b", 3)], [client("x", 4), client("y", 2)], ["a"]),
        ([held("a", 9)], [client("x")], []),
        ([held("a", 9)], [client("x"), client("y", 1)], []),
        ([held("a", 9, "3132A")], [client("x", 1), client("y", 1)], []),
        ([held("a", 9, status="uninstalled")], [client("x", 1), client("y", 1)], []),
        ([held("a", 9, expires_at="2026-11-24T08:00:00Z")], [client("x", 1), client("y", 1)], []),
        ([], [], []),
        # A license of an unknown code: it fits even if it is fixed.
        ([held("a", 4, "9999"), held("b", 2)], [client("x", 4), client("y", 2)], []),
        ([held("a", 5, "9999"), held("b", 5)], [client("x", 4), client("y", 2)], ["b"]),
        ([held("a", 9, "9999")], [client("x", 4)], []),
    ],
)
def test_an_assignment_of_all_fixed_licenses_must_exist(
    licenses: list[Any], clients: list[Any], unfit: list[str], as_of: datetime
) -> None:
    facts, unknown = facts_of(info(licenses, clients), as_of)
    assert (facts["fixed_unfit"], unknown) == (unfit, {})


@pytest.mark.parametrize(
    ("licenses", "clients", "unknown"),
    [
        ([held("a", 5, "9999")], [client("x", 4), client("y", 2)], {"/server/fixed_unfit"}),
        ([held("a", 4, None)], [client("x"), client("y")], {"/server/fixed_unfit"}),
        ([held("a", 9, "3132A")], None, {"/server/clients"}),
        ([held("a", 4)], [client("x"), client("y")], {"/server/fixed_unfit"}),
        ([held("a", None)], [client("x", 1), client("y", 1)], {"/server/fixed_unfit"}),
        ([held("a", 4)], None, {"/server/clients", "/server/fixed_unfit"}),
        ([held("a", 4)], [{"name": 7}], {"/server/clients", "/server/fixed_unfit"}),
        ([held("a", 4)], [{"name": "x", "quota": [{}]}], {"/server/clients", "/server/fixed_unfit"}),
        (
            None,
            [client("x")],
            {"/server/licenses", "/server/fixed", "/server/fixed_unfit", "/server/unknown_codes"},
        ),
        (
            [{"product": "vms_standard"}],
            [client("x")],
            {"/server/licenses", "/server/fixed", "/server/fixed_unfit", "/server/unknown_codes"},
        ),
    ],
)
def test_unread_parts_are_unknown(
    licenses: object, clients: object, unknown: set[str], as_of: datetime
) -> None:
    facts, found = facts_of(info(licenses, clients), as_of)
    assert set(found) == unknown
    assert not {f"/server/{name}" for name in facts} & unknown


def test_unknown_codes_are_listed(as_of: datetime) -> None:
    licenses = [held("a", 1, "9999"), held("b", 1, None), held("c", 1, "3132"), held("d", 1)]
    facts, _unknown = facts_of(info(licenses, [client("x")]), as_of)
    assert (facts["unknown_codes"], facts["fixed"], facts["licenses"]) == (["a", "b"], 1, 4)


@pytest.mark.parametrize("value", [[{}], [{"server": {"id": ""}}], "ls-east", [7], {"server": None}])
def test_other_results_than_those_of_license_info_are_rejected(value: object, as_of: datetime) -> None:
    with pytest.raises(PolicyError) as caught:
        read_servers(value, as_of)
    assert caught.value.code == "servers_input"
    assert caught.value.text("zh")


RULE = {
    "id": "r25-whole",
    "about": "license_server",
    "references": ["R25"],
    "require": {"properties": {"server": {"properties": {"fixed_unfit": {"maxItems": 0}}}}},
}
ALWAYS = {"id": "always", "require": {"properties": {"vms": {"properties": {"total": {"minimum": 1}}}}}}


def test_a_license_server_is_evaluated_beside_systems(
    as_of: datetime, host_facts: HostFacts, policy_of: PolicyOf
) -> None:
    policy = load_policy(policy_of(RULE, ALWAYS))
    torn = read_servers(
        [info([held("a", 5)], [client("x", 4), client("y", 2)]), info([], [], "ls-west")], as_of
    )
    bought = load_entitlements(
        {
            "kind": "Entitlements",
            "schema_version": 1,
            "id": "acme",
            "systems": {"hangzhou": {"license_server": "ls-east"}},
            "grants": [],
        }
    )
    for entitlements, hosts in ((None, []), (bought, ["h"])):
        result = evaluate_fleet.evaluate(
            [HostInput("h", host_facts())], Run(policy, as_of, entitlements=entitlements, servers=torn)
        )
        assert schemas.validate("compliance_result", result) == []
        (finding,) = result["findings"]
        assert (finding["rule"], finding["subject"]) == (
            "r25-whole",
            {"kind": "license_server", "id": "ls-east"},
        )
        assert finding["hosts"] == hosts
        assert {each["subject"]["id"]: each["decision"] for each in result["subjects"]} == {
            "hangzhou": "compliant",
            "ls-east": "non_compliant",
            "ls-west": "compliant",
        }
        assert result["decision"] == "non_compliant"


def test_two_results_of_one_server_both_count(
    as_of: datetime, host_facts: HostFacts, policy_of: PolicyOf
) -> None:
    results = [info([held("a", 5)], [client("x", 4), client("y", 2)]), info([], [])]
    for order in (results, results[::-1]):
        servers = read_servers(order, as_of)
        result = evaluate_fleet.evaluate(
            [HostInput("h", host_facts())], Run(load_policy(policy_of(RULE, ALWAYS)), as_of, servers=servers)
        )
        assert result["decision"] == "non_compliant"


def test_no_result_means_no_server(as_of: datetime) -> None:
    assert read_servers(None, as_of) == {}


def test_other_products_of_a_server_count_nowhere(as_of: datetime) -> None:
    catalog = load_catalog(
        {
            "kind": "LicenseCatalog",
            "schema_version": 1,
            "id": "others",
            "source": "a letter",
            "not_usphere": ["ONEStor*"],
        }
    )
    other = {"product": "ONEStor Standard", "arch": None, "quantity": 2}
    mixed = {**client("y", 2), "quota": [other, *client("y", 2)["quota"]]}
    result = info(
        [held("a", 4), {**held("other", 9), "product": "ONEStor Standard"}],
        [client("x", 4), mixed, {"name": "storage", "quota": [other]}],
    )
    (kept,) = without_foreign_products([result], catalog)  # type: ignore[misc]  # a list, as given
    assert [row["id"] for row in kept["licenses"]] == ["a"]
    # A client that has products of Usphere, too, is a system.
    assert [row["name"] for row in kept["clients"]] == ["x", "y"]
    tree, unknown = facts_of(kept, as_of)
    assert (tree["licenses"], tree["clients"], tree["fixed_unfit"]) == (1, 2, [])
    assert tree["not_usphere"] == ["ONEStor Standard"]
    assert unknown == {}
    assert facts_of(result, as_of)[0]["fixed_unfit"] == ["other"]
    assert without_foreign_products(result, load_catalog(None)) is result
    for value in (None, "text", [1], {"licenses": 3, "clients": [None]}):
        assert without_foreign_products(value, catalog) == value
