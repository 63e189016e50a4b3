# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Display names agree with the catalog, also with the rows of a site (R2, R27)."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    Catalog,
    site_catalog,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.product_names import (
    ProductNames,
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
def test_the_names_are_those_of_the_catalog(rows: list[dict[str, Any]]) -> None:
    catalog, names = site_catalog({"catalog": rows}), ProductNames.shipped(rows)
    asked = {*Catalog.builtin().display_names, *catalog.display_names}
    assert len(asked) >= 36
    assert {name: names.named(name) for name in asked} == {name: catalog.named(name) for name in asked}


def test_case_spaces_and_punctuation_do_not_count() -> None:
    names = ProductNames.shipped([{**GPU, "name_en": "Our GPU service"}])
    assert names.named("our gpu-service") == ("gpu_service", "any")
    assert names.named("UniCloud Usphere VMS ARM虚拟化管理系统SRM 软件") == ("srm", "aarch64")
    assert names.named("UniCloud Usphere VMS虚拟化管理系统旗舰版软件") is None


def test_a_row_for_every_architecture_replaces_those_of_single_ones() -> None:
    names = ProductNames.shipped([{**GPU, "id": "srm", "name_en": "Site Recovery"}])
    assert names.named("UniCloud Usphere VMS ARM虚拟化管理系统SRM软件") is None
    assert names.named("Site Recovery") == ("srm", "any")
