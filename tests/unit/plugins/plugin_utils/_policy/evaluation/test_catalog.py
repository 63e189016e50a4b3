# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluation with a site catalog (R2): its rows decide, and two catalogs never share a verdict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.filter.license_what_if import license_what_if
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    Catalog,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import (
    InvalidDocument,
    PolicyError,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import (
    evaluate_fleet,
    slices,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.load import load_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.site_catalog import (
    catalog_digest,
    load_catalog,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.entitlements import (
    load_entitlements,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

HostFacts = Callable[..., dict[str, Any]]

GPU = {"id": "gpu_service", "class": "feature", "metric": "cpu_socket", "installation": "remote"}
BOTH = [{**GPU, "arch": arch} for arch in ("x86_64", "aarch64")]
MIGRATION = {
    "id": "heterogeneous_migration",
    "class": "feature",
    "family": "B",
    "metric": "vm",
    "installation": "local",
    "feature": "heterogeneous_migration",
}
POOL: dict[str, Any] = {
    "id": "gpu",
    "rows": "/hosts",
    "group_by": ["subject.id", "arch"],
    "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
    "supply": {"from": "in_force", "product": "gpu_service"},
    "require": {"demand": "at_most_supply"},
}


def document(*rows: dict[str, Any]) -> dict[str, Any]:
    rows_ = list(rows or BOTH)
    return {"kind": "LicenseCatalog", "schema_version": 1, "id": "site", "source": "s", "products": rows_}


def policy_with(own: Catalog | None, **pool: Any) -> PolicySet:
    content = {"kind": "LicensePolicy", "id": "site", "version": "1.0.0", "pools": [{**POOL, **pool}]}
    return load_policy(content, catalog=own)


@pytest.fixture
def facts(host_facts: HostFacts) -> dict[str, Any]:
    """Return facts of a licensed system of 4 CPUs with 3 of a product without a shipped row."""
    found = host_facts()
    items = found["licenses"]["items"]
    items.append({**items[0], "id": "LS-GPU", "product": "gpu_service", "quantity": 3, "assigned": 3})
    return found


def test_a_product_without_a_shipped_row_is_decided_by_the_site_catalog(
    facts: dict[str, Any], as_of: datetime
) -> None:
    vendor, hosts = load_policy("vendor"), [HostInput("a", facts)]
    assert evaluate_fleet.evaluate(hosts, Run(vendor, as_of))["decision"] == "undetermined"
    own = load_catalog(document())
    result = evaluate_fleet.evaluate(hosts, Run(vendor, as_of, catalog=own))
    assert (result["decision"], result["findings"]) == ("compliant", [])
    assert result["digests"]["catalog"] == catalog_digest(own)
    assert schemas.validate("compliance_result", result) == []
    # A result cached for one catalog is not used for another.
    assert evaluate_fleet.evaluate(hosts, Run(vendor, as_of))["decision"] == "undetermined"


def test_the_shipped_catalog_is_not_in_the_result(host_facts: HostFacts, as_of: datetime) -> None:
    vendor, hosts = load_policy("vendor"), [HostInput("a", host_facts())]
    plain = evaluate_fleet.evaluate(hosts, Run(vendor, as_of))
    assert "catalog" not in plain["digests"]
    assert evaluate_fleet.evaluate(hosts, Run(vendor, as_of, catalog=Catalog.builtin())) == plain
    assert "catalog" not in evaluate_fleet.evaluate_slice(hosts, Run(vendor, as_of), ["a"]).header


def test_the_digest_depends_on_the_rows(as_of: datetime) -> None:
    first = catalog_digest(load_catalog(document()))
    assert first == catalog_digest(load_catalog(document(*reversed(BOTH))))
    assert first != catalog_digest(load_catalog(document(*({**row, "packs": [2]} for row in BOTH))))
    assert catalog_digest(load_catalog(None)) == ""


@pytest.mark.parametrize("source", ["in_force", "assigned", "installed"])
def test_a_pool_can_count_a_product_of_the_site_catalog(
    source: str, facts: dict[str, Any], as_of: datetime
) -> None:
    hosts, supply = [HostInput("a", facts)], {"from": source, "product": "gpu_service"}
    with pytest.raises(InvalidDocument, match="gpu_service"):
        policy_with(None, supply=supply)
    own = load_catalog(document())
    result = evaluate_fleet.evaluate(hosts, Run(policy_with(own, supply=supply), as_of, catalog=own))
    (finding,) = result["findings"]
    assert (finding["verdict"], finding["shortfall"]) == ("fail", 1)
    (line,) = finding["buy"]["lines"]
    assert (line["product"], line["arch"], line["quantity"]) == ("gpu_service", "x86_64", 1)


def test_the_unit_of_a_pool_is_that_of_the_site_row() -> None:
    per_vm = load_catalog(document(*({**row, "metric": "vm"} for row in BOTH)))
    with pytest.raises(InvalidDocument) as caught:
        policy_with(per_vm)
    assert [error.code for error in caught.value.problems] == ["pool_unit"]


def test_purchases_are_rounded_up_to_packs_of_the_site(as_of: datetime, facts: dict[str, Any]) -> None:
    packed = load_catalog(document(*({**row, "packs": [8]} for row in BOTH)))
    result = evaluate_fleet.evaluate([HostInput("a", facts)], Run(policy_with(packed), as_of, catalog=packed))
    (line,) = result["findings"][0]["buy"]["lines"]
    assert (line["quantity"], line["packs"]) == (8, [8])


def test_the_plan_of_a_system_uses_packs_of_the_site(host_facts: HostFacts, as_of: datetime) -> None:
    facts = host_facts()
    facts["features"] = {
        **facts.get("features", {}),
        "heterogeneous_migration": {"in_use": True, "used": 30},
    }
    found = []
    for packs in ([10, 50], [7]):
        own = load_catalog(document({**MIGRATION, "packs": packs}))
        result = evaluate_fleet.evaluate(
            [HostInput("a", facts)], Run(load_policy("vendor"), as_of, catalog=own)
        )
        (entry,) = result["subjects"]
        assert entry["decision"] == "non_compliant"
        lines = [line for step in entry["plan"]["steps"] for line in step["lines"]]
        found += [line["packs"] for line in lines if line["product"] == "heterogeneous_migration"]
    assert found == [[10, 10, 10], [7, 7, 7, 7, 7]]


def test_slices_of_different_catalogs_do_not_merge(facts: dict[str, Any], as_of: datetime) -> None:
    vendor, own = load_policy("vendor"), load_catalog(document())
    hosts = [HostInput("a", facts)]
    own_slice = evaluate_fleet.evaluate_slice(hosts, Run(vendor, as_of, catalog=own), ["a"])
    travelled = slices.from_document(slices.to_document(own_slice))
    expected = evaluate_fleet.evaluate(hosts, Run(vendor, as_of, catalog=own))
    assert evaluate_fleet.finalize([travelled], Run(vendor, as_of, catalog=own)) == expected
    other_slice = evaluate_fleet.evaluate_slice(hosts, Run(vendor, as_of), ["a"])
    assert not own_slice.sheets.keys() & other_slice.sheets.keys()
    with pytest.raises(PolicyError, match="catalog"):
        evaluate_fleet.finalize([own_slice, other_slice], Run(vendor, as_of, catalog=own))
    with pytest.raises(PolicyError, match="catalog"):
        evaluate_fleet.finalize([own_slice], Run(vendor, as_of))


def test_a_product_of_the_site_catalog_can_be_purchased(facts: dict[str, Any], as_of: datetime) -> None:
    covers = {
        "product": "gpu_service",
        "arch": "x86_64",
        "kind": "formal",
        "quantity": 4,
        "from": "2026-01-10",
        "until": "never",
    }
    bought = {
        "kind": "Entitlements",
        "schema_version": 1,
        "id": "acme",
        "systems": {},
        "grants": [{"id": "g", "covers": covers, "allocations": []}],
    }
    with pytest.raises(InvalidDocument, match="gpu_service"):
        load_entitlements(bought)
    own = load_catalog(document())
    policy = policy_with(own, group_by=["arch"], supply={"from": "purchased", "product": "gpu_service"})
    result = evaluate_fleet.evaluate(
        [HostInput("a", facts)],
        Run(policy, as_of, entitlements=load_entitlements(bought, catalog=own), catalog=own),
    )
    assert [each["decision"] for each in result["subjects"] if each["subject"]["kind"] == "system"] == [
        "compliant"
    ]


def test_what_if_purchases_a_product_of_the_site_catalog(facts: dict[str, Any]) -> None:
    policy = {"kind": "LicensePolicy", "id": "site", "version": "1.0.0", "pools": [POOL]}
    line = {"product": "gpu_service", "arch": "x86_64", "quantity": 1}
    found = license_what_if(
        facts, policy, bought=[line], as_of="2026-11-24T08:00:00Z", host="a", catalog=document()
    )
    assert [each["check"] if "check" in each else each["rule"] for each in found["fixed"]] == ["gpu"]
    assert found["after"]["decision"] == "compliant"
