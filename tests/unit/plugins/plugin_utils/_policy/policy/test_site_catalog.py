# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A site catalog (R2): it overrides and extends the shipped rows, and every error has its line."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.filter.effective_license import effective_license
from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import license_compliance
from ansible_collections.unicloud.usphere.plugins.filter.license_forecast import license_forecast
from ansible_collections.unicloud.usphere.plugins.filter.license_purchase_plan import license_purchase_plan
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    Catalog,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import Arch
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import InvalidDocument
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts import (
    host_facts as host_facts_module,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.site_catalog import (
    catalog_digest,
    load_catalog,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats.as_text import report

HostFacts = Callable[..., dict[str, Any]]
ROOT = Path(__file__).resolve().parents[6]
AS_OF = "2026-11-24T08:00:00Z"
DR = {
    "id": "disk_backup_dr",
    "class": "feature",
    "metric": "host",
    "installation": "local",
    "feature": "disk_backup_dr",
}
OWN = {"id": "gpu_service", "class": "feature", "metric": "cpu_socket", "installation": "remote"}


def catalog(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "kind": "LicenseCatalog",
        "schema_version": 1,
        "id": "site",
        "source": "a letter",
        "products": list(rows),
        **more,
    }


def test_without_a_document_the_shipped_catalog_is_used() -> None:
    assert load_catalog(None) is Catalog.builtin()


def test_a_row_overrides_the_shipped_one_and_others_are_kept() -> None:
    found = load_catalog(catalog({**DR, "packs": [5, 20], "name_zh": "容灾"}))
    row = found.product("disk_backup_dr")
    assert row is not None
    assert row.packs == (5, 20)
    assert found.by_display_name("容灾") == ("disk_backup_dr", Arch.ANY)
    assert len(found.products) == len(Catalog.builtin().products)
    assert found.source.endswith("a letter (site)")


def test_documents_are_merged_in_order(tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text(
        "kind: LicenseCatalog\nschema_version: 1\nid: two\nsource: b\n"
        "products: [{id: gpu_service, class: feature, metric: cpu_socket, installation: remote}]\n"
    )
    found = load_catalog([catalog({**DR, "packs": [5]}), str(tmp_path / "own.yml")])
    assert found.product("gpu_service") is not None
    assert found.source.endswith("a letter (site); b (two)")


CONTAINER = {
    "id": "container_service",
    "class": "feature",
    "metric": "cpu_socket",
    "installation": "remote",
    "feature": "container_engine",
}
STANDARD = {
    "id": "vms_standard",
    "class": "edition",
    "metric": "cpu_socket",
    "installation": "remote",
    "edition": "standard",
}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([DR, DR], "disk_backup_dr for any is already defined at inline"),
        ([{**DR, "feature": "srm"}], "must remain feature disk_backup_dr as in the shipped catalog"),
        ([{**STANDARD, "arch": "x86_64", "edition": "enterprise"}], "must remain edition standard"),
        ([{**DR, "id": "disk_backup"}], "for disk_backup_dr, which disk_backup_dr already licenses"),
        ([{**DR, "id": "disk_backup"}], "did you mean disk_backup_dr?"),
        ([{**DR, "name_en": "UniCloud Usphere container service"}], "already the name of container_service"),
        ([CONTAINER, {**CONTAINER, "arch": "aarch64"}], "any architecture and rows for single architectures"),
        ([{**CONTAINER, "arch": "aarch64"}], "the row for x86_64 is missing here"),
        ([STANDARD], "counts CPUs by architecture"),
        (
            [{**CONTAINER, "arch": "x86_64"}, {**CONTAINER, "arch": "aarch64", "metric": "vm"}],
            "metric of container_service differs from the row at inline",
        ),
        ([{**DR, "clas": "feature"}], "did you mean class?"),
        ([{**STANDARD, "metric": "vm"}], "cpu_socket"),
        ([{**DR, "edition": "standard"}], "cannot be combined with the other keys here"),
        ([], "products"),
    ],
)  # fmt: skip
def test_an_error_is_one_sentence(rows: list[dict[str, Any]], sentence: str) -> None:
    with pytest.raises(InvalidDocument) as caught:
        load_catalog(catalog(*rows))
    assert sentence in caught.value.text()
    assert all(error.text("zh") for error in caught.value.problems)


def test_every_error_has_its_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "catalog.yml"
    file.write_text(
        "kind: LicenseCatalog\n"
        "schema_version: 1\n"
        "id: site\n"
        "source: a letter\n"
        "products:\n"
        "  - {id: srm, class: feature, metric: vm, installation: remote, feature: isc}\n"
        "  - {id: isc2, class: feature, metric: vm, installation: local, feature: isc}\n"
    )
    with pytest.raises(InvalidDocument) as caught:
        load_catalog(str(file))
    assert [error.place for error in caught.value.problems] == ["catalog.yml:6", "catalog.yml:7"]


def test_a_product_of_the_site_counts_as_itself_only(host_facts: HostFacts) -> None:
    """R2, decision 32: a product without a row may be any of its metric; one with a row is just that."""
    facts = host_facts()
    license_ = {
        **facts["licenses"]["items"][0],
        "id": "LS-GPU",
        "product": "gpu_service",
        "quantity": 7,
        "assigned": 7,
    }
    facts["licenses"]["items"].append(license_)
    without_row = effective_license(facts, AS_OF)
    assert any(pointer.startswith("/effective/") for pointer in without_row["unknown"])
    found = effective_license(
        facts, AS_OF, catalog(*({**OWN, "arch": arch} for arch in ("x86_64", "aarch64")))
    )
    own = [row for row in found["products"] if row["product"] == "gpu_service"]
    assert [row["quantity"] for row in own] == [7]
    # The use of the product is not in the facts: it is unknown, not zero.
    assert all("used" not in row and "missing" not in row for row in own)
    others = [row for row in found["products"] if row["product"] != "gpu_service"]
    assert others == effective_license(host_facts(), AS_OF)["products"]


def test_an_expired_product_of_the_site_refuses_no_login(host_facts: HostFacts) -> None:
    facts = host_facts()
    expired = {
        **facts["licenses"]["items"][0],
        "id": "LS-GPU",
        "product": "gpu_service",
        "kind": "temporary",
        "issued_at": "2026-10-22T00:00:00Z",
        "expires_at": "2026-11-22T00:00:00Z",
    }
    facts["licenses"]["items"].append(expired)
    own = catalog(*({**OWN, "arch": arch} for arch in ("x86_64", "aarch64")))
    assert license_forecast(facts, AS_OF, own)["state"] == "ok"
    assert license_forecast(facts, AS_OF).get("state") != "ok"


def test_the_plan_uses_packs_of_the_site(host_facts: HostFacts) -> None:
    """R32: packs without a pack of one are rounded up."""
    facts = host_facts(changes={"/features/disk_backup_dr": {"in_use": True, "used": 12}})
    facts["unknown"] = {
        pointer: reason
        for pointer, reason in facts.get("unknown", {}).items()
        if "disk_backup_dr" not in pointer
    }
    plan = license_purchase_plan(facts, [], AS_OF, catalog({**DR, "packs": [5, 20]}))
    packs = [
        line["packs"]
        for step in plan["steps"]
        for line in step["lines"]
        if line["product"] == "disk_backup_dr"
    ]
    assert packs == [[5, 5, 5]]


def test_the_catalog_of_the_guide_is_valid(tmp_path: Path) -> None:
    guide = (ROOT / "docs/docsite/rst/guide_rules.rst").read_text(encoding="utf-8")
    block = guide.split(".. code-block:: yaml\n\n")[1].split("\nA row replaces")[0]
    (tmp_path / "catalog.yml").write_text(textwrap.dedent(block), encoding="utf-8")
    found = load_catalog(str(tmp_path / "catalog.yml"))
    row = found.product("disk_backup_dr")
    assert row is not None
    assert row.packs == (1, 10, 50, 100, 500)
    assert (row.family, found.product("gpu_service") is not None) == ("B", True)


OTHERS = {"kind": "LicenseCatalog", "schema_version": 1, "id": "others", "source": "a letter"}


def with_other_product(facts: dict[str, Any], at: int = 0) -> dict[str, Any]:
    """Return facts with a license of another product, of which nothing else can be read."""
    other = {"id": "LS-OTHER", "product": "ONEStor Standard", "kind": "formal", "arch": "mips"}
    facts["licenses"]["items"].insert(at, other)
    return facts


@pytest.mark.parametrize("at", [0, 1, 99])
def test_a_license_of_another_product_counts_nowhere(host_facts: HostFacts, at: int) -> None:
    facts = with_other_product(host_facts(), at)
    assert any(pointer.startswith("/effective/") for pointer in effective_license(facts, AS_OF)["unknown"])
    named = {**OTHERS, "not_usphere": ["onestor*"]}
    assert effective_license(facts, AS_OF, named) == effective_license(host_facts(), AS_OF)
    assert license_purchase_plan(facts, as_of=AS_OF, catalog=named) == license_purchase_plan(
        host_facts(), as_of=AS_OF
    )


def test_unknown_values_of_the_other_licenses_keep_their_license(host_facts: HostFacts) -> None:
    facts = with_other_product(host_facts())
    facts["unknown"] = {
        "/licenses/items/0/quantity": {"reason": "absent"},
        "/licenses/items/1/expires_at": {"reason": "absent"},
    }
    catalog_of_site = load_catalog({**OTHERS, "not_usphere": ["ONEStor*"]})
    found = host_facts_module.read(facts, catalog_of_site)
    assert found.unknown == {"/licenses/items/0/expires_at": "absent"}
    assert found.tree["licenses"]["not_usphere"] == ["ONEStor Standard"]
    assert [item["id"] for item in found.tree["licenses"]["items"]] == [
        item["id"] for item in host_facts()["licenses"]["items"]
    ]


def test_the_result_and_the_report_list_the_other_products(host_facts: HostFacts) -> None:
    facts = with_other_product(host_facts())
    result = license_compliance(facts, "vendor", as_of=AS_OF, host="hangzhou")
    assert result["decision"] == "undetermined"
    named = {**OTHERS, "not_usphere": ["ONEStor*"]}
    result = license_compliance(facts, "vendor", as_of=AS_OF, host="hangzhou", catalog=named)
    assert result["decision"] == "compliant"
    assert schemas.validate("compliance_result", result) == []
    assert result["subjects"][0]["not_usphere"] == ["ONEStor Standard"]
    assert "  licenses of other products, which count nowhere: ONEStor Standard" in report(result)
    assert "  其他产品的授权，不计入：ONEStor Standard" in report(result, "zh")
    plain = license_compliance(host_facts(), "vendor", as_of=AS_OF, host="hangzhou", catalog=named)
    assert "not_usphere" not in plain["subjects"][0]


@pytest.mark.parametrize(
    ("patterns", "sentence"),
    [
        (["vms_*"], "the pattern vms_* of not_usphere matches vms_enhanced_enterprise, a product of Usphere"),
        (["ONEStor*", "*"], "the pattern * of not_usphere matches"),
        (["UNICLOUD usphere*"], "the pattern UNICLOUD usphere* of not_usphere matches"),
        (["gpu*"], "the pattern gpu* of not_usphere matches gpu_service, a product of Usphere"),
    ],
)
def test_a_pattern_that_matches_a_product_of_usphere_is_an_error(patterns: list[str], sentence: str) -> None:
    rows = [{**OWN, "arch": arch} for arch in ("x86_64", "aarch64")]
    with pytest.raises(InvalidDocument) as caught:
        load_catalog([catalog(*rows), {**OTHERS, "not_usphere": patterns}])
    assert sentence in caught.value.text()
    assert caught.value.text("zh")


def test_a_catalog_needs_products_or_patterns() -> None:
    with pytest.raises(InvalidDocument) as caught:
        load_catalog(OTHERS)
    assert "has neither products nor not_usphere; add one of them" in caught.value.text()


def test_the_digest_covers_the_patterns() -> None:
    one, two = (load_catalog({**OTHERS, "not_usphere": [each]}) for each in ("ONEStor*", "Other*"))
    assert len({catalog_digest(one), catalog_digest(two), catalog_digest(load_catalog(catalog(DR)))}) == 3
