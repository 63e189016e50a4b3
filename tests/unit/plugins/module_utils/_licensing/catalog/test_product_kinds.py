# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of product kinds agrees with the catalog, also with the rows of a site (R2, R3, R39)."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    Catalog,
    site_catalog,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.product_kinds import (
    ProductKind,
    ProductKinds,
)

GPU = {"id": "gpu_service", "class": "feature", "metric": "vm", "installation": "remote"}
ROWS: list[list[dict[str, Any]]] = [
    [],
    [{**GPU, "arch": None, "name_en": "GPU", "name_zh": None}],
    [{**GPU, "arch": arch, "name_en": "GPU " + arch} for arch in ("x86_64", "aarch64")],
    [{**GPU, "id": "isc", "feature": "isc", "arch": arch} for arch in ("x86_64", "aarch64")],
    [{**GPU, "id": "srm", "feature": "srm", "arch": "any", "name_en": "Site Recovery"}],
    [{**GPU, "id": "srm", "feature": "srm", "arch": "aarch64", "name_zh": "容灾"}],
]


@pytest.mark.parametrize("rows", ROWS)
def test_the_kinds_are_those_of_the_catalog(rows: list[dict[str, Any]]) -> None:
    catalog, kinds = site_catalog({"catalog": rows}), ProductKinds(rows)
    known = {product.id for product in catalog.products}
    assert len(known) >= 11
    assert {name: kinds.kind(name) for name in known} == {name: catalog.kind(name) for name in known}


def test_a_product_is_known_only_with_its_row() -> None:
    assert ProductKinds().kind("gpu_service") is None
    assert Catalog.builtin().kind("gpu_service") is None
    assert ProductKinds([GPU]).kind("gpu_service") == ProductKind("feature", False)
    assert ProductKinds().kind(None) is None


def test_the_rows_of_one_task_do_not_change_another() -> None:
    ProductKinds([{**GPU, "id": "isc", "arch": "x86_64"}])
    assert ProductKinds().kind("isc") == ProductKind("feature", False)
