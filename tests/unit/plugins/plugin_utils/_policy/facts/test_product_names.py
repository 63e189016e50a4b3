# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Products that are missing in the catalog are shown with the nearest product."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.product_names import (
    unrecognized_products,
)


@pytest.mark.parametrize(
    ("product", "sentence"),
    [
        ("vms_entreprise", 'is "vms_entreprise"; did you mean vms_enterprise?'),
        ("gpu", 'is "gpu", which is missing in the catalog'),
    ],
)
def test_the_product_is_shown(product: str, sentence: str) -> None:
    items = [{"product": "vms_standard"}, {"product": product}, {"product": 3}, {}, "text"]
    (found,) = list(unrecognized_products({"licenses": {"items": items}}).values())
    assert found.pointer == "/licenses/items/1/product"
    assert found.to_dict()["message"]["en"] == f"/licenses/items/1/product {sentence}"  # type: ignore[index]  # messages by language


def test_facts_without_licenses_have_none() -> None:
    for tree in ({}, {"licenses": {}}, {"licenses": {"items": None}}):
        assert unrecognized_products(tree) == {}
